import type { ZoneDocument } from '../../../constructs/model/resolve.js';
import { withProgram } from './load.js';
import { isZone, walk } from './tree.js';

/** The zones that a program builds, as they were declared: without what a lock makes of them. */
export const declaredZones = (file: string): Promise<ZoneDocument[]> =>
  withProgram(file, ({ roots }) =>
    Promise.resolve(roots.flatMap((root) => walk(root).constructs.filter(isZone)).map((zone) => zone._document())),
  );
