import type { ZoneCheck, ZoneContext } from '../../../../constructs/checks/context.js';
import { checkModel } from '../../../../constructs/checks/index.js';
import type { Problem } from '../../../api/problem.js';
import type { Rules } from '../rules.js';
import { checkHooks } from './hooks.js';
import { checkMetadata, checkReferences, checkSizes } from './metadata.js';
import { checkPodSettings } from './pods.js';
import { checkUpdates } from './updates.js';

/** What only the facts of Kubernetes tell. */
const CHECKS: readonly ZoneCheck[] = [checkPodSettings, checkMetadata, checkReferences, checkSizes];

/** Everything that can be wrong with a zone beyond the shape of its fields. */
export function checkZone(zone: ZoneContext, rules: Rules): Problem[] {
  return [
    ...checkModel(zone),
    ...CHECKS.flatMap((check) => check(zone)),
    ...checkHooks(zone, rules),
    ...checkUpdates(zone, rules),
  ];
}
