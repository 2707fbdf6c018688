import { decided, childOf, linesOf, podOf, snapshotOf, workloadOf } from '../fixtures.js';

/** What happens to pods of these revisions, the first ordinal first, on the way to B behind a partition. */
function linesFor(revisions: string, partition: number, stableRevision?: string): string[] {
  const pods = revisions.split('').map((revision, ordinal) => podOf({ ordinal, revision }));
  const replicas = pods.length;
  const workload = workloadOf(
    {
      replicas,
      updateStrategy: { type: 'InplaceUpdate', rollingUpdate: { partition, maxUnavailable: replicas } },
    },
    { status: { ...(stableRevision !== undefined && { stableRevision }) } },
  );
  const lines = linesOf(decided(snapshotOf({ workload, child: childOf({ replicas }), pods })));
  return lines.filter((line) => line.startsWith('close')).map((line) => line.split(':')[0]!);
}

test.each<[what: string, revisions: string, partition: number, stable: string | undefined, closed: number[]]>([
  ['an update behind a partition', 'AAAA', 2, 'A', [3, 2]],
  ['the other half has it', 'AABB', 2, 'A', []],
  ['enough have it already, below the partition', 'BBAA', 2, 'A', []],
  ['back to stable: whoever has left it, whatever is held', 'BBAA', 2, 'B', [3, 2]],
  ['back to stable, and the partition holds everybody', 'BAAA', 4, 'B', [3, 2, 1]],
  ['before anything was stable', 'BBAA', 2, undefined, [3, 2]],
])('%s', (_, revisions, partition, stable, closed) => {
  expect(linesFor(revisions, partition, stable)).toEqual(closed.map((ordinal) => `close zone-${ordinal}`));
});

test('who has left the stable revision for another update goes on, though enough have this one', () => {
  const pods = ['A', 'B', 'B', 'C'].map((revision, ordinal) => podOf({ ordinal, revision }));
  const workload = workloadOf(
    { replicas: 4, updateStrategy: { type: 'InplaceUpdate', rollingUpdate: { partition: 3 } } },
    { status: { stableRevision: 'A' } },
  );
  const [a, b] = snapshotOf().revisions;
  const revisions = [a!, b!, { ...a!, metadata: { name: 'C' } }];
  const snapshot = snapshotOf({ workload, child: childOf({ replicas: 4 }), pods, revisions });
  expect(linesOf(decided(snapshot))).toEqual(['close zone-3: 0 s, then B']);
});
