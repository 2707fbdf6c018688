import type { ControlPlane } from '../control-plane/control-plane.js';
import { startApiServer } from '../control-plane/start.js';
import { describeControlPlane } from '../control-plane/suite.js';
import { installCrds, kubectl } from './cluster.js';

const set = (name: string, spec: object): string =>
  JSON.stringify({
    apiVersion: 'tkex.tencent.com/v1alpha1',
    kind: 'GameStatefulSet',
    metadata: { name, namespace: 'default' },
    spec: {
      serviceName: name,
      selector: { matchLabels: { app: name } },
      template: {
        metadata: { labels: { app: name } },
        spec: { containers: [{ name: 'game', image: 'registry.example.com/game:1' }] },
      },
      ...spec,
    },
  });

describeControlPlane('our CRDs on a real API server', () => {
  let server: ControlPlane;
  let installed: Awaited<ReturnType<typeof installCrds>>;
  beforeAll(async () => {
    server = await startApiServer();
    installed = await installCrds(server);
  });
  afterAll(() => server.stop());

  test('each is accepted, its names are free and its schema is structural', () => {
    const complaints = installed.flatMap(({ metadata, status }) =>
      (status?.conditions ?? [])
        .filter(({ type, status: is }) => (type === 'NonStructuralSchema' ? is === 'True' : is !== 'True'))
        .map(({ type, message }) => `${metadata.name}: ${type}: ${message}`),
    );
    expect(complaints).toEqual([]);
    expect(installed.map(({ metadata }) => metadata.name).sort()).toEqual([
      'gamedeployments.tkex.tencent.com',
      'gamestatefulsets.tkex.tencent.com',
      'gamezones.gamezone.dev',
      'hookruns.tkex.tencent.com',
      'hooktemplates.tkex.tencent.com',
    ]);
  });

  test('kubectl prints our columns, and scales', async () => {
    expect(await kubectl(server, ['apply', '-f', '-'], set('scaled', { replicas: 2 }))).toMatchObject({ code: 0 });
    const { stdout } = await kubectl(server, ['get', 'gamestatefulset', 'scaled']);
    const [header] = stdout.split('\n');
    expect(header!.split(/\s+/).filter(Boolean)).toEqual(expect.arrayContaining(['NAME', 'AGE']));
    expect(header!.split(/\s{2,}/).length).toBeGreaterThan(4);
    expect(await kubectl(server, ['scale', 'gamestatefulset', 'scaled', '--replicas=5'])).toMatchObject({ code: 0 });
    const scaled = await kubectl(server, ['get', 'gamestatefulset', 'scaled', '-o', 'jsonpath={.spec.replicas}']);
    expect(scaled.stdout).toBe('5');
  });

  test('the status is a subresource: a write to it leaves the spec alone, and the other way round', async () => {
    await kubectl(server, ['apply', '-f', '-'], set('split', { replicas: 2 }));
    const path = '/apis/tkex.tencent.com/v1alpha1/namespaces/default/gamestatefulsets/split';
    const { body } = await server.send('PATCH', `${path}/status`, { spec: { replicas: 7 }, status: { replicas: 2 } });
    expect(body).toMatchObject({ spec: { replicas: 2 }, status: { replicas: 2 } });
    const { body: again } = await server.send('PATCH', path, { spec: { replicas: 3 }, status: { replicas: 9 } });
    expect(again).toMatchObject({ spec: { replicas: 3 }, status: { replicas: 2 } });
  });

  test.each<[string, object, string]>([
    ['a negative number of replicas', { replicas: -1 }, 'spec.replicas'],
    ['an update type that does not exist', { updateStrategy: { type: 'Sometimes' } }, 'spec.updateStrategy.type'],
    ['an ordinal below zero', { ordinals: { start: -1 } }, 'spec.ordinals.start'],
  ])('the server refuses %s', async (_, spec, place) => {
    const { code, stderr } = await kubectl(server, ['create', '-f', '-'], set('refused', spec));
    expect(code).not.toBe(0);
    expect(stderr).toContain(place);
  });

  test('fields that nobody knows are tolerated, and told where kubectl is strict', async () => {
    const added = set('foreign', { somethingOfTheirs: { a: 1 } });
    const strict = await kubectl(server, ['apply', '-f', '-'], added);
    expect(strict.stderr).toContain('unknown field "spec.somethingOfTheirs"');
    expect(await kubectl(server, ['apply', '--validate=ignore', '-f', '-'], added)).toMatchObject({ code: 0 });
  });

  test('pod templates are kept as they were written', async () => {
    const template = {
      metadata: { labels: { app: 'kept' } },
      spec: { containers: [{ name: 'game', image: 'game:1', fieldOfTomorrow: [1, { a: null }] }] },
    };
    await kubectl(server, ['create', '-f', '-'], set('kept', { selector: { matchLabels: { app: 'kept' } }, template }));
    const { stdout } = await kubectl(server, [
      'get',
      'gamestatefulset',
      'kept',
      '-o',
      'jsonpath={.spec.template.spec}',
    ]);
    expect(JSON.parse(stdout)).toEqual(template.spec);
  });
});
