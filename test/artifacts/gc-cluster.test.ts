import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'yaml';
import { crds } from '../../src/api/crds.js';
import { releasesInCluster } from '../../src/cli/artifacts/releases-in-cluster.js';
import { ApiServer } from '../../src/cluster/api-server/api-server.js';
import { HttpFace } from '../../src/cluster/api-server/http/face.js';
import type { KubeApi } from '../../src/kube/api.js';
import { systemClock } from '../../src/kube/clock.js';
import { KubeError } from '../../src/kube/error.js';
import type { KubeObject } from '../../src/kube/objects.js';
import {
  controllerRevisions,
  customResourceDefinitions,
  jobs,
  namespaces,
  pods,
  statefulSets,
} from '../../src/kube/resource.js';
import type { Resource } from '../../src/kube/resource.js';
import { gameStatefulSets } from '../../src/controller/resources.js';
import { folderWith, gamezone, removeFolders } from '../cli/command-line.js';
import type { Outcome } from '../cli/command-line.js';
import { Laboratory, zoneWith } from './laboratory.js';
import { Repository } from './repository.js';

let server: ApiServer;
let face: HttpFace;
let api: KubeApi;
const kubeconfig = join(folderWith(), 'kubeconfig');
const faults: unknown[] = [];

beforeAll(async () => {
  server = new ApiServer({ clock: systemClock, serviceAccounts: false });
  api = server.client('admin');
  for (const { yaml } of await crds()) await api.create(customResourceDefinitions, parse(yaml) as KubeObject);
  for (const name of ['games', 'other', 'many']) await api.create(namespaces, { metadata: { name } });
  const onError = (error: unknown): void => void faults.push(error);
  face = await HttpFace.listen({ server, users: new Map([['token-of-admin', 'admin']]), onError });
  writeFileSync(kubeconfig, face.kubeconfig('admin'));
});
afterAll(async () => {
  await face.close();
  removeFolders();
  expect(faults).toEqual([]);
});

const containers = [{ name: 'game', image: 'game:1' }];
const selector = { matchLabels: { app: 'game' } };
const annotated = (annotations: Record<string, string>): object => ({
  metadata: { labels: { app: 'game' }, annotations },
  spec: { containers },
});

const create = (resource: Resource, namespace: string, name: string, rest: object): Promise<unknown> =>
  api.create(resource, { metadata: { namespace, name }, ...rest });

/** A volume with releases that differ. */
async function volumeWith(count: number): Promise<{ readonly laboratory: Laboratory; readonly ids: string[] }> {
  const source = new Repository(join(folderWith(), 'repository'));
  const laboratory = new Laboratory(zoneWith([{ path: '/a', git: { url: source.url, branch: 'main' } }]));
  const ids: string[] = [];
  for (let index = 0; index < count; index++) {
    source.commit({ 'a.txt': `content ${index}` });
    ids.push((await laboratory.sync()).release);
  }
  return { laboratory, ids };
}

const gc = ({ volume }: Laboratory, ...options: readonly string[]): Promise<Outcome> =>
  gamezone('artifacts', 'gc', volume, '--keep', '0', '-o', 'json', '--from-cluster', '--kubeconfig', kubeconfig, ...options); // prettier-ignore

const leftIn = ({ volume }: Laboratory): string[] => readdirSync(join(volume, 'releases')).sort();

test('what a pod, a template, a revision or a Job of the cluster names stays, on volumes after the first too', async () => {
  const { laboratory, ids } = await volumeWith(9);
  const [pod, second, set, template, revision, job, elsewhere, unused, live] = ids as [string, string, string, string, string, string, string, string, string]; // prettier-ignore
  const annotations = { 'gamezone.dev/artifacts': pod, 'gamezone.dev/artifacts-maps': second };
  await api.create(pods, { metadata: { namespace: 'games', name: 'game-1', annotations }, spec: { containers } } as KubeObject); // prettier-ignore
  const spec = { selector, serviceName: 'game', template: annotated({ 'gamezone.dev/artifacts': set }) };
  await create(statefulSets, 'games', 'game', { spec });
  const ours = { selector, serviceName: 'game', replicas: 0, template: annotated({ 'gamezone.dev/artifacts': template }) }; // prettier-ignore
  await create(gameStatefulSets, 'games', 'game', { spec: ours });
  const data = { spec: { template: annotated({ 'gamezone.dev/artifacts': revision }) } };
  await create(controllerRevisions, 'games', 'game-7', { revision: 7, data });
  const fetching = { spec: { restartPolicy: 'Never', containers: [{ ...containers[0], args: ['--release', job] }] } };
  await create(jobs, 'games', 'fetch', { spec: { template: fetching } });
  await api.create(pods, { metadata: { namespace: 'other', name: 'game-1', annotations: { 'gamezone.dev/artifacts': elsewhere } }, spec: { containers } } as KubeObject); // prettier-ignore

  expect(JSON.parse((await gc(laboratory, '--dry-run')).out)).toMatchObject({ removed: [unused] });
  expect(await gc(laboratory)).toMatchObject({ code: 0, err: '' });
  expect(leftIn(laboratory)).toEqual(ids.filter((id) => id !== unused).sort());
  const narrow = JSON.parse((await gc(laboratory, '-n', 'games', '--dry-run')).out) as object;
  expect(narrow).toMatchObject({ removed: [elsewhere] });
  const named = await gc(laboratory, '-n', 'games', '--in-use', elsewhere.slice(0, 10));
  expect(JSON.parse(named.out)).toMatchObject({ removed: [] });
  expect(leftIn(laboratory)).toContain(live);
});

test('a cluster that does not answer, or does not say everything, collects nothing', async () => {
  const { laboratory, ids } = await volumeWith(2);
  const all = [...ids].sort();
  const unknown = join(
    folderWith({ config: face.kubeconfig('admin').replace('token-of-admin', 'of-nobody') }),
    'config',
  );
  expect(await gc(laboratory, '--kubeconfig', unknown)).toMatchObject({ code: 1, err: expect.stringContaining('nothing is removed') }); // prettier-ignore
  const nowhere = join(
    folderWith({ config: face.kubeconfig('admin').replace(/127\.0\.0\.1:\d+/, '127.0.0.1:1') }),
    'config',
  );
  expect(await gc(laboratory, '--kubeconfig', nowhere)).toMatchObject({ code: 1, err: expect.stringContaining('nothing is removed') }); // prettier-ignore
  expect(await gc(laboratory, '--kubeconfig', '/none')).toMatchObject({ code: 2, err: expect.stringContaining('/none') }); // prettier-ignore
  expect(leftIn(laboratory)).toEqual(all);
  expect(existsSync(join(laboratory.volume, 'work/lock'))).toBe(false);
});

test.each([pods, statefulSets, controllerRevisions, jobs, gameStatefulSets])(
  'a right that lacks for $plural is an error with the way out',
  async ({ plural }) => {
    const denied = overlaid((resource) => {
      if (resource.plural === plural) throw new KubeError('forbidden', `${plural} is forbidden`, { status: 403 });
    });
    await expect(releasesInCluster(denied, ['games'], new AbortController().signal)).rejects.toMatchObject({
      message: expect.stringContaining(`the ${plural} of namespace games cannot be listed`),
      hint: expect.stringContaining('Role'),
    });
  },
);

test('a cluster without our kinds has none of them; without pods it is no answer', async () => {
  const without = (kind: RegExp): KubeApi =>
    overlaid(({ plural }) => {
      if (kind.test(plural)) throw new KubeError('notFound', 'the server could not find the resource', { status: 404 });
    });
  const { signal } = new AbortController();
  expect(await releasesInCluster(without(/^game/), ['nowhere'], signal)).toEqual([]);
  await expect(releasesInCluster(without(/^pods$/), ['nowhere'], signal)).rejects.toThrow('nothing is removed');
});

test('the Role of the guide allows what is asked, and nothing else', async () => {
  const asked: string[] = [];
  const heard = overlaid(({ group, plural }) => asked.push(`${group} ${plural} list`));
  await releasesInCluster(heard, ['games'], new AbortController().signal);
  const [, text = ''] =
    /```yaml\n(apiVersion: rbac[^]*?)```/.exec(readFileSync('docs/guide/artifacts.md', 'utf8')) ?? [];
  const { rules } = parse(text) as { readonly rules: readonly { apiGroups: string[]; resources: string[]; verbs: string[] }[] }; // prettier-ignore
  const allowed = rules.flatMap(({ apiGroups, resources, verbs }) => resources.map((plural) => `${apiGroups.join()} ${plural} ${verbs.join()}`)); // prettier-ignore
  expect(allowed.sort()).toEqual(asked.sort());
});

test('all pages are read, and one that is lost in between is no answer', async () => {
  const id = (index: number): string => index.toString(16).padStart(64, '0');
  for (let index = 0; index < 1201; index++) await create(pods, 'many', `p${index}`, { spec: { containers: [{ ...containers[0], args: [id(index)] }] } }); // prettier-ignore
  const { signal } = new AbortController();
  expect(await releasesInCluster(api, ['many'], signal)).toHaveLength(1201);
  let pages = 0;
  const lossy = overlaid(({ plural }) => {
    if (plural === 'pods' && ++pages === 2) throw new KubeError('gone', 'continue token expired', { status: 410 });
  });
  await expect(releasesInCluster(lossy, ['many'], signal)).rejects.toThrow('nothing is removed');
});

test('without a word on what is in use nothing is collected', async () => {
  const { laboratory } = await volumeWith(1);
  const plain = (...options: readonly string[]): Promise<Outcome> =>
    gamezone('artifacts', 'gc', laboratory.volume, ...options);
  expect(await plain()).toMatchObject({ code: 2, err: expect.stringContaining('--from-cluster') });
  expect(await plain('--namespace', 'games', '--in-use', 'none')).toMatchObject({ code: 2 });
});

/** The cluster, and what goes wrong with a list before. */
function overlaid(before: (resource: Resource) => void): KubeApi {
  return new Proxy(api, {
    get: (target, name) =>
      name !== 'list'
        ? (Reflect.get(target, name) as unknown)
        : async (resource: Resource, options: object) => {
            before(resource);
            return target.list(resource, options);
          },
  });
}
