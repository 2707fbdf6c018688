import { frozen } from '../../constructs/manifests/once.js';
import { checkObject } from '../../src/kubernetes/index.js';

const podWith = (name: string, variable: object): object => ({
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: { name },
  spec: { containers: [{ name: 'game', image: 'game:1', env: [variable] }] },
});
const paths = (object: object): string[] => checkObject(object).map(({ path }) => path);

test('what is wrong in a shared value is told of every object that has it', () => {
  const variable = frozen({ name: 'A=B', value: 7 });
  const expected = ['spec.containers[0].env[0].value', 'spec.containers[0].env[0].name'];
  expect(paths(podWith('one', variable))).toEqual(expected);
  expect(paths(podWith('two', variable))).toEqual(expected);
});

test('a value that may still change is looked at again', () => {
  const variable: Record<string, unknown> = { name: 'A', value: 'b' };
  expect(paths(podWith('one', variable))).toEqual([]);
  variable['value'] = 7;
  expect(paths(podWith('two', variable))).toEqual(['spec.containers[0].env[0].value']);
});

test('a shared value is right for one type and still wrong for another', () => {
  const shared = frozen({ name: 'key', key: 'key' });
  expect(paths(podWith('one', { name: 'A', valueFrom: { secretKeyRef: shared } }))).toEqual([]);
  expect(paths(podWith('two', { name: 'A', valueFrom: { fieldRef: shared } }))).not.toEqual([]);
});

test('shared resources are right for a container and still wrong for a whole pod', () => {
  const resources = frozen({ requests: { 'ephemeral-storage': '1Gi' } });
  const pod = (parts: object, spec: object = {}): object => ({
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name: 'one' },
    spec: { ...spec, containers: [{ name: 'game', image: 'game:1', ...parts }] },
  });
  expect(paths(pod({ resources }))).toEqual([]);
  expect(paths(pod({ resources }, { resources }))).toEqual(['spec.resources.requests[ephemeral-storage]']);
});
