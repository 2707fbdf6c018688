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
  test.each<[what: string, workload: Partial<GameStatefulSetSpec>, child: Partial<StatefulSetSpec>, fields: string[]]>([
    ['nothing', {}, {}, []],
    ['the service', { serviceName: 'other' }, {}, ['serviceName']],
    ['the selector', { selector: { matchLabels: { app: 'other' } } }, {}, ['selector']],
    ['a claim more', { volumeClaimTemplates: [claim('data', '1Gi')] }, {}, ['volumeClaimTemplates']],
    [
      'a larger claim',
      { volumeClaimTemplates: [claim('data', '2Gi')] },
      { volumeClaimTemplates: [claim('data', '1Gi')] },
      ['volumeClaimTemplates'],
    ],
    [
      'the same claim with what the server adds',
      { volumeClaimTemplates: [claim('data', '1Gi')] },
      { volumeClaimTemplates: [{ ...claim('data', '1Gi'), status: { phase: 'Pending' } }] },
      [],
    ],
  ])('%s', (_, workload, child, fields) => {
    expect(immutableChanges(workloadOf(workload), storedChild(child))).toEqual(fields);
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
