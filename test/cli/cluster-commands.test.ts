import { load } from 'js-yaml';
import { gamezone, folderWith, removeFolders } from './command-line.js';

afterAll(removeFolders);

interface Manifest {
  readonly kind: string;
  readonly metadata: { readonly name: string; readonly namespace?: string; readonly labels?: Record<string, string> };
  readonly spec?: {
    readonly template: { readonly spec: { readonly containers: readonly [{ readonly args: string[] }] } };
  };
  readonly subjects?: unknown;
}

const install = async (...args: string[]): Promise<readonly Manifest[]> => {
  const { out, code } = await gamezone('install', '--image', 'registry.example/gamezone:1', ...args);
  expect(code).toBe(0);
  return out.split('---\n').map((document) => load(document) as Manifest);
};
const kindsOf = (manifests: readonly Manifest[]): string[] =>
  manifests.map(({ kind, metadata: { namespace, name } }) => `${kind} ${namespace ?? ''}/${name}`);

describe('install', () => {
  test('prints the CRDs, then what the controller needs, in an order in which it can be created', async () => {
    const manifests = kindsOf(await install());
    expect(manifests.filter((one) => one.startsWith('CustomResourceDefinition'))).toHaveLength(4);
    expect(manifests.slice(4)).toEqual([
      'Namespace /gamezone-system',
      'ServiceAccount gamezone-system/gamezone-controller',
      'ClusterRole /gamezone-controller',
      'ClusterRole /gamezone-controller-cluster',
      'Role gamezone-system/gamezone-controller',
      'ClusterRoleBinding /gamezone-controller',
      'ClusterRoleBinding /gamezone-controller-cluster',
      'RoleBinding gamezone-system/gamezone-controller-own',
      'Service gamezone-system/gamezone-controller',
      'Deployment gamezone-system/gamezone-controller',
      'PodDisruptionBudget gamezone-system/gamezone-controller',
    ]);
  });

  test('limited to one namespace it gets its rights there, under names of its own', async () => {
    const manifests = await install('--no-crds', '--namespace', 'ops', '--watch-namespace', 'games');
    expect(kindsOf(manifests).filter((one) => /Binding/.test(one))).toEqual([
      'RoleBinding games/gamezone-controller-ops',
      'ClusterRoleBinding /gamezone-controller-cluster-ops',
      'RoleBinding ops/gamezone-controller-own-ops',
    ]);
    const deployment = manifests.find(({ kind }) => kind === 'Deployment')!;
    expect(deployment.spec!.template.spec.containers[0].args).toContain('--namespace=games');
    for (const { subjects } of manifests)
      if (subjects)
        expect(subjects).toEqual([{ kind: 'ServiceAccount', name: 'gamezone-controller', namespace: 'ops' }]);
  });

  test('makes no demands on the other pods of a namespace that is not its own', async () => {
    const namespaceOf = async (...args: string[]) => (await install('--no-crds', ...args))[0]!;
    expect((await namespaceOf()).metadata.labels).toMatchObject({ 'pod-security.kubernetes.io/enforce': 'restricted' });
    expect((await namespaceOf('--namespace', 'ops')).metadata.labels).toBeUndefined();
  });

  test('as JSON it is one list', async () => {
    const { out } = await gamezone('install', '--image', 'i', '--format', 'json');
    expect(JSON.parse(out)).toMatchObject({ kind: 'List', items: expect.arrayContaining([]) as unknown[] });
  });

  test.each([
    [['install'], "error: required option '--image <image>' not specified"],
    [['install', '--image', 'a b'], '--image "a b": not an image'],
    [['install', '--image', 'i', '--namespace', 'Ops'], 'Ops: not a namespace'],
  ])('%j is wrong usage', async (args, message) => {
    const { code, err, out } = await gamezone(...args);
    expect([code, out]).toEqual([2, '']);
    expect(err.split('\n')[0]).toBe(message);
  });
});

describe('what cannot reach a cluster is wrong usage', () => {
  const broken = folderWith({
    config:
      'apiVersion: v1\nkind: Config\ncurrent-context: a\ncontexts: [{name: a, context: {cluster: nowhere, user: me}}]\n',
  });
  test.each([
    [['controller', '--kubeconfig', `${broken}/none`], /none/],
    [['controller', '--kubeconfig', `${broken}/config`], /nowhere/],
    [['controller', '--kubeconfig', `${broken}/config`, '--context', 'other'], /other/],
    [['controller', '--workers', '0'], /--workers 0/],
    [['controller', '--port', '70000'], /--port 70000/],
    [['controller', '--log-level', 'loud'], /loud/],
    [['rollout', 'get', 'game', '--kubeconfig', `${broken}/none`], /none/],
    [['rollout', 'get'], /missing required argument/],
    [['rollout', 'status', 'game', '--timeout', '5'], /"5" has no unit/],
    [['rollout', 'get', 'game', '-o', 'xml'], /xml/],
  ])('%j', async (args, message) => {
    const { code, err } = await gamezone(...args);
    expect(code).toBe(2);
    expect(err).toMatch(message);
    expect(err).not.toMatch(/at .*\.ts|defect/);
  });

  test('a server that is not there is a failure, in one line', async () => {
    const file = folderWith({
      config: JSON.stringify({
        'current-context': 'a',
        contexts: [{ name: 'a', context: { cluster: 'c', user: 'u' } }],
        clusters: [{ name: 'c', cluster: { server: 'http://127.0.0.1:1' } }],
        users: [{ name: 'u', user: {} }],
      }),
    });
    const { code, err } = await gamezone('rollout', 'get', 'game', '--kubeconfig', `${file}/config`);
    expect(code).toBe(1);
    expect(err).toMatch(/^gamezone: http:\/\/127\.0\.0\.1:1: GET .*\n$/);
  });
});
