import type { Problem } from '../../src/api/problem.js';
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
import { checkHosts } from './hosts.js';
import { checkIds, checkImagesGiven, checkSharedSettings } from './ids.js';
import { checkImages } from './images.js';
import { checkNames } from './names.js';
import { checkNative } from './native.js';
import { checkAutoscale, checkExposure, checkPorts } from './network.js';
import { checkAutoscaleRequests, checkRequests } from './requests.js';

/** What is wrong with a part of a zone, and stays wrong whatever else the zone gets. */
const OF_PARTS: readonly ZoneCheck[] = [
  checkCompat,
  checkIds,
  checkSharedSettings,
  checkImagesGiven,
  checkImages,
  checkPorts,
  checkExposure,
  checkAutoscale,
  checkAutoscaleRequests,
  checkArtifactEntries,
  checkSyncImage,
  checkCredentials,
  checkHosts,
  checkNames,
  checkNative,
];

/** What may come right with something that is said later. */
const OF_THE_WHOLE: readonly ZoneCheck[] = [
  checkEnvNames,
  checkConfigFiles,
  checkArtifactVolumes,
  checkUnlocked,
  checkRequests,
];

const run = (checks: readonly ZoneCheck[], zone: ZoneContext): Problem[] => checks.flatMap((check) => check(zone));

/** What is wrong with a zone that is still being built. */
export const checkPart = (zone: ZoneContext): Problem[] => run(OF_PARTS, zone);

/** What is wrong with a zone beyond the shape of its fields, as far as the model alone can tell. */
export const checkModel = (zone: ZoneContext): Problem[] => [...checkPart(zone), ...run(OF_THE_WHOLE, zone)];
