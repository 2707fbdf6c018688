import { isRelease, RELEASES } from '../model/compat.js';
import { suggest } from '../../src/api/suggest.js';
import type { ZoneCheck } from './context.js';

/** `compat`: a release whose manifests this one can still write. */
export const checkCompat: ZoneCheck = ({ document: { spec } }) => {
  if (spec.compat === undefined || isRelease(spec.compat)) return [];
  const near = suggest(spec.compat, RELEASES);
  const known = `this release knows: ${RELEASES.join(', ')}`;
  const hint = near === undefined ? known : `did you mean ${near}? ${known}`;
  return [{ path: ['spec', 'compat'], message: 'not a release of gamezone', hint, value: spec.compat }];
};
