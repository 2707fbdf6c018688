import { existsSync, readFileSync } from 'node:fs';
import { isIPv6 } from 'node:net';
import { join } from 'node:path';
import { AccessError } from './access-error.js';
import type { Access, Environment } from './kubeconfig.js';

const FOLDER = '/var/run/secrets/kubernetes.io/serviceaccount';

/**
 * How a pod enters its own cluster. Undefined outside of a pod.
 *
 * @throws AccessError in a pod that has no token mounted
 */
export function readServiceAccount(environment: Environment, folder = FOLDER): Access | undefined {
  const host = environment['KUBERNETES_SERVICE_HOST'];
  const port = environment['KUBERNETES_SERVICE_PORT'];
  if (!host || !port) return undefined;
  const token = join(folder, 'token');
  if (!existsSync(token))
    throw new AccessError(`This is a pod, and ${token} is not there`, {
      hint: 'set automountServiceAccountToken, or name a kubeconfig',
    });
  const namespace = join(folder, 'namespace');
  return {
    source: 'the service account',
    context: 'in-cluster',
    server: `https://${isIPv6(host) ? `[${host}]` : host}:${port}`,
    namespace: existsSync(namespace) ? readFileSync(namespace, 'utf8').trim() : 'default',
    ca: { file: join(folder, 'ca.crt') },
    skipVerify: false,
    identity: { type: 'tokenFile', file: token },
    impersonation: {},
  };
}
