import { findWorkload } from '../../src/cli/rollout/find.js';
import { gameStatefulSets } from '../../src/controller/resources.js';
import type { KubeObject } from '../../src/kube/objects.js';
import { FakeCluster } from '../controller/fake-cluster.js';
import { gameStatefulSet } from '../controller/workloads.js';
import { failure } from '../kube/fake-api.js';
import { VirtualClock } from '../kube/virtual-clock.js';

const api = new FakeCluster(new VirtualClock());
const put = (namespace: string, name: string, labels: Record<string, string>, start: number): void => {
  const { metadata, spec, ...rest } = gameStatefulSet(name, { replicas: 3, ordinals: { start } });
  api.put(gameStatefulSets, { ...rest, metadata: { ...metadata, namespace, labels }, spec } as unknown as KubeObject);
};
const service = (zone: string, type: string) => ({ 'gamezone.dev/zone': zone, 'gamezone.dev/service': type });
put('games', 'zone1-game', service('zone1', 'game'), 1);
put('games', 'zone1-game-10', service('zone1', 'game'), 10);
put('games', 'zone1-battle', service('zone1', 'battle'), 0);
put('games', 'game', {}, 0);
put('other', 'zone1-other', service('zone1', 'other'), 0);

test.each([
  ['zone1-game', 'zone1-game', undefined],
  ['game', 'game', undefined],
  ['battle', 'zone1-battle', undefined],
  ['gamestatefulset/game', 'game', undefined],
  ['GameStatefulSets/zone1-battle', 'zone1-battle', undefined],
  ['gsts/zone1-battle', 'zone1-battle', undefined],
  ['zone1/battle', 'zone1-battle', undefined],
  ['zone1/battle/2', 'zone1-battle', 2],
  ['zone1/game/3', 'zone1-game', 3],
  ['zone1/game/11', 'zone1-game-10', 11],
])('%s is %s', async (named, name, ordinal) => {
  const found = await findWorkload(api, 'games', named);
  expect([found.workload.metadata.name, found.ordinal]).toEqual([name, ordinal]);
});

const there = 'there are game, zone1-battle, zone1-game, zone1-game-10';

test.each([
  ['zone1/game', 'zone1/game means several workloads: zone1-game, zone1-game-10', 'name one of them'],
  ['zone1/game/5', 'there is no workload zone1/game/5 in namespace games', there],
  ['zone1/other', 'there is no workload zone1/other in namespace games', there],
  ['zone1-other', 'there is no workload zone1-other in namespace games', there],
  ['gd/lobby', 'gd/lobby: this release has no controller for GameDeployments', 'ask for a GameStatefulSet'],
  ['zone1/game/x', 'zone1/game/x: names no workload', 'write NAME, KIND/NAME, ZONE/SERVICE or ZONE/SERVICE/ID'],
  ['a/b/1/d', 'a/b/1/d: names no workload', 'write NAME, KIND/NAME, ZONE/SERVICE or ZONE/SERVICE/ID'],
  ['zone1/', 'zone1/: names no workload', 'write NAME, KIND/NAME, ZONE/SERVICE or ZONE/SERVICE/ID'],
])('%s is none', async (named, message, hint) => {
  await expect(findWorkload(api, 'games', named)).rejects.toMatchObject({ message, hint });
});

test('a cluster without the CRDs is told how it gets them', async () => {
  const bare = new FakeCluster(new VirtualClock());
  bare.fault = () => ({ error: failure('notFound') });
  await expect(findWorkload(bare, 'games', 'game')).rejects.toMatchObject({
    message: 'the cluster does not know GameStatefulSets',
    hint: 'gamezone crds | kubectl apply -f -',
  });
});
