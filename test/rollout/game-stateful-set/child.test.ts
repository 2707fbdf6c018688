import { describe, expect, test } from '@jest/globals';
import type { GameStatefulSetSpec } from '../../../src/api/generated/types/game-stateful-set.js';
import type { StatefulSetSpec, StatefulSetStatus } from '../../../src/api/native.js';
import {
  childOf,
  childTemplate,
  CLOSED,
  followedChange,
  immutableChanges,
  isCurrent,
  isObserved,
  makesUpdated,
} from '../../../src/rollout/game-stateful-set/child.js';
import type { ResolvedTemplate } from '../../../src/rollout/game-stateful-set/snapshot.js';
import { settingsOf } from '../../../src/rollout/game-stateful-set/settings.js';
import {
  childOf as storedChild,
  decided,
  gated,
  linesOf,
  podOf,
  snapshotOf,
  statusIn,
  templateOf,
  workloadOf,
} from '../fixtures.js';

const gate = { conditionType: 'InPlaceUpdateReady' };
const made = (spec: Partial<GameStatefulSetSpec> = {}, replicas = 3) => {
  const workload = workloadOf(spec);
  const settings = settingsOf(workload);
  return childOf(workload, settings, { replicas, start: settings.start, template: childTemplate(workload, settings) });
};

test('a child that is made', () => {
  expect(
    made({ ordinals: { start: 4 }, minReadySeconds: 7, volumeClaimTemplates: [{ metadata: { name: 'data' } }] }, 2),
  ).toEqual({
    apiVersion: 'apps/v1',
    kind: 'StatefulSet',
    metadata: {
      name: 'zone',
      namespace: 'ns',
      ownerReferences: [
        {
          apiVersion: 'tkex.tencent.com/v1alpha1',
          kind: 'GameStatefulSet',
          name: 'zone',
          uid: 'zone-uid',
          controller: true,
          blockOwnerDeletion: true,
        },
      ],
    },
    spec: {
      replicas: 2,
      serviceName: 'zone',
      podManagementPolicy: 'Parallel',
      selector: { matchLabels: { app: 'zone' } },
      ordinals: { start: 4 },
      minReadySeconds: 7,
      revisionHistoryLimit: 10,
      persistentVolumeClaimRetentionPolicy: { whenDeleted: 'Retain', whenScaled: 'Retain' },
      updateStrategy: { type: 'RollingUpdate', rollingUpdate: { partition: CLOSED } },
      volumeClaimTemplates: [{ metadata: { name: 'data' } }],
      template: {
        metadata: { labels: { app: 'zone' } },
        spec: { containers: [{ name: 'game', image: 'game:B' }], readinessGates: [gate] },
      },
    },
  });
});

test('OnDelete is for the child to follow', () => {
  expect(made({ updateStrategy: { type: 'OnDelete' } }).spec.updateStrategy).toEqual({ type: 'OnDelete' });
});

describe('the gate in the template', () => {
  const gates = (spec: Partial<GameStatefulSetSpec>, written?: unknown[]) => {
    const template = templateOf('B');
    const workload = workloadOf({
      ...spec,
      template: { ...template, spec: { ...template.spec, ...(written && { readinessGates: written }) } },
    });
    return childTemplate(workload, settingsOf(workload)).spec?.['readinessGates'];
  };
  test.each<[what: string, spec: Partial<GameStatefulSetSpec>, written: unknown[] | undefined, gates: unknown]>([
    ['in place', {}, undefined, [gate]],
    ['beside another', {}, [{ conditionType: 'a' }], [{ conditionType: 'a' }, gate]],
    ['written by the author', {}, [gate], [gate]],
    ['switched off', { disableReadinessGate: true }, undefined, undefined],
    ['another type', { updateStrategy: { type: 'RollingUpdate' } }, undefined, undefined],
  ])('%s', (_, spec, written, expected) => {
    expect(gates(spec, written)).toEqual(expected);
  });
});

describe('what the child follows at any time', () => {
  const Delete = { whenDeleted: 'Delete' as const };
  test.each<[what: string, workload: Partial<GameStatefulSetSpec>, child: Partial<StatefulSetSpec>, change: object]>([
    ['nothing', {}, {}, {}],
    ['defaults spelled out', { minReadySeconds: 0 }, {}, {}],
    ['seconds', { minReadySeconds: 5 }, {}, { minReadySeconds: 5 }],
    ['seconds that go', {}, { minReadySeconds: 5 }, { minReadySeconds: 0 }],
    ['the history goes its own way', { revisionHistoryLimit: 3 }, {}, {}],
    [
      'claims',
      { persistentVolumeClaimRetentionPolicy: Delete },
      {},
      { persistentVolumeClaimRetentionPolicy: { whenDeleted: 'Delete', whenScaled: 'Retain' } },
    ],
    [
      'claims that are as they were',
      { persistentVolumeClaimRetentionPolicy: Delete },
      { persistentVolumeClaimRetentionPolicy: { whenScaled: 'Retain', whenDeleted: 'Delete' } },
      {},
    ],
    [
      'claims that are kept again',
      {},
      { persistentVolumeClaimRetentionPolicy: Delete },
      { persistentVolumeClaimRetentionPolicy: { whenDeleted: 'Retain', whenScaled: 'Retain' } },
    ],
  ])('%s', (_, workload, child, change) => {
    expect(followedChange(workloadOf(workload), storedChild(child))).toEqual(change);
  });
});

describe('the history limit, which not every server lets change', () => {
  const workload = (spec: Partial<GameStatefulSetSpec> = {}) =>
    workloadOf({ replicas: 1, revisionHistoryLimit: 3, template: templateOf('A'), ...spec });
  const child = storedChild({ replicas: 1, template: gated(templateOf('A')) }, { updateRevision: 'A' });
  const pods = [podOf({ ordinal: 0 })];

  test('is written by itself', () => {
    const { actions } = decided(snapshotOf({ workload: workload(), child, pods }));
    expect(actions).toContainEqual({
      kind: 'changeChild',
      child: { name: 'zone', uid: 'child-uid', resourceVersion: '2' },
      change: { revisionHistoryLimit: 3 },
      why: 'revisionHistoryLimit from 10 to 3',
    });
  });

  test.each<[what: string, spec: Partial<GameStatefulSetSpec>]>([
    ['a template', { template: templateOf('B') }],
    ['replicas', { replicas: 2 }],
    ['what is always followed', { minReadySeconds: 1 }],
  ])('comes after %s', (_, spec) => {
    const { actions } = decided(snapshotOf({ workload: workload(spec), child, pods }));
    const changes = actions.flatMap((action) => (action.kind === 'changeChild' ? [action.change] : []));
    expect(changes).toHaveLength(1);
    expect(changes[0]).not.toHaveProperty('revisionHistoryLimit');
  });

  test('stays where the server refuses it, and it is said', () => {
    const decision = decided(snapshotOf({ workload: workload(), child, pods, historyLimitIsFixed: true }));
    expect(linesOf(decision)).toEqual([]);
    expect(decision.reasons).toEqual([
      'spec.revisionHistoryLimit stays 10: this API server lets no StatefulSet that exists change it',
    ]);
    expect(statusIn(decision)).toMatchObject({ phase: 'Healthy' });
  });
});

describe('what cannot change', () => {
  const claim = (name: string, storage: string) => ({
    metadata: { name },
    spec: { resources: { requests: { storage } } },
  });
  const stored = [{ ...claim('data', '1Gi'), status: { phase: 'Pending' } }];
  const [claims, needed] = ['volumeClaimTemplates (kept)', 'volumeClaimTemplates (needed)'];
  test.each<[what: string, workload: Partial<GameStatefulSetSpec>, child: Partial<StatefulSetSpec>, fields: string[]]>([
    ['nothing', {}, {}, []],
    ['the service', { serviceName: 'other' }, {}, ['serviceName (kept)']],
    ['the selector', { selector: { matchLabels: { app: 'other' } } }, {}, ['selector (needed)']],
    [
      'an expression of the selector',
      { selector: { matchLabels: { app: 'zone' }, matchExpressions: [{ key: 'a', operator: 'Exists' }] } },
      {},
      ['selector (needed)'],
    ],
    ['a claim more', { volumeClaimTemplates: [claim('data', '1Gi')] }, {}, [needed]],
    ['a claim less', {}, { volumeClaimTemplates: stored }, [needed]],
    ['another name', { volumeClaimTemplates: [claim('logs', '1Gi')] }, { volumeClaimTemplates: stored }, [needed]],
    ['a larger claim', { volumeClaimTemplates: [claim('data', '2Gi')] }, { volumeClaimTemplates: stored }, [claims]],
    [
      'a label of a claim',
      { volumeClaimTemplates: [{ ...claim('data', '1Gi'), metadata: { name: 'data', labels: { tier: 'db' } } }] },
      { volumeClaimTemplates: stored },
      [claims],
    ],
    ['what the server adds', { volumeClaimTemplates: [claim('data', '1Gi')] }, { volumeClaimTemplates: stored }, []],
  ])('%s', (_, spec, child, fields) => {
    const workload = workloadOf(spec);
    const found = immutableChanges(workload, storedChild(child), workload.spec.volumeClaimTemplates);
    expect(found.map(({ field, isNeeded }) => `${field} (${isNeeded ? 'needed' : 'kept'})`)).toEqual(fields);
  });

  const pods = [podOf({ ordinal: 2 }), podOf({ ordinal: 1 }), podOf({ ordinal: 0 })];
  const at = (spec: Partial<GameStatefulSetSpec>) => decided(snapshotOf({ workload: workloadOf(spec), pods }));

  test('what is merely kept is said, and the update goes on', () => {
    const decision = at({ serviceName: 'other' });
    expect(linesOf(decision)).toEqual(['close zone-2: 0 s, then B']);
    expect(statusIn(decision)?.conditions).toContainEqual(
      expect.objectContaining({
        type: 'Unsupported',
        reason: 'Ignored',
        message: expect.stringContaining('serviceName'),
      }),
    );
  });

  test('what new pods would need stops the update', () => {
    const decision = at({ selector: { matchLabels: { app: 'other' } } });
    expect(linesOf(decision)).toEqual([]);
    expect(statusIn(decision)).toMatchObject({ phase: 'Degraded', message: expect.stringContaining('spec.selector') });
  });

  test('sizes are compared as the server writes them', () => {
    const volumeClaimTemplates = [claim('data', '1024Mi')];
    const workload = workloadOf({ volumeClaimTemplates });
    const child = storedChild({ volumeClaimTemplates: [claim('data', '1Gi')] });
    const template = storedChild().spec.template;
    const said = (resolved: ResolvedTemplate) =>
      decided(snapshotOf({ workload, child, pods, resolved })).reasons.join();
    expect(said({ generation: 1, template, claims: [claim('data', '1Gi')] })).not.toContain('volumeClaimTemplates');
    expect(said({ generation: 1, template, claims: [claim('data', '2Gi')] })).toContain('volumeClaimTemplates');
    expect(said({ generation: 1, refused: 'no' })).not.toContain('volumeClaimTemplates');
  });
});

describe('what the child does by itself', () => {
  const partition = (count: number) => ({
    updateStrategy: { type: 'RollingUpdate' as const, rollingUpdate: { partition: count } },
  });
  test.each<
    [
      what: string,
      spec: Partial<StatefulSetSpec>,
      status: Partial<StatefulSetStatus>,
      observed: boolean,
      current: boolean,
      made: number[],
    ]
  >([
    ['on its way, closed', {}, {}, true, false, []],
    ['on its way, open to 1', partition(1), {}, true, false, [1, 2]],
    ['complete', {}, { currentRevision: 'B' }, true, true, [0, 1, 2]],
    ['complete for a spec before this', {}, { currentRevision: 'B', observedGeneration: 1 }, false, false, []],
    ['OnDelete', { updateStrategy: { type: 'OnDelete' } }, {}, true, false, [0, 1, 2]],
  ])('%s', (_, spec, status, observed, current, expected) => {
    const child = storedChild(spec, status);
    expect(isObserved(child)).toBe(observed);
    expect(isCurrent(child)).toBe(current);
    expect([0, 1, 2].filter((index) => makesUpdated(child, index))).toEqual(expected);
  });
});
