export { ZoneFile } from './zone-file.js';
export type { ZoneFileOptions } from './zone-file.js';
