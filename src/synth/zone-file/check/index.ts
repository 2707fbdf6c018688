import type { Problem } from '../../../api/problem.js';
import {
  checkArtifactEntries,
  checkArtifactVolumes,
  checkCredentials,
  checkSyncImage,
  checkUnlocked,
} from './artifacts.js';
import { checkCompat } from './compat.js';
import { checkConfigFiles, checkEnvNames } from './config.js';
import type { ZoneCheck, ZoneContext } from './context.js';
import { checkHooks } from './hooks.js';
import { checkIds, checkImagesGiven, checkSharedSettings } from './ids.js';
import { checkImages } from './images.js';
import { checkHosts, checkMetadata, checkReferences, checkSizes } from './metadata.js';
import { checkNames } from './names.js';
import { checkNative } from './native.js';
import { checkAutoscale, checkExposure, checkPorts } from './network.js';
import { checkPodSettings } from './pods.js';
import { checkAutoscaleRequests, checkRequests } from './requests.js';
import { checkUpdates } from './updates.js';
import type { Rules } from '../rules.js';

const CHECKS: readonly ZoneCheck[] = [
  checkCompat,
  checkIds,
  checkSharedSettings,
  checkImagesGiven,
  checkImages,
  checkPorts,
  checkExposure,
  checkAutoscale,
  checkAutoscaleRequests,
  checkPodSettings,
  checkEnvNames,
  checkConfigFiles,
  checkArtifactEntries,
  checkArtifactVolumes,
  checkSyncImage,
  checkUnlocked,
  checkCredentials,
  checkMetadata,
  checkReferences,
  checkSizes,
  checkHosts,
  checkNames,
  checkNative,
  checkRequests,
];

/** Everything that can be wrong with a zone beyond the shape of its fields. */
export function checkZone(zone: ZoneContext, rules: Rules): Problem[] {
  return [...CHECKS.flatMap((check) => check(zone)), ...checkHooks(zone, rules), ...checkUpdates(zone, rules)];
}
