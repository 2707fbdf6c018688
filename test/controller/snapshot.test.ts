import { snapshotOf, type Seen } from '../../src/controller/game-stateful-set/snapshot.js';
import { gameStatefulSet } from './workloads.js';

const owned = (kind: string, uid: string, name = 'game') => ({
  ownerReferences: [{ apiVersion: 'v1', kind, name, uid, controller: true }],
});
const base = { metadata: { ...gameStatefulSet('game').metadata, uid: 'w', resourceVersion: '1' } };
const workload = { ...gameStatefulSet('game'), ...base } as unknown as Seen['workload'];

function seen(more: Partial<Record<keyof Seen, unknown>> = {}): Seen {
  return { workload, namesake: undefined, revisions: [], pods: [], jobs: [], slices: [], nodes: [], ...more } as Seen;
}
const child = (metadata: object) => ({
  metadata: { name: 'game', uid: 'c', resourceVersion: '2', ...metadata },
  spec: {},
});
const pods = [{ metadata: { name: 'game-0', uid: 'p', resourceVersion: '3', ...owned('StatefulSet', 'c') } }];

test.each([
  ['ours', owned('GameStatefulSet', 'w'), undefined],
  ['that of an earlier workload of this name', owned('GameStatefulSet', 'old'), 'GameStatefulSet/game'],
  ['somebody else’s', owned('Fleet', 'f', 'arena'), 'Fleet/arena'],
  ['nobody’s', {}, 'nobody'],
])('a StatefulSet of its name that is %s', (_, metadata, takenBy) => {
  const snapshot = snapshotOf(seen({ namesake: child(metadata), pods, revisions: pods }));
  expect(snapshot.nameTakenBy).toBe(takenBy);
  const isOurs = takenBy === undefined;
  expect([snapshot.child !== undefined, snapshot.pods.length, snapshot.revisions.length]).toEqual(
    isOurs ? [true, 1, 1] : [false, 0, 0],
  );
});

test('a pod is in traffic while an endpoint offers it; where Services publish unready ones, while it serves', () => {
  const endpoint = (uid: string, conditions?: object) => ({
    targetRef: { kind: 'Pod', uid },
    ...(conditions && { conditions }),
  });
  const slices = [
    {
      endpoints: [
        endpoint('unknown'),
        endpoint('ready', { ready: true, serving: true, terminating: false }),
        endpoint('old-server', { ready: true }),
        endpoint('not-ready', { ready: false, serving: false }),
        endpoint('published', { ready: true, serving: false }),
        endpoint('terminating', { ready: false, serving: true, terminating: true }),
        { conditions: { ready: true } },
      ],
    },
    { endpoints: null },
    {},
  ];
  expect(snapshotOf(seen({ slices })).inTraffic).toEqual(new Set(['unknown', 'ready', 'old-server']));
});

test('kubelets and Jobs by name', () => {
  const nodes = [
    { metadata: { name: 'a' }, status: { nodeInfo: { kubeletVersion: 'v1.34.1' } } },
    { metadata: { name: 'b' } },
  ];
  const snapshot = snapshotOf(seen({ nodes, jobs: [{ metadata: { name: 'migrate' } }] }));
  expect([...snapshot.kubelets]).toEqual([['a', 'v1.34.1']]);
  expect([...snapshot.jobs.keys()]).toEqual(['migrate']);
});

test('hooks that nobody runs hold back what asks for them', () => {
  const hook = { hook: { templateName: 'drained' } };
  const asking = { ...workload, spec: { ...workload.spec, preDeleteUpdateStrategy: hook } };
  expect(snapshotOf(seen()).hooks.ask({} as never, 'delete')).toEqual({ kind: 'agreed' });
  expect(snapshotOf(seen({ workload: asking })).hooks.ask({} as never, 'delete')).toMatchObject({ kind: 'waiting' });
  const own = { ask: () => ({ kind: 'agreed' }) as const };
  expect(snapshotOf(seen({ workload: asking }), { hooks: own }).hooks).toBe(own);
});
