import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { loadAll } from 'js-yaml';
import { Mutator, randomFrom } from '../../scripts/mutate-manifest.js';
import { checkObject } from '../../src/kubernetes/index.js';
import { Asker } from '../control-plane/ask.js';
import type { ControlPlane } from '../control-plane/control-plane.js';
import { startApiServer } from '../control-plane/start.js';
import { describeControlPlane } from '../control-plane/suite.js';
import { installCrds, kubectl } from './cluster.js';

/** Another one: GAMEZONE_SEED. */
const SEED = Number(process.env['GAMEZONE_SEED'] ?? 20_261);

const examples = readdirSync('examples').filter((name) => existsSync(join('examples', name, 'manifests')));
const yamlFiles = (example: string): string[] =>
  readdirSync(join('examples', example, 'manifests')).filter((file) => file.endsWith('.yaml'));
const manifestsOf = (example: string): Record<string, unknown>[] =>
  yamlFiles(example).flatMap(
    (file) => loadAll(readFileSync(join('examples', example, 'manifests', file), 'utf8')) as Record<string, unknown>[],
  );

interface Item {
  readonly kind: string;
  readonly metadata: { readonly namespace: string; readonly name: string; readonly resourceVersion: string };
}

describeControlPlane('the examples on a real API server', () => {
  let server: ControlPlane;
  beforeAll(async () => {
    server = await startApiServer();
    await installCrds(server);
  });
  afterAll(() => server.stop());

  /** Applies the folder as its README says, into a namespace of its own; the version of each object afterwards. */
  async function apply(example: string): Promise<ReadonlyMap<string, string>> {
    const folder = join('examples', example, 'manifests');
    const own = manifestsOf(example).some(
      ({ metadata }) => (metadata as { namespace?: string }).namespace !== undefined,
    );
    const namespace = own ? [] : ['--namespace', example];
    const args = ['apply', ...namespace, '--validate=strict', '-f', folder, '-o', 'json'];
    const { code, stdout, stderr } = await kubectl(server, args);
    if (code !== 0) throw new Error(stderr);
    const { items } = JSON.parse(stdout) as { items: Item[] };
    return new Map(
      items.map(({ kind, metadata }) => [`${metadata.namespace}/${kind}/${metadata.name}`, metadata.resourceVersion]),
    );
  }

  test.each(examples)('%s applies with strict validation, and a second time changes nothing', async (example) => {
    const namespaces = manifestsOf(example).map(({ metadata }) => (metadata as { namespace?: string }).namespace);
    for (const name of new Set(namespaces))
      expect(await kubectl(server, ['create', 'namespace', name ?? example])).toMatchObject({ code: 0 });
    const first = await apply(example);
    expect(first.size).toBe(manifestsOf(example).length);
    expect(await apply(example)).toEqual(first);
  });

  test(`the offline check and the server agree on 200 random changes of the examples, seed ${SEED}`, async () => {
    const asker = new Asker(server);
    const mutator = new Mutator(randomFrom(SEED));
    const ours = new Set(['GameStatefulSet', 'GameDeployment', 'HookTemplate', 'HookRun', 'GameZone']);
    // Into a namespace in which none of them exists yet.
    const manifests = examples
      .flatMap(manifestsOf)
      .filter(({ kind }) => !ours.has(String(kind)))
      .map((manifest): Record<string, unknown> => ({
        ...manifest,
        metadata: { ...(manifest['metadata'] as object), namespace: 'asked' },
      }));
    const disagreements: string[] = [];
    for (let index = 0; index < 200; index++) {
      const manifest = manifests[(index * 7) % manifests.length]!;
      const { object, what } = mutator.change(manifest);
      const { accepted, message } = await asker.ask(object);
      const problems = checkObject(object);
      // Whether there are addresses of two families is the cluster's affair.
      if (accepted === (problems.length === 0) || message.includes('not configured for dual-stack')) continue;
      const here = problems.map(({ path, message: why }) => `${path} ${why}`).join('; ');
      disagreements.push(
        `${String(manifest['kind'])}: ${what}; server: ${accepted ? 'accepted' : message}; here: ${here || 'fine'}`,
      );
    }
    expect(disagreements).toEqual([]);
  });
});
