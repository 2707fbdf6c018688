import type { Credential } from './users.js';

/** A kubeconfig for one user, as JSON, which is YAML as well. The certificate's file need not exist yet. */
export function kubeconfigFor(server: string, authority: string, credential: Credential): string {
  const { name, token, certificate, key } = credential;
  const proof = token === undefined ? { 'client-certificate': certificate, 'client-key': key } : { token };
  return JSON.stringify({
    apiVersion: 'v1',
    kind: 'Config',
    'current-context': 'test',
    clusters: [{ name: 'test', cluster: { server, 'certificate-authority': authority } }],
    users: [{ name, user: proof }],
    contexts: [{ name: 'test', context: { cluster: 'test', user: name } }],
  });
}
