import { CLUSTER } from './cases/cluster.js';
import { CUSTOM } from './cases/custom.js';
import { DELETION } from './cases/deletion.js';
import { OWNERSHIP } from './cases/ownership.js';
import { PATCHES } from './cases/patches.js';
import { PODS } from './cases/pods.js';
import { READING } from './cases/reading.js';
import type { WireRequest } from './request.js';

/** What is asked, by what it is about; each in a namespace of its own. */
export const CASES: Readonly<Record<string, readonly WireRequest[]>> = {
  ...PATCHES,
  ...OWNERSHIP,
  ...CUSTOM,
  ...PODS,
  ...READING,
  ...DELETION,
  ...CLUSTER,
};
