import { PROFILES, type ProfileName } from '../../../../src/cluster/api-server/profile.js';
import type { ControlPlane } from '../../../control-plane/control-plane.js';

const isProfile = (version: string): version is ProfileName => version in PROFILES;

/** The profile of the embedded API server that is the real one's version. */
export async function profileOf(controlPlane: ControlPlane): Promise<ProfileName> {
  const { body } = await controlPlane.send('GET', '/version');
  const { major, minor } = body as { readonly major: string; readonly minor: string };
  const version = `${major}.${minor}`;
  if (!isProfile(version)) throw new Error(`no profile of the embedded API server is Kubernetes ${version}`);
  return version;
}
