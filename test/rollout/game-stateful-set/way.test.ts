import { describe, expect, test } from '@jest/globals';
import type { GameStatefulSetSpec } from '../../../src/api/generated/types/game-stateful-set.js';
import type { PodTemplateSpec } from '../../../src/api/kubernetes.js';
import type { GameStatefulSetSnapshot } from '../../../src/rollout/game-stateful-set/snapshot.js';
import { wayTo } from '../../../src/rollout/game-stateful-set/way.js';
import { ObservedFacts } from '../../../src/rollout/observations.js';
import { NOW, podOf, revisionOf, roundOf, snapshotOf, templateOf, workloadOf, type PodOptions } from '../fixtures.js';

const inPlace = templateOf('B');
const metadata: PodTemplateSpec = { ...templateOf('A'), metadata: { labels: { app: 'zone', team: 'red' } } };
const replaced = templateOf('B', { env: [{ name: 'MODE', value: 'duel' }] });
const withProxy = (image: string): PodTemplateSpec => ({
  ...templateOf('A'),
  spec: {
    containers: [{ name: 'game', image: 'game:A' }],
    initContainers: [{ name: 'proxy', image, restartPolicy: 'Always' }],
  },
});

type Strategy = GameStatefulSetSpec['updateStrategy'];
const Reject: Strategy = { type: 'InplaceUpdate' };
const Recreate: Strategy = { type: 'InplaceUpdate', inPlaceUpdateStrategy: { fallback: 'Recreate' } };
const Patch: Strategy = { type: 'InplaceUpdate', inPlaceUpdateStrategy: { ungatedPods: 'Patch' } };
const Rolling: Strategy = { type: 'RollingUpdate' };

/** The way of a pod at A to a template. */
function told(
  to: PodTemplateSpec,
  updateStrategy: Strategy,
  pod: Omit<PodOptions, 'ordinal'> = {},
  more: Partial<GameStatefulSetSnapshot> = {},
  from = templateOf('A'),
): string {
  const view = podOf({ ordinal: 0, ...pod });
  const workload = workloadOf({ updateStrategy: updateStrategy! });
  const snapshot = snapshotOf({ workload, pods: [view], revisions: [revisionOf('A', 1, from)], ...more });
  const round = roundOf(snapshot);
  const way = wayTo(round, round.pods[0]!, to);
  return 'why' in way ? `${way.kind}: ${way.why}` : way.kind;
}

describe('templates', () => {
  test.each<[what: string, to: PodTemplateSpec, strategy: Strategy, way: string]>([
    ['the same under another revision', templateOf('A'), Reject, 'metadata'],
    ['a label', metadata, Reject, 'metadata'],
    ['a label, RollingUpdate', metadata, Rolling, 'metadata'],
    ['an image', inPlace, Reject, 'inPlace'],
    ['an image, RollingUpdate', inPlace, Rolling, 'recreate'],
    ['a variable', replaced, Reject, 'none: spec.containers[0].env: only a new pod can have it'],
    ['a variable, with a way out', replaced, Recreate, 'recreate'],
    ['a variable, RollingUpdate', replaced, Rolling, 'recreate'],
  ])('%s', (_, to, strategy, way) => {
    expect(told(to, strategy)).toBe(way);
  });
});

describe('pods without the gate', () => {
  test.each<[what: string, strategy: Strategy, way: string]>([
    ['are made anew', Reject, 'recreate'],
    ['are patched where that is wanted', Patch, 'inPlace'],
  ])('%s', (_, strategy, way) => {
    expect(told(inPlace, strategy, { ungated: true })).toBe(way);
  });
});

describe('native sidecars', () => {
  const kubelet = (version?: string) => ({ kubelets: new Map(version === undefined ? [] : [['node-1', version]]) });
  const old = 'sidecar proxy: node node-1 runs kubelet v1.31.9, and sidecars change in place from 1.32 on';
  test.each<[what: string, version: string | undefined, strategy: Strategy, node: string | null, way: string]>([
    ['a kubelet that can', 'v1.32.0', Reject, 'node-1', 'inPlace'],
    ['a newer one', 'v1.40.1-eks-1', Reject, 'node-1', 'inPlace'],
    ['another major version', 'v2.0.0', Reject, 'node-1', 'inPlace'],
    ['one that cannot', 'v1.31.9', Reject, 'node-1', `none: ${old}`],
    ['one that cannot, with a way out', 'v1.31.9', Recreate, 'node-1', 'recreate'],
    [
      'one that nobody knows: no pod is made anew for that',
      undefined,
      Recreate,
      'node-1',
      'wait: the kubelet version of node node-1 is not known',
    ],
    ['a version that is none', 'latest', Reject, 'node-1', 'wait: the kubelet version of node node-1 is not known'],
    ['no node yet: nothing has started', 'v1.31.9', Reject, null, 'inPlace'],
  ])('%s', (_, version, strategy, node, way) => {
    expect(told(withProxy('proxy:2'), strategy, { node }, kubelet(version), withProxy('proxy:1'))).toBe(way);
  });
});

describe('a revision that nobody knows', () => {
  const seenFor = (seconds: number, updateStrategy: Strategy): string => {
    const facts = new ObservedFacts();
    const snapshot = snapshotOf({
      workload: workloadOf({ updateStrategy: updateStrategy! }),
      pods: [podOf({ ordinal: 0, revision: 'X' })],
    });
    facts.since('unknown revision/X', NOW - seconds * 1000);
    const round = roundOf(snapshot, facts);
    const way = wayTo(round, round.pods[0]!, inPlace);
    return 'why' in way ? `${way.kind}: ${way.why}` : way.kind;
  };
  test.each<[what: string, seconds: number, strategy: Strategy, way: string]>([
    ['may come into sight', 29, Recreate, 'wait: its revision X is not seen yet'],
    ['has been lost', 30, Recreate, 'recreate'],
    ['has been lost, and pods are not made anew', 30, Reject, 'none: its revision X is not known any more'],
  ])('%s', (_, seconds, strategy, way) => {
    expect(seenFor(seconds, strategy)).toBe(way);
  });
});
