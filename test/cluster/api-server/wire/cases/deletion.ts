import { get, patch, post, put, remove, type WireRequest } from '../request.js';
import { configMap, deployment, pod } from './objects.js';

const held = (name: string, finalizers: readonly string[] = ['example.com/hold']): WireRequest =>
  post('configmaps', configMap(name, {}, { finalizers }));
const owned = (name: string, owner: string, more: object = {}): WireRequest =>
  post(
    'configmaps',
    configMap(
      name,
      {},
      { ownerReferences: [{ apiVersion: 'v1', kind: 'ConfigMap', name: owner, uid: `$uid(${owner})`, ...more }] },
    ),
  );

export const DELETION: Readonly<Record<string, readonly WireRequest[]>> = {
  'deletion: finalizers': [
    held('one'),
    remove('configmaps/one'),
    remove('configmaps/one'),
    get('configmaps/one'),
    post('configmaps', configMap('one')),
    patch('merge', 'configmaps/one', { data: { still: 'writable' } }),
    patch('merge', 'configmaps/one', { metadata: { finalizers: ['example.com/hold', 'example.com/new'] } }),
    patch('merge', 'configmaps/one', { metadata: { finalizers: [] } }),
    get('configmaps/one'),
    held('two', ['example.com/a', 'example.com/b']),
    remove('configmaps/two', { propagationPolicy: 'Orphan' }),
    remove('configmaps/two', { propagationPolicy: 'Foreground' }),
    remove('configmaps/two', { propagationPolicy: 'Background' }),
    remove('configmaps/two', { orphanDependents: true }),
    remove('configmaps/two', { orphanDependents: true, propagationPolicy: 'Orphan' }),
    remove('configmaps/two', { propagationPolicy: 'Nonsense' }),
    put('configmaps/two', configMap('two', { replaced: 'x' })),
    get('configmaps/two'),
    post('configmaps', configMap('three', {}, { finalizers: ['not-qualified'] })),
    post('configmaps', configMap('three', {}, { finalizers: ['orphan', 'foregroundDeletion'] })),
    post('configmaps', configMap('four', {}, { finalizers: ['foregroundDeletion'] })),
    remove('configmaps/four'),
    remove('configmaps/four', { propagationPolicy: 'Orphan' }),
    post(
      'configmaps',
      configMap('five', {}, { deletionTimestamp: '2026-01-01T00:00:00Z', deletionGracePeriodSeconds: 5 }),
    ),
    patch('merge', 'configmaps/five', { metadata: { deletionTimestamp: '2026-01-01T00:00:00Z' } }),
    patch('merge', 'configmaps/five', { metadata: { creationTimestamp: '2020-01-01T00:00:00Z' } }),
    patch('merge', 'configmaps/five', { metadata: { creationTimestamp: null, generation: 5, selfLink: '/x' } }),
  ],
  'deletion: preconditions, dry runs and options': [
    post('configmaps', configMap('one')),
    remove('configmaps/one', { preconditions: { uid: 'another' } }),
    remove('configmaps/one', { preconditions: { resourceVersion: '1' } }),
    remove('configmaps/one?dryRun=All'),
    remove('configmaps/one', { dryRun: ['All'] }),
    remove('configmaps/one', { dryRun: ['Some'] }),
    remove('configmaps/one', { kind: 'DeleteOptions', apiVersion: 'v1', gracePeriodSeconds: 5 }),
    remove('configmaps/one'),
    post('configmaps', configMap('two')),
    remove('configmaps/two', { preconditions: { uid: '$uid(two)', resourceVersion: '$version(two)' } }),
    remove('configmaps/none', { preconditions: { uid: 'x' } }),
    post('configmaps?dryRun=All', configMap('three')),
    post('configmaps?dryRun=All', configMap('three', {}, { name: undefined, generateName: 'gen-' })),
    put('configmaps/three?dryRun=All', configMap('three')),
    get('configmaps/three'),
    post('deployments', deployment('one')),
    remove('deployments/one', { propagationPolicy: 'Foreground' }),
    get('deployments/one'),
    remove('deployments/one', { propagationPolicy: 'Background' }),
    get('deployments/one'),
    post('configmaps', configMap('four')),
    remove('configmaps/four?propagationPolicy=Orphan'),
    get('configmaps/four'),
    remove('configmaps/four?gracePeriodSeconds=x'),
  ],
  'deletion: collections': [
    post('configmaps', configMap('a', {}, { labels: { x: '1' } })),
    post('configmaps', configMap('b', {}, { labels: { x: '2' } })),
    post('configmaps', configMap('c', {}, { finalizers: ['example.com/hold'], labels: { x: '1' } })),
    remove('configmaps?dryRun=All'),
    remove('configmaps?labelSelector=x%3D1'),
    get('configmaps'),
    remove('configmaps?fieldSelector=metadata.name%3Db', { propagationPolicy: 'Background' }),
    get('configmaps'),
    remove('configmaps?labelSelector=not%20a%20selector%3D'),
    remove('configmaps'),
    patch('merge', 'configmaps/c', { metadata: { finalizers: null } }),
    get('configmaps'),
    post('pods', pod('one')),
    post('pods', pod('two')),
    remove('pods', { gracePeriodSeconds: 0 }),
    get('pods'),
    post('samples', { apiVersion: 'example.com/v1', kind: 'Sample', metadata: { name: 'one' }, spec: { size: 1 } }),
    remove('samples'),
    get('samples'),
    remove('services'),
  ],
  owners: [
    post('configmaps', configMap('owner')),
    owned('one', 'owner'),
    owned('two', 'owner', { controller: true, blockOwnerDeletion: true }),
    patch('strategic', 'configmaps/two', {
      metadata: { ownerReferences: [{ apiVersion: 'v1', kind: 'Secret', name: 's', uid: 'other' }] },
    }),
    patch('strategic', 'configmaps/two', {
      metadata: { ownerReferences: [{ apiVersion: 'v1', kind: 'Secret', name: 's', uid: 'other', controller: true }] },
    }),
    patch('strategic', 'configmaps/two', { metadata: { ownerReferences: [{ $patch: 'delete', uid: 'other' }] } }),
    patch('merge', 'configmaps/two', {
      metadata: { ownerReferences: [{ apiVersion: 'v1', kind: 'Secret', name: 's' }] },
    }),
    patch('merge', 'configmaps/two', {
      metadata: { ownerReferences: [{ apiVersion: '', kind: '', name: '', uid: '' }] },
    }),
    patch('merge', 'configmaps/two', {
      metadata: { ownerReferences: [{ apiVersion: 'v1', kind: 'Event', name: 'e', uid: 'u' }] },
    }),
    patch('merge', 'configmaps/two', {
      metadata: { ownerReferences: [{ apiVersion: 'a/b/c', kind: 'X', name: 'e', uid: 'u' }] },
    }),
    patch('merge', 'configmaps/two', {
      metadata: {
        ownerReferences: [
          { apiVersion: 'v1', kind: 'ConfigMap', name: 'a', uid: 'u' },
          { apiVersion: 'v1', kind: 'ConfigMap', name: 'a', uid: 'u' },
        ],
      },
    }),
    get('configmaps/two'),
  ],
};
