import type { ControlPlane, ControlPlaneOptions } from './control-plane.js';
import { ExistingCluster } from './existing-cluster.js';
import { LocalControlPlane } from './local-control-plane.js';
import { PartFailed } from './part.js';
import { OPTIONAL_PARTS, type PartName } from './parts.js';
import { chosenVersion } from './pins.js';
import { freePorts } from './ports.js';
import { RunFolder } from './run-folder.js';
import { findSource, programsOf } from './source.js';

const attempts = 3;

/**
 * Starts a control plane, or takes the one that the environment names (test/control-plane/README.md).
 *
 * @throws with the end of a part's log when it does not come up
 */
export async function startControlPlane(options: ControlPlaneOptions = {}): Promise<ControlPlane> {
  const version = options.version ?? chosenVersion();
  const source = findSource(version);
  if (source.kind === 'cluster') return ExistingCluster.of(source.kubeconfig, options);
  const parts: readonly PartName[] = ['etcd', 'kube-apiserver', ...(options.parts ?? OPTIONAL_PARTS)];
  const programs = await programsOf(source, version, [...parts, 'kubectl']);
  for (let attempt = 1; ; attempt++) {
    const folder = await RunFolder.create();
    try {
      const controlPlane = new LocalControlPlane(folder, await freePorts(), programs, parts, options);
      await controlPlane.start();
      return controlPlane;
    } catch (error) {
      folder.remove();
      // Between the finding of a free port and the listening on it somebody else may have taken it.
      if (!(error instanceof PartFailed && error.isPortTaken && attempt < attempts)) throw error;
    }
  }
}

/** Only etcd and kube-apiserver. */
export function startApiServer(): Promise<ControlPlane> {
  return startControlPlane({ parts: [], audit: 'off' });
}
