import { CUSTOM } from './cases/custom.js';
import { OWNERSHIP } from './cases/ownership.js';
import { PATCHES } from './cases/patches.js';
import { PODS } from './cases/pods.js';
import type { WireRequest } from './request.js';

/** What is asked, by what it is about; each in a namespace of its own. */
export const CASES: Readonly<Record<string, readonly WireRequest[]>> = { ...PATCHES, ...OWNERSHIP, ...CUSTOM, ...PODS };
