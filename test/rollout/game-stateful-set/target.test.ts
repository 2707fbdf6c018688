import { describe, expect, test } from '@jest/globals';
import {
  childOf,
  decided,
  gated,
  jobOf,
  linesOf,
  podOf,
  revisionOf,
  snapshotOf,
  statusIn,
  templateOf,
  workloadOf,
  type SnapshotOptions,
} from '../fixtures.js';

const pods = [podOf({ ordinal: 1 }), podOf({ ordinal: 0 })];
/** At rest at A; the spec wants B. */
const atA = (options: SnapshotOptions = {}) =>
  snapshotOf({
    workload: workloadOf({ replicas: 2 }),
    child: childOf({ replicas: 2, template: gated(templateOf('A')) }, { currentRevision: 'A', updateRevision: 'A' }),
    pods,
    ...options,
  });

const written = 'child: generation 1 has another template';

describe('a new template', () => {
  test('is written with a closed partition, and nothing else happens yet', () => {
    const decision = decided(atA());
    expect(linesOf(decision)).toEqual([written]);
    const [action] = decision.actions;
    expect(action?.kind === 'changeChild' && action.change).toEqual({
      template: gated(templateOf('B')),
      updateStrategy: { type: 'RollingUpdate', rollingUpdate: { partition: 2147483647 } },
    });
  });

  test('is asked for first', () => {
    expect(linesOf(decided(atA({ resolved: { generation: 0, template: gated(templateOf('B')) } })))).toEqual([
      'resolve generation 1',
    ]);
  });

  test('of an earlier spec is not written', () => {
    const workload = { ...workloadOf({ replicas: 2 }), metadata: { ...workloadOf().metadata, generation: 7 } };
    expect(linesOf(decided(atA({ workload, resolved: { generation: 6, template: gated(templateOf('B')) } })))).toEqual([
      'resolve generation 7',
    ]);
  });

  test('that is the same with spelled-out defaults is none', () => {
    const template = gated(templateOf('A', { env: [], resources: {} }));
    expect(linesOf(decided(atA({ resolved: { generation: 1, template } })))).toEqual([]);
  });
});

describe('what speaks against it', () => {
  const stopped = (options: SnapshotOptions) => {
    const decision = decided(atA(options));
    return { lines: linesOf(decision), reason: decision.reasons[0], phase: statusIn(decision)?.phase };
  };

  test('the API server refuses it', () => {
    expect(stopped({ resolved: { generation: 1, refused: 'spec: no' } })).toEqual({
      lines: [],
      reason: 'the API server refuses the template: spec: no',
      phase: 'Degraded',
    });
  });

  test('it sets what others write into pods', () => {
    const template = { ...templateOf('B'), metadata: { labels: { app: 'zone', 'controller-revision-hash': 'x' } } };
    expect(stopped({ workload: workloadOf({ replicas: 2, template }) })).toEqual({
      lines: [],
      reason: 'metadata.labels.controller-revision-hash belongs to Kubernetes or to us: remove it from the template',
      phase: 'Degraded',
    });
  });

  test('it cannot be reached in place', () => {
    const template = gated(templateOf('B', { tty: true }));
    expect(stopped({ resolved: { generation: 1, template } })).toEqual({
      lines: [],
      reason:
        'the new template cannot be reached in place: spec.containers[0].tty: only a new pod can have it; nothing is touched, set inPlaceUpdateStrategy.fallback to Recreate to allow it',
      phase: 'Degraded',
    });
  });

  test('its prerequisites are open', () => {
    const workload = workloadOf({ replicas: 2, prerequisites: [{ kind: 'Job', name: 'migrate' }] });
    expect(stopped({ workload, jobs: new Map([['migrate', jobOf('migrate', 'running')]]) })).toEqual({
      lines: [],
      reason: 'waiting for Job migrate to complete',
      phase: 'Progressing',
    });
    expect(stopped({ workload, jobs: new Map([['migrate', jobOf('migrate', 'Failed')]]) }).phase).toBe('Degraded');
    expect(stopped({ workload, jobs: new Map([['migrate', jobOf('migrate', 'Complete')]]) }).lines).toEqual([written]);
  });

  test('prerequisites of a template that is written already are not asked for again', () => {
    const workload = workloadOf({ replicas: 2, prerequisites: [{ kind: 'Job', name: 'gone' }] });
    expect(linesOf(decided(snapshotOf({ workload, pods, child: childOf({ replicas: 2 }) })))).toEqual([
      'close zone-1: 0 s, then B',
    ]);
  });

  test('a pod of which nobody knows what it is stops only itself', () => {
    const strange = [podOf({ ordinal: 1, revision: 'X' }), podOf({ ordinal: 0 })];
    expect(decided(atA({ pods: strange })).reasons).toEqual([
      'the new template waits: zone-1: its revision X is not seen yet',
    ]);
    expect(linesOf(decided(atA({ pods: strange }), { watched: 30 }))).toEqual([written]);
    const moving = snapshotOf({
      workload: workloadOf({ replicas: 2 }),
      child: childOf({ replicas: 2 }),
      pods: strange,
    });
    const decision = decided(moving, { watched: 30 });
    expect(linesOf(decision)).toEqual(['close zone-0: 0 s, then B']);
    expect(statusIn(decision)?.message).toContain(
      'zone-1 cannot be updated in place: its revision X is not known any more',
    );
    expect(statusIn(decision)?.conditions?.map(({ type }) => type)).toContain('InPlaceNotPossible');
  });
});

describe('the child has not been seen yet', () => {
  test.each<[what: string, status: object]>([
    ['by generation', { observedGeneration: 1 }],
    ['at all', { observedGeneration: 0, updateRevision: '' }],
  ])('%s', (_, status) => {
    const decision = decided(
      snapshotOf({ workload: workloadOf({ replicas: 2 }), child: childOf({ replicas: 2 }, status), pods }),
    );
    expect(linesOf(decision)).toEqual([]);
    expect(decision.reasons[0]).toMatch(/^waiting for the StatefulSet controller: it has seen generation \d of 2$/);
  });
});

test('a rollback writes the old template back, and what drains goes on waiting', () => {
  const draining = [podOf({ ordinal: 1, stage: 'draining' }), podOf({ ordinal: 0 })];
  const snapshot = snapshotOf({
    workload: workloadOf({ replicas: 2, template: templateOf('A') }),
    child: childOf({ replicas: 2 }),
    pods: draining,
    revisions: [revisionOf('A', 1, gated(templateOf('A'))), revisionOf('B', 2)],
  });
  expect(linesOf(decided(snapshot))).toEqual([written]);
  const seen = {
    ...snapshot,
    child: childOf({ replicas: 2, template: gated(templateOf('A')) }, { updateRevision: 'A' }),
  };
  expect(linesOf(decided(seen))).toEqual(['open zone-1 (UpdateCancelled)']);
});
