export { Probes } from './probes.js';
export { Volumes } from './volumes.js';
export type { VolumeMountOptions } from './volumes.js';
export type { IPlusContainer } from './probes.js';
