import { endpointOf, portsOf } from '../../../src/cluster/controllers/endpoint-slice/endpoint.js';
import { changesOf, type Group } from '../../../src/cluster/controllers/endpoint-slice/slices.js';
import type { Endpoint, EndpointSlice, Service } from '../../../src/cluster/controllers/objects.js';
import type { Observed } from '../../../src/kube/store.js';
import { pod } from './objects.js';

const service = (spec: Service['spec'] = {}): Observed<Service> => ({
  metadata: { name: 'game', namespace: 'default', uid: 'u', resourceVersion: '1' },
  spec,
});

describe('a pod as an endpoint', () => {
  test.each([
    { name: 'Ready', traits: {}, ready: true, serving: true, terminating: false },
    { name: 'not Ready', traits: { ready: false }, ready: false, serving: false, terminating: false },
    { name: 'going', traits: { going: true }, ready: false, serving: true, terminating: true },
  ] as const)('$name', ({ traits, ready, serving, terminating }) => {
    const endpoint = endpointOf(pod({ ip: '10.0.0.1', ...traits }), service(), 'IPv4', undefined);
    expect(endpoint?.conditions).toEqual({ ready, serving, terminating });
    expect(endpoint).toMatchObject({ addresses: ['10.0.0.1'], nodeName: 'node-a', targetRef: { name: 'game-0' } });
  });

  test('published although it is not Ready', () => {
    const all = service({ publishNotReadyAddresses: true });
    expect(endpointOf(pod({ ip: '10.0.0.1', ready: false }), all, 'IPv4', undefined)?.conditions.ready).toBe(true);
  });

  test('none without an address, of another family, or when it has ended', () => {
    expect(endpointOf(pod(), service(), 'IPv4', undefined)).toBeUndefined();
    expect(endpointOf(pod({ ip: '10.0.0.1' }), service(), 'IPv6', undefined)).toBeUndefined();
    expect(endpointOf(pod({ ip: '10.0.0.1', phase: 'Failed' }), service(), 'IPv4', undefined)).toBeUndefined();
  });

  test('ports by number and by name', () => {
    const one = pod();
    const named = {
      ...one,
      spec: { containers: [{ name: 'app', image: 'a', ports: [{ name: 'game', containerPort: 7777 }] }] },
    };
    const ports = [{ port: 80 }, { name: 'udp', port: 1, targetPort: 'game' }, { port: 2, targetPort: 'absent' }];
    expect(portsOf(named, service({ ports }))).toEqual([
      { name: '', port: 80, protocol: 'TCP' },
      { name: 'udp', port: 7777, protocol: 'TCP' },
    ]);
  });
});

describe('the slices of a Service', () => {
  const endpoint = (uid: string, ready = true): Endpoint => ({
    addresses: ['10.0.0.1'],
    conditions: { ready },
    targetRef: { kind: 'Pod', namespace: 'default', name: uid, uid },
  });
  const ports = [{ name: '', port: 80, protocol: 'TCP' }];
  const slice = (name: string, uids: readonly string[], of = ports): Observed<EndpointSlice> => ({
    metadata: { name, uid: name, resourceVersion: '1' },
    addressType: 'IPv4',
    ports: of,
    endpoints: uids.map((uid) => endpoint(uid)),
  });
  const many = (count: number): string[] => Array.from({ length: count }, (_, index) => `p${index}`);
  const group = (uids: readonly string[]): Group => ({ ports, endpoints: uids.map((uid) => endpoint(uid)) });
  const told = (groups: readonly Group[], slices: readonly Observed<EndpointSlice>[]) => {
    const { create, update, remove } = changesOf(groups, slices);
    return {
      create: create.map(({ endpoints }) => endpoints.length),
      update: update.map(({ slice: { metadata }, endpoints }) => `${metadata.name}=${endpoints.length}`),
      remove: remove.map(({ metadata }) => metadata.name),
    };
  };

  test.each([
    { name: 'nothing to do', groups: [group(['a'])], slices: [slice('s', ['a'])], create: [], update: [], remove: [] },
    { name: 'none yet', groups: [], slices: [], create: [0], update: [], remove: [] },
    { name: 'the empty one stays', groups: [], slices: [slice('s', [], [])], create: [], update: [], remove: [] },
    { name: 'the last endpoint goes', groups: [], slices: [slice('s', ['a'])], create: [0], update: [], remove: ['s'] },
    {
      name: 'one more',
      groups: [group(['a', 'b'])],
      slices: [slice('s', ['a'])],
      create: [],
      update: ['s=2'],
      remove: [],
    },
    {
      name: 'a hundred to a slice',
      groups: [group(many(250))],
      slices: [],
      create: [100, 100, 50],
      update: [],
      remove: [],
    },
    {
      name: 'an endpoint stays where it is, new ones fill up',
      groups: [group(many(101))],
      slices: [slice('s', ['p100'])],
      create: [1],
      update: ['s=100'],
      remove: [],
    },
    {
      name: 'other ports are another slice',
      groups: [group(['a'])],
      slices: [slice('s', ['a'], [{ name: '', port: 81, protocol: 'TCP' }])],
      create: [1],
      update: [],
      remove: ['s'],
    },
  ])('$name', ({ groups, slices, create, update, remove }) => {
    expect(told(groups, slices)).toEqual({ create, update, remove });
  });
});
