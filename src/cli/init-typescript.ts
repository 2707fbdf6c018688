// What `gamezone init` writes for a zone in TypeScript. Each text is a file of the new repository; a test type-checks,
// synthesizes and checks it.

import type { CiJob } from './init-ci.js';

export const zoneProgram = (
  name: string,
): string => `// One game zone. \`npm run synth\` turns it into Kubernetes manifests in dist/.
import { App } from 'cdk8s';
import { Credential, Exposure, GameZone, ServiceIds } from 'gamezone';

const app = new App();
const zone = new GameZone(app, '${name}', {
  zoneId: 1,
  image: 'registry.example.com/project1/service:0.1.0',
  redis: { host: 'redis' },
  mysql: {
    host: 'mysql',
    user: 'game',
    database: 'project1',
    // kubectl create secret generic mysql --from-literal=password=...
    password: Credential.fromSecret('mysql', 'password'),
  },
});
const resources = { requests: { cpu: '500m', memory: '1Gi' } };

zone.addService('game', {
  ids: ServiceIds.range(1, 3), // pods ${name}-game-1 to ${name}-game-3
  expose: Exposure.loadBalancer({ ports: [{ port: 7001 }] }),
  resources,
});
zone.addService('db', { ids: ServiceIds.of(1), resources });

export default app;
`;

export const packageJson = (name: string, version: string): string => {
  const manifest = {
    name,
    private: true,
    type: 'module',
    scripts: { synth: 'gamezone synth', check: 'tsc && gamezone synth --check' },
    dependencies: { cdk8s: '^2.70.0', constructs: '^10.4.0', gamezone: version },
    devDependencies: { typescript: '~6.0.3' },
  };
  return `${JSON.stringify(manifest, undefined, 2)}\n`;
};

export const tsconfig = `${JSON.stringify(
  {
    compilerOptions: {
      target: 'ES2022',
      module: 'NodeNext',
      strict: true,
      noEmit: true,
      resolveJsonModule: true,
      skipLibCheck: true,
    },
    include: ['**/*.ts'],
  },
  undefined,
  2,
)}\n`;

export const programReadme = (name: string): string => `# ${name}

\`zone.ts\` describes the zone; \`dist/\` holds the manifests that it becomes.

    npm install
    npm run synth        # after each change; commit dist/ as well
    npm run check        # what CI runs
    npx gamezone crds | kubectl apply -f -
    kubectl apply -f dist/

gamezone is not on the npm registry yet. Until it is, put a tarball made by \`npm pack\` into this repository and
run \`npm install ./gamezone-VERSION.tgz\`.

\`gitops/application.yaml\` lets Argo CD apply \`dist/\`: set the address of this repository in it.
`;

export const programGitignore = `node_modules/
`;

/** What CI does in a repository with a package.json. */
export const programCiJob: CiJob = { zone: 'zone.ts', run: ['npm ci', 'npm run check'] };
