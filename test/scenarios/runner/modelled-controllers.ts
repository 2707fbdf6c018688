import { readFileSync } from 'node:fs';
import {
  CONTROLLER_NAMES,
  NativeControllers,
  type NativeControllersOptions,
} from '../../../src/cluster/controllers/controllers.js';
import { systemClock } from '../../../src/kube/clock.js';
import { connect } from '../../../src/kube/connect.js';
import type { ControlPlane } from '../../control-plane/control-plane.js';
import type { Companion, RealClusterOptions } from './real-cluster.js';

const USERS = 'system:controller:';

/**
 * A real API server whose controllers and scheduler are our models. A scenario that is green with the real ones and red with these is
 * a bug of the model.
 */
export function withModelledControllers(
  errors: string[],
  more: Partial<NativeControllersOptions> = {},
): RealClusterOptions {
  return {
    parts: [],
    users: ['informers', ...CONTROLLER_NAMES].map((name) => `${USERS}${name}`),
    // Without a kube-controller-manager nobody would make service accounts; here somebody does.
    flags: { 'kube-apiserver': { 'disable-admission-plugins': '' } },
    beside: (controlPlane) => startModels(controlPlane, errors, more),
  };
}

async function startModels(
  controlPlane: ControlPlane,
  errors: string[],
  more: Partial<NativeControllersOptions>,
): Promise<Companion> {
  const connections = ['informers', ...CONTROLLER_NAMES].map((name) => {
    const { kubeconfig } = controlPlane.as(`${USERS}${name}`);
    return [name, connect({ kubeconfig, fieldManager: 'kube-controller-manager' })] as const;
  });
  const byName = new Map(connections);
  const { major, minor } = (await byName.get('informers')!.api.raw('/version')) as { major: string; minor: string };
  const controllers = new NativeControllers({
    apiOf: (name) => byName.get(name)!.api,
    clock: systemClock,
    seed: 1,
    version: `${major}.${minor}`,
    authority: readFileSync(controlPlane.authority!, 'utf8'),
    onError: (error, doing) => void errors.push(`${doing}: ${String(error)}`),
    ...more,
  });
  await controllers.start();
  return {
    stop: async () => {
      await controllers.stop();
      await Promise.all(connections.map(([, connection]) => connection.close()));
    },
  };
}
