import { expect, test } from '@jest/globals';
import type { OwnedMetadata } from '../../../src/api/native.js';
import { isPodOf, setNameOf } from '../../../src/rollout/game-stateful-set/own-pods.js';
import { childOf, workloadOf } from '../fixtures.js';

const ownedBy = (kind: string, name: string, uid: string, controller = true) => ({
  ownerReferences: [{ apiVersion: 'v1', kind, name, uid, controller }],
});
const labels = { app: 'zone' };
const ofChild = ownedBy('StatefulSet', 'zone', 'child-uid');
const ofEarlier = ownedBy('StatefulSet', 'zone', 'earlier');

test.each<[what: string, metadata: OwnedMetadata, withChild: boolean, without: boolean]>([
  ['of the child', { name: 'zone-1', labels, ...ofChild }, true, true],
  ['of the child, whatever it is called', { name: 'other', ...ofChild }, true, false],
  ['nobody’s', { name: 'zone-1', labels }, true, true],
  [
    'owned by somebody who does not control it',
    { name: 'zone-1', labels, ...ownedBy('A', 'a', 'u', false) },
    true,
    true,
  ],
  ['nobody’s, with other labels', { name: 'zone-1', labels: { app: 'other' } }, false, false],
  ['nobody’s, of another name', { name: 'zone-east-1', labels }, false, false],
  ['nobody’s, without an ordinal', { name: 'zone', labels }, false, false],
  ['left over from an earlier child', { name: 'zone-1', labels, ...ofEarlier }, false, true],
  ['of another StatefulSet', { name: 'zone-1', labels, ...ownedBy('StatefulSet', 'other', 'u') }, false, false],
  ['of a ReplicaSet', { name: 'zone-1', labels, ...ownedBy('ReplicaSet', 'zone', 'u') }, false, false],
])('a pod %s', (_, metadata, withChild, without) => {
  expect(isPodOf({ metadata }, workloadOf(), childOf())).toBe(withChild);
  expect(isPodOf({ metadata }, workloadOf(), undefined)).toBe(without);
});

test.each([
  ['zone-0', 'zone'],
  ['zone-east-12', 'zone-east'],
  ['zone', undefined],
  ['zone-', undefined],
  ['-1', undefined],
  [undefined, undefined],
])('%s is of the set %s', (pod, set) => expect(setNameOf(pod)).toBe(set));
