import { access, serviceAccount } from './access.js';
import { deployment, disruptionBudget, metricsService } from './deployment.js';
import { OWN_NAMESPACE, type InstallOptions, type Manifest } from './names.js';

/** Everything that the controller needs in a cluster, except the CRDs; in an order in which it can be created. */
export function controllerManifests(options: InstallOptions): readonly Manifest[] {
  return [
    { apiVersion: 'v1', kind: 'Namespace', metadata: namespaceMetadata(options) },
    serviceAccount(options),
    ...access(options),
    metricsService(options),
    deployment(options),
    disruptionBudget(options),
  ];
}

/** Elsewhere there may be pods for which the same demands would be too high. */
function namespaceMetadata({ namespace: name }: InstallOptions): Manifest['metadata'] {
  if (name !== OWN_NAMESPACE) return { name };
  const level = 'restricted';
  return { name, labels: { 'pod-security.kubernetes.io/enforce': level, 'pod-security.kubernetes.io/warn': level } };
}
