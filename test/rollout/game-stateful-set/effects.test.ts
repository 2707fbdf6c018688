import { expect, test } from '@jest/globals';
import type { GameStatefulSetSpec } from '../../../src/api/generated/types/game-stateful-set.js';
import { compiledSchema } from '../../../src/api/check.js';
import type { FieldPath } from '../../../src/api/fields.js';
import type { Decision } from '../../../src/rollout/game-stateful-set/action.js';
import { uncovered } from '../../api/coverage.js';
import {
  beforeChild,
  childOf,
  decided,
  gated,
  podOf,
  revisionOf,
  snapshotOf,
  templateOf,
  workloadOf,
  type PodOptions,
} from '../fixtures.js';

type Spec = Partial<GameStatefulSetSpec>;
type Scene = (spec: Spec) => Decision;

/** Before anything exists. */
const start: Scene = (spec) => decided(beforeChild({ workload: workloadOf(spec) }));

/** Three pods at A, and the child has B. */
const update =
  (pod: Omit<PodOptions, 'ordinal'> = {}): Scene =>
  (spec) => {
    const pods = [2, 1, 0].map((ordinal) => podOf({ ordinal, ...pod }));
    const revisions = [revisionOf('A', 1, gated(templateOf('A'))), revisionOf('B', 2, gated(templateOf('B')))];
    return decided(snapshotOf({ workload: workloadOf(spec), pods, revisions }), { watched: 30 });
  };

/** Three pods at A, and a template that needs new pods. */
const recreate: Scene = (spec) => {
  const template = templateOf('A', { env: [{ name: 'MODE', value: 'duel' }] });
  const child = childOf({ template: gated(templateOf('A')) }, { updateRevision: 'A' });
  const pods = [2, 1, 0].map((ordinal) => podOf({ ordinal }));
  return decided(snapshotOf({ workload: workloadOf({ template, ...spec }), child, pods }));
};

/** Three pods at B, and nothing to do. */
const rest: Scene = (spec) => {
  const child = childOf({ minReadySeconds: 0 }, { currentRevision: 'B' });
  const pods = [2, 1, 0].map((ordinal) => podOf({ ordinal, revision: 'B' }));
  return decided(snapshotOf({ workload: workloadOf(spec), child, pods }));
};

const claims = (change: object): Spec => ({
  persistentVolumeClaimRetentionPolicy: { whenDeleted: 'Retain', whenScaled: 'Retain', ...change },
});
const how = (change: object): Spec => ({ updateStrategy: { type: 'InplaceUpdate', ...change } });
const requirement = (change: object): Spec => ({
  selector: { matchExpressions: [{ key: 'app', operator: 'In', values: ['zone'], ...change }] },
});

const tested = new Set<FieldPath>();

test.each<[field: FieldPath, scene: Scene, one: Spec, other: Spec]>([
  ['spec.replicas', rest, {}, { replicas: 5 }],
  ['spec.selector.matchLabels.*', start, {}, { selector: { matchLabels: { app: 'other' } } }],
  ['spec.selector.matchExpressions[].key', start, requirement({}), requirement({ key: 'tier' })],
  ['spec.selector.matchExpressions[].operator', start, requirement({}), requirement({ operator: 'NotIn' })],
  ['spec.selector.matchExpressions[].values[]', start, requirement({}), requirement({ values: ['zone', 'b'] })],
  ['spec.template', start, {}, { template: templateOf('C') }],
  ['spec.serviceName', start, {}, { serviceName: 'other' }],
  ['spec.volumeClaimTemplates[]', start, {}, { volumeClaimTemplates: [{ metadata: { name: 'data' } }] }],
  ['spec.persistentVolumeClaimRetentionPolicy.whenDeleted', rest, claims({}), claims({ whenDeleted: 'Delete' })],
  ['spec.persistentVolumeClaimRetentionPolicy.whenScaled', rest, claims({}), claims({ whenScaled: 'Delete' })],
  ['spec.podManagementPolicy', start, {}, { podManagementPolicy: 'OrderedReady' }],
  ['spec.ordinals.start', start, {}, { ordinals: { start: 7 } }],
  ['spec.updateStrategy.type', update(), {}, how({ type: 'OnDelete' })],
  ['spec.updateStrategy.rollingUpdate.partition', update(), {}, how({ rollingUpdate: { partition: 3 } })],
  ['spec.updateStrategy.rollingUpdate.maxUnavailable', update(), {}, how({ rollingUpdate: { maxUnavailable: 2 } })],
  ['spec.updateStrategy.paused', update(), {}, how({ paused: true })],
  [
    'spec.updateStrategy.inPlaceUpdateStrategy.gracePeriodSeconds',
    update(),
    {},
    how({ inPlaceUpdateStrategy: { gracePeriodSeconds: 9 } }),
  ],
  [
    'spec.updateStrategy.inPlaceUpdateStrategy.fallback',
    recreate,
    {},
    how({ inPlaceUpdateStrategy: { fallback: 'Recreate' } }),
  ],
  [
    'spec.updateStrategy.inPlaceUpdateStrategy.ungatedPods',
    update({ ungated: true }),
    {},
    how({ inPlaceUpdateStrategy: { ungatedPods: 'Patch' } }),
  ],
  ['spec.revisionHistoryLimit', start, {}, { revisionHistoryLimit: 3 }],
  ['spec.minReadySeconds', rest, {}, { minReadySeconds: 30 }],
  ['spec.disableReadinessGate', start, {}, { disableReadinessGate: true }],
  [
    'spec.progressDeadlineSeconds',
    update({ stage: 'patched', revision: 'B', since: 20 }),
    {},
    { progressDeadlineSeconds: 15 },
  ],
  ['spec.prerequisites[].name', start, {}, { prerequisites: [{ kind: 'Job', name: 'migrate' }] }],
])('%s changes what is decided', (field, scene, one, other) => {
  tested.add(field);
  expect(scene(other)).not.toEqual(scene(one));
});

test('every field that a user writes has an effect here, or a row in the table of those that have none', async () => {
  const { schema } = await compiledSchema('GameStatefulSet');
  // Its only value is Job.
  const known = new Set([...tested, 'spec.prerequisites[].kind']);
  const open = uncovered('GameStatefulSet', schema, known);
  expect(open.filter((field) => field.startsWith('spec.'))).toEqual([]);
});
