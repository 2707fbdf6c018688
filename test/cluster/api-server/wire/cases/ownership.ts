import { apply, get, patch, post, put, remove, type WireRequest } from '../request.js';
import { sample } from '../samples.js';
import { configMap, deployment } from './objects.js';

const applied = (manager: string, data: object, force = false): WireRequest =>
  apply(manager, 'configmaps/one', configMap('one', data), force);

const status = (manager: string, conditions: readonly object[], force = false): WireRequest =>
  apply(manager, 'deployments/one/status', { ...base, status: { conditions } }, force);
const base = { apiVersion: 'apps/v1', kind: 'Deployment', metadata: { name: 'one' } };
const scaled = (manager: string, replicas: number, force = false): WireRequest =>
  apply(manager, 'deployments/one', { ...base, spec: { replicas } }, force);

const owned = (names: readonly string[]): object => ({
  fieldsType: 'FieldsV1',
  fieldsV1: { 'f:data': Object.fromEntries(names.map((name) => [`f:${name}`, {}])) },
  manager: 'given',
  operation: 'Update',
  apiVersion: 'v1',
  time: '2026-01-01T00:00:00Z',
});

export const OWNERSHIP: Readonly<Record<string, readonly WireRequest[]>> = {
  'apply: several managers, conflicts and force': [
    applied('alice', { a: '1', b: '1' }),
    applied('bob', { b: '1', c: '1' }),
    applied('carol', { a: '2' }),
    applied('carol', { a: '2' }, true),
    applied('alice', { a: '1' }),
    applied('bob', { c: '1' }),
    applied('alice', {}),
    applied('alice', { a: '2', d: '1' }),
    applied('carol', {}),
    patch('merge', 'configmaps/one?fieldManager=dave', { data: { d: '2' } }),
    applied('alice', { a: '2', d: '1' }),
    applied('alice', { a: '2', d: '1' }, true),
    patch('merge', 'configmaps/one?fieldManager=dave', { data: { d: null } }),
    applied('alice', { a: '2', d: '1' }),
    put('configmaps/one?fieldManager=erin', configMap('one', { e: '1' })),
    applied('alice', { a: '3' }),
    applied('alice', { a: '3' }),
    get('configmaps/one'),
    remove('configmaps/one'),
  ],
  'apply: what is refused': [
    apply('alice', 'configmaps/one', { ...configMap('one'), metadata: { name: 'one', managedFields: [owned(['a'])] } }),
    apply('alice', 'configmaps/one', { ...configMap('one'), metadata: { name: 'two' } }),
    apply('alice', 'configmaps/one', { ...configMap('one'), metadata: { name: 'one', namespace: 'elsewhere' } }),
    apply('alice', 'configmaps/one', { ...configMap('one'), metadata: { name: 'one', uid: 'another' } }),
    apply('alice', 'configmaps/one', { ...configMap('one'), metadata: { name: 'one', resourceVersion: '5' } }),
    apply('alice', 'configmaps/one', { data: { a: '1' } }),
    apply('alice', 'configmaps/one', { ...configMap('one'), kind: 'Secret' }),
    apply('alice', 'configmaps/one', { ...configMap('one'), apiVersion: 'v2' }),
    apply('alice', 'configmaps/one', { ...configMap('one'), imaginary: 1 }),
    apply('alice', 'configmaps/one', { ...configMap('one'), data: { a: 1 } }),
    apply('alice', 'configmaps/one', ['list']),
    patch('apply', 'configmaps/one', configMap('one')),
    patch('apply', 'configmaps/one?fieldManager=' + 'x'.repeat(129), configMap('one')),
    apply('alice', 'configmaps/one?dryRun=All', configMap('one')),
    get('configmaps/one'),
    apply('alice', 'deployments/one', deployment('one', { containers: [{ image: 'no-name' }] })),
    apply(
      'alice',
      'deployments/one',
      deployment('one', {
        containers: [
          { name: 'a', image: 'x' },
          { name: 'a', image: 'y' },
        ],
      }),
    ),
    apply('alice', 'deployments/one/status', { ...base, status: { replicas: 1 } }),
    apply('alice', 'configmaps/one', configMap('one')),
    apply('alice', 'configmaps/one', { ...configMap('one', { a: '2' }), metadata: { name: 'one', uid: '$uid(one)' } }),
    apply('alice', 'configmaps/one', { ...configMap('one', { a: '3' }), metadata: { name: 'one', uid: 'another' } }),
    apply('alice', 'configmaps/one', {
      ...configMap('one', { a: '4' }),
      metadata: { name: 'one', resourceVersion: '$version(one)' },
    }),
    apply('alice', 'configmaps/one', {
      ...configMap('one', { a: '5' }),
      metadata: { name: 'one', resourceVersion: '1' },
    }),
  ],
  'apply: lists of a pod template, by their keys': [
    apply(
      'alice',
      'deployments/one',
      deployment('one', {
        containers: [{ name: 'app', image: 'app:1', env: [{ name: 'A', value: '1' }], ports: [{ containerPort: 80 }] }],
      }),
    ),
    apply('bob', 'deployments/one', {
      ...base,
      spec: { template: { spec: { containers: [{ name: 'side', image: 'side:1' }] } } },
    }),
    apply('bob', 'deployments/one', {
      ...base,
      spec: { template: { spec: { containers: [{ name: 'app', env: [{ name: 'B', value: '2' }] }] } } },
    }),
    apply('carol', 'deployments/one', {
      ...base,
      spec: { template: { spec: { containers: [{ name: 'app', image: 'app:2' }] } } },
    }),
    apply(
      'carol',
      'deployments/one',
      { ...base, spec: { template: { spec: { containers: [{ name: 'app', image: 'app:2' }] } } } },
      true,
    ),
    apply(
      'alice',
      'deployments/one',
      deployment('one', {
        containers: [
          {
            name: 'app',
            image: 'app:2',
            ports: [
              { containerPort: 81, protocol: 'TCP' },
              { containerPort: 81, protocol: 'UDP' },
            ],
          },
        ],
      }),
    ),
    apply(
      'alice',
      'deployments/one',
      deployment('one', { volumes: [{ name: 'v', emptyDir: {} }], tolerations: [{ key: 'a', operator: 'Exists' }] }),
    ),
    apply('alice', 'deployments/one', deployment('one', { volumes: [{ name: 'v', configMap: { name: 'c' } }] })),
    apply('alice', 'deployments/one', deployment('one')),
    patch('strategic', 'deployments/one?fieldManager=dave', {
      spec: { template: { spec: { containers: [{ name: 'app', image: 'app:9' }] } } },
    }),
    apply('alice', 'deployments/one', deployment('one')),
    apply('alice', 'deployments/one', deployment('one'), true),
    apply('alice', 'deployments/one', {
      ...base,
      metadata: { name: 'one', finalizers: ['example.com/a'], labels: { x: 'y' } },
      spec: { selector: { matchLabels: { app: 'one' } } },
    }),
    apply('bob', 'deployments/one', {
      ...base,
      metadata: {
        name: 'one',
        finalizers: ['example.com/b'],
        ownerReferences: [{ apiVersion: 'v1', kind: 'ConfigMap', name: 'c', uid: 'u' }],
      },
    }),
    apply('alice', 'deployments/one', { ...base, spec: { selector: { matchLabels: { app: 'one' } } } }),
    get('deployments/one'),
  ],
  'apply: status and scale': [
    post('deployments?fieldManager=creator', deployment('one', {}, { replicas: 2 })),
    status('alice', [{ type: 'A', status: 'True' }]),
    status('bob', [{ type: 'B', status: 'False', reason: 'Some' }]),
    status('bob', [{ type: 'A', status: 'False' }]),
    status('bob', [{ type: 'A', status: 'False' }], true),
    status('alice', []),
    apply('alice', 'deployments/one/status', { ...base, spec: { replicas: 5 }, status: { replicas: 5 } }),
    scaled('alice', 3),
    scaled('alice', 2),
    scaled('bob', 4, true),
    patch('merge', 'deployments/one/scale?fieldManager=scaler', { spec: { replicas: 6 } }),
    scaled('bob', 4),
    get('deployments/one/scale'),
    put('deployments/one/scale', {
      apiVersion: 'autoscaling/v1',
      kind: 'Scale',
      metadata: { name: 'one', namespace: '$ns' },
      spec: { replicas: 1 },
    }),
    put('deployments/one/scale', { metadata: { name: 'two' }, spec: { replicas: 1 } }),
    put('deployments/one/scale', { metadata: { name: 'one', resourceVersion: '1' }, spec: { replicas: 2 } }),
    patch('json', 'deployments/one/scale', [{ op: 'replace', path: '/spec/replicas', value: 0 }]),
    patch('strategic', 'deployments/one/scale', { spec: { replicas: 3 } }),
    patch('merge', 'deployments/one/scale?dryRun=All', { spec: { replicas: 9 } }),
    get('deployments/one'),
    get('configmaps/one/scale'),
  ],
  'managed fields that are given': [
    post('configmaps', configMap('one', { a: '1', b: '1' })),
    patch('merge', 'configmaps/one', { metadata: { managedFields: [owned(['a'])] } }),
    patch('merge', 'configmaps/one', { data: { c: '1' } }),
    patch('merge', 'configmaps/one', { metadata: { managedFields: [{}] } }),
    applied('alice', { a: '1' }),
    patch('json', 'configmaps/one', [{ op: 'replace', path: '/metadata/managedFields', value: [{}] }]),
    applied('alice', { b: '2' }),
    applied('alice', { b: '2' }, true),
    patch('merge', 'configmaps/one', { metadata: { managedFields: [] } }),
    patch('merge', 'configmaps/one', { metadata: { managedFields: null } }),
    patch('merge', 'configmaps/one', { metadata: { managedFields: [{ manager: 'x', operation: 'Nonsense' }] } }),
    patch('merge', 'configmaps/one', { metadata: { managedFields: [{ ...owned(['a']), fieldsType: 'Other' }] } }),
    patch('merge', 'configmaps/one', { metadata: { managedFields: [{ ...owned(['a']), operation: 'Apply' }] } }),
    get('configmaps/one'),
    ...Array.from({ length: 8 }, (_, index) =>
      patch('merge', `configmaps/one?fieldManager=m${index}`, { data: { [`x${index}`]: '1' } }),
    ),
  ],
  'apply: objects of a custom kind': [
    apply(
      'alice',
      'samples/one',
      sample('one', { size: 1, tags: ['a', 'b'], parts: [{ name: 'p', count: 1 }], whole: { a: '1' } }),
    ),
    apply(
      'bob',
      'samples/one',
      sample('one', { size: 1, tags: ['c'], parts: [{ name: 'p', kind: 'plain', count: 2 }] }),
    ),
    apply(
      'bob',
      'samples/one',
      sample('one', { size: 1, tags: ['c'], parts: [{ name: 'p', kind: 'other', count: 2 }] }),
    ),
    apply('bob', 'samples/one', sample('one', { size: 1, whole: { b: '1' } })),
    apply('bob', 'samples/one', sample('one', { size: 1, whole: { b: '1' } }), true),
    apply('alice', 'samples/one', sample('one', { size: 1, tags: ['a'] })),
    apply('alice', 'samples/one', sample('one', { size: 1, tags: ['a', 'a'] })),
    apply('alice', 'samples/one', sample('one', { size: 1, imaginary: true })),
    apply('alice', 'samples/one?fieldValidation=Ignore', sample('one', { size: 1, imaginary: true })),
    apply('alice', 'samples/one', sample('one', { size: 1, loose: { any: { thing: [1] }, known: 1 } })),
    apply('bob', 'samples/one', sample('one', { size: 1, loose: { any: { other: 2 } } }), true),
    apply('alice', 'samples/one', sample('one', { size: 1 })),
    apply('ctl', 'samples/one/status', {
      ...sample('one', {}),
      spec: undefined,
      status: { size: 1, conditions: [{ type: 'Ready', status: 'True' }] },
    }),
    apply('ctl', 'samples/one/status', { ...sample('one', {}), spec: undefined, status: { size: 2 } }),
    get('samples/one'),
  ],
};
