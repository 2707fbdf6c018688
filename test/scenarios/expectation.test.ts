import type { Store } from '../../src/kube/store.js';
import type { KubeApi } from '../../src/kube/api.js';
import type { KubeObject, Stored } from '../../src/kube/objects.js';
import { VirtualClock } from '../../src/cluster/virtual-clock.js';
import type { Cluster } from './runner/cluster.js';
import { COMMANDS } from './runner/commands.js';
import { parseScenarios, runScenario } from './runner/scenario.js';
import { Session } from './runner/session.js';

// That what is expected can fail: each line on two pods that are always the same.

const pod = (name: string, image: string): Stored => ({
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: { name, namespace: 'test', uid: `uid-${name}`, resourceVersion: '7', labels: { app: 'game' } },
  ...{ spec: { containers: [{ name: 'app', image }] }, status: { conditions: [{ type: 'Ready', status: 'True' }] } },
});
const objects = [pod('game-0', 'app:1'), pod('game-1', 'app:2')];

const run = async (steps: string): Promise<void> => {
  const clock = new VirtualClock();
  const api = {
    list: ({ plural }: { readonly plural: string }) =>
      Promise.resolve({ metadata: { resourceVersion: '9' }, items: plural === 'pods' ? objects : [] }),
    get: (_: unknown, { name }: { readonly name: string }) =>
      Promise.resolve(objects.find(({ metadata }) => metadata.name === name)),
  } as unknown as KubeApi;
  const store = {
    synced: true,
    hasSeen: () => true,
    list: () => objects as readonly KubeObject[],
    subscribe: () => () => undefined,
  } as unknown as Store;
  const pass = <T>(promise: Promise<T>): Promise<T> => promise;
  const cluster = {
    api,
    clock,
    version: '1.34',
    pace: 1,
    store: () => Promise.resolve(store),
    pass,
  } as Partial<Cluster>;
  const [scenario] = parseScenarios('a.txt', `# Pods\n> rollout.md 1\n\n${steps}`, COMMANDS);
  const running = runScenario(scenario!, new Session(cluster as Cluster, 'test'));
  const end = { reached: false };
  const over = (): void => void (end.reached = true);
  running.then(over, over);
  while (!end.reached) await clock.advance(1000);
  await running;
};

test.each([
  ['expect pods game-{0..1}: ready=True; image~app', 'expect pods game-{0..1}: image=app:1'],
  ['expect pod game-0: image!=app:2', 'expect pod game-0: image!=app:1'],
  ['expect pod game-0: gate=none', 'expect pod game-0: ready=none'],
  ['expect pods game-{0..1}: exists', 'expect pods game-{0..2}: exists'],
  ['expect pod game-2: gone', 'expect pod game-1: gone'],
  ['expect pods of game: count=2', 'expect pods of game: count=3'],
  ['expect pods of game: count>=2', 'expect pods of game: count>=3'],
  ['expect pods of game: names=game-0,game-1', 'expect pods of game: names=game-0'],
  ['expect pods of game where image=app:2: names=game-1', 'expect pods of game where image=app:2: names=game-0'],
  ['expect pods of game where image=app:3: count=0', 'expect pods of game where image=app:3: ready=True'],
  ['mark\nexpect pod game-0: same uid, image', 'mark\nexpect pod game-0: changed uid'],
  ['mark\nexpect pod game-0: same uid', 'expect pod game-0: same uid'],
  ['let $x = pod game-1 image\nexpect pod game-1: image=$x', 'let $x = pod game-0 image\nexpect pod game-1: image=$x'],
  ['expect pod game-0: image=app:1', 'expect pod game-0: image=$never'],
  ['wait pods of game: count=2', 'wait pods of game: count=1'],
  ['for 1s pods of game: count=2', 'for 1s pods of game: count=1'],
  ['get pod game-0\nexpect answer: image=app:1', 'get pod game-0\nexpect answer: image=app:2'],
  ['on 1.34: expect pod game-2: gone', 'on 1.34: expect pod game-0: gone'],
  ['on 1.30: expect pod game-0: gone', 'expect pod game-0: gone'],
  ['get pod game-0', 'get pod game-0\nrefused 404 NotFound'],
])('%j holds, and %j does not', async (holds, doesNot) => {
  await expect(run(holds)).resolves.toBeUndefined();
  await expect(run(doesNot)).rejects.toThrow('a.txt:');
});

test('a failure shows the line, what is not so, and the objects', async () => {
  await expect(run('wait pods game-{0..1}: image=app:1')).rejects.toThrow(
    [
      'Pods',
      '  a.txt:4',
      '    wait pods game-{0..1}: image=app:1',
      '  not so within 20 s: game-1: image is app:2',
      '  there is:',
      '    pod game-0  uid=uid-game  image=app:1  ready=True',
      '    pod game-1  uid=uid-game  image=app:2  ready=True',
    ].join('\n'),
  );
});
