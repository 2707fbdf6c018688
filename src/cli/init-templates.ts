// What `gamezone init --yaml` writes, and what it has in common with a zone in TypeScript. Each text is a file of the new repository; a test synthesizes and checks it.

import type { CiJob } from './init-ci.js';

/** Where the editor finds the schema of zone files. */
export const SCHEMA_FILE = '.gamezone/zone-file.schema.json';

export const zoneFile = (name: string): string => `# yaml-language-server: $schema=${SCHEMA_FILE}
# One game zone. \`gamezone synth\` turns it into Kubernetes manifests in dist/.
apiVersion: gamezone.dev/v1alpha1
kind: GameZone
metadata:
  name: ${name}
spec:
  gameZone:
    zoneId: 1
    defaultImage: registry.example.com/project1/service:0.1.0
    serviceConfig:
      - type: game
        id: 1
        endId: 3 # pods ${name}-game-1 to ${name}-game-3
        ports:
          - port: 7001
        expose:
          type: LoadBalancer
      - type: db
        id: 1
    redisConfig:
      ip: redis
    mysqlConfig:
      ip: mysql
      user: game
      database: project1
      pwdSecretRef: # kubectl create secret generic mysql --from-literal=password=...
        name: mysql
        key: password
  defaults:
    resources:
      requests:
        cpu: 500m
        memory: 1Gi
`;

export const gitignore = `# Credentials written in the zone end up here and nowhere else.
dist/*.secret.yaml
dist/*.secret.json
# What a synth that was killed leaves behind.
dist/.*.tmp
dist/.*.old
`;

export const readme = (name: string): string => `# ${name}

\`zone.yaml\` describes the zone; \`dist/\` holds the manifests that it becomes.

    gamezone synth            # after each change; commit dist/ as well
    gamezone synth --check    # what CI runs
    gamezone crds | kubectl apply -f -
    kubectl apply -f dist/

\`gitops/application.yaml\` lets Argo CD apply \`dist/\`: set the address of this repository in it.
`;

export const argoApplication = (name: string): string => `# Argo CD keeps the cluster at what dist/ says.
apiVersion: argoproj.io/v1alpha1
kind: Application
metadata:
  name: ${name}
  namespace: argocd
spec:
  project: default
  source:
    repoURL: https://git.example.com/games/${name}.git # the address of this repository
    targetRevision: main
    path: dist
    directory:
      include: '*.yaml'
  destination:
    server: https://kubernetes.default.svc
    namespace: ${name}
  syncPolicy:
    automated:
      prune: true
      selfHeal: true
    syncOptions:
      - CreateNamespace=true
      - ServerSideApply=true
`;

/** What CI does in a repository that has nothing installed. */
export const ciJob = (version: string): CiJob => ({
  zone: 'zone.yaml',
  notes: [
    'gamezone is not on the npm registry yet. Until it is, put a tarball made by `npm pack` into this repository and',
    `write its path in place of gamezone@${version}.`,
  ],
  run: [`npx --yes gamezone@${version} synth --check`],
});
