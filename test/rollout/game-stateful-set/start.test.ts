import { describe, expect, test } from '@jest/globals';
import type { GameStatefulSetSpec } from '../../../src/api/generated/types/game-stateful-set.js';
import type { Action } from '../../../src/rollout/game-stateful-set/action.js';
import { CLOSED } from '../../../src/rollout/game-stateful-set/child.js';
import {
  beforeChild,
  decided,
  gated,
  jobOf,
  linesOf,
  podOf,
  revisionOf,
  statusIn,
  templateOf,
  workloadOf,
} from '../fixtures.js';
import type { PodOptions, SnapshotOptions } from '../fixtures.js';

function created(options: SnapshotOptions) {
  const [action] = decided(beforeChild(options)).actions;
  if (action?.kind !== 'createChild') return undefined;
  const { replicas, ordinals, template, updateStrategy } = action.child.spec;
  return { replicas, start: ordinals?.start ?? 0, image: template.spec?.containers?.[0]?.image, updateStrategy };
}

const closed = { type: 'RollingUpdate', rollingUpdate: { partition: CLOSED } };

describe('the first child', () => {
  test.each<[what: string, spec: Partial<GameStatefulSetSpec>, replicas: number, start: number]>([
    ['with all its pods', {}, 3, 0],
    ['with the first of them, in order', { podManagementPolicy: 'OrderedReady' }, 1, 0],
    ['with none', { podManagementPolicy: 'OrderedReady', replicas: 0 }, 0, 0],
    ['from an ordinal on', { ordinals: { start: 5 } }, 3, 5],
  ])('%s', (_, spec, replicas, start) => {
    const workload = workloadOf(spec);
    expect(created({ workload })).toEqual({ replicas, start, image: 'game:B', updateStrategy: closed });
  });

  test('OnDelete is the child’s own', () => {
    const workload = workloadOf({ updateStrategy: { type: 'OnDelete' } });
    expect(created({ workload })?.updateStrategy).toEqual({ type: 'OnDelete' });
  });

  test('nothing is made before it may be', () => {
    const prerequisites = [{ kind: 'Job' as const, name: 'migrate' }];
    const workload = workloadOf({ prerequisites });
    expect(created({ workload })).toBeUndefined();
    expect(created({ workload, jobs: new Map([['migrate', jobOf('migrate', 'running')]]) })).toBeUndefined();
    expect(created({ workload, jobs: new Map([['migrate', jobOf('migrate', 'Complete')]]) })?.replicas).toBe(3);
    const refused = decided(beforeChild({ resolved: { generation: 1, refused: 'no such field' } }));
    expect(linesOf(refused)).toEqual([]);
    expect(statusIn(refused)).toMatchObject({ phase: 'Degraded', message: expect.stringContaining('no such field') });
    const taken = decided(beforeChild({ nameTakenBy: 'Fleet/arena' }));
    expect(linesOf(taken)).toEqual([]);
    expect(statusIn(taken)?.conditions).toContainEqual(
      expect.objectContaining({ type: 'ChildNameTaken', status: 'True' }),
    );
  });

  test('the template is asked for first', () => {
    const { resolved: _, ...snapshot } = beforeChild();
    expect(linesOf(decided(snapshot))).toEqual(['resolve generation 1']);
  });
});

describe('a child around pods that are there', () => {
  const [A, B] = [revisionOf('A', 1, gated(templateOf('A'))), revisionOf('B', 2, gated(templateOf('B')))];
  const around = (pods: readonly PodOptions[], spec: Partial<GameStatefulSetSpec> = {}, revisions = [A, B]) =>
    created({ workload: workloadOf(spec), pods: pods.map(podOf), revisions });
  const all = [{ ordinal: 0 }, { ordinal: 1 }, { ordinal: 2 }];

  test.each<[what: string, pods: readonly PodOptions[], spec: Partial<GameStatefulSetSpec>, found: object]>([
    ['as they are', all, {}, { replicas: 3, start: 0, image: 'game:A' }],
    ['the oldest template', [{ ordinal: 0 }, { ordinal: 1, revision: 'B' }], {}, { replicas: 3, image: 'game:A' }],
    ['in order', all, { podManagementPolicy: 'OrderedReady' }, { replicas: 3, start: 0 }],
    ['one is lost', [{ ordinal: 2 }], {}, { replicas: 3, start: 0 }],
    ['more than are wanted', all, { replicas: 1 }, { replicas: 3, start: 0 }],
    ['fewer than are wanted', all, { replicas: 5 }, { replicas: 5, start: 0 }],
    ['below the first', all, { ordinals: { start: 2 } }, { replicas: 3, start: 0 }],
    ['above the first', [{ ordinal: 7 }, { ordinal: 6 }], { ordinals: { start: 4 } }, { replicas: 4, start: 4 }],
    ['one leaves', [{ ordinal: 0 }, { ordinal: 1, stage: 'leaving' }], { replicas: 1 }, { replicas: 1 }],
  ])('%s', (_, pods, spec, found) => {
    expect(around(pods, spec)).toMatchObject({ ...found, updateStrategy: closed });
  });

  test('nothing holds it back: nobody would bring a lost pod back meanwhile', () => {
    const prerequisites = [{ kind: 'Job' as const, name: 'migrate' }];
    expect(around(all, { prerequisites, instances: [{ ordinal: 0, images: {} }] })?.image).toBe('game:A');
  });

  test('where nobody knows their template it is that of the spec, and none of them goes', () => {
    expect(around(all, { replicas: 1 }, [])).toMatchObject({ replicas: 3, image: 'game:B' });
  });

  test('those that are on their way out are not looked after', () => {
    expect(around([{ ordinal: 1, stage: 'leaving' }])).toMatchObject({ replicas: 3, image: 'game:B' });
  });

  test('gates of new pods are opened meanwhile', () => {
    const snapshot = beforeChild({ nameTakenBy: 'nobody', pods: [podOf({ ordinal: 0, stage: 'newborn' })] });
    expect(linesOf(decided(snapshot))).toEqual(['open zone-0 (PodStarted)']);
  });

  test('the revision’s own marks do not go into the template', () => {
    const template = { ...gated(templateOf('A')), $patch: 'replace' };
    const { actions } = decided(
      beforeChild({ pods: [podOf({ ordinal: 0 })], revisions: [revisionOf('A', 1, template)] }),
    );
    const [{ child }] = actions as [Action & { kind: 'createChild' }];
    expect(child.spec.template).toEqual(gated(templateOf('A')));
  });
});
