import { expect, test } from '@jest/globals';
import { downwardReaders } from '../../src/rollout/downward.js';

const reads = (fieldPath: string) => ({ name: 'X', valueFrom: { fieldRef: { fieldPath } } });

test('variables that read a label or an annotation, of containers and native sidecars', () => {
  const spec = {
    containers: [
      {
        name: 'game',
        env: [{ name: 'A', value: '1' }, reads("metadata.annotations['release/v']"), reads('metadata.name')],
      },
      { name: 'log', env: [reads("metadata.labels['team']")] },
    ],
    initContainers: [
      { name: 'setup', env: [reads("metadata.labels['team']")] },
      { name: 'proxy', restartPolicy: 'Always', env: [reads("metadata.labels['tier']")] },
    ],
  };
  expect(downwardReaders(spec)).toEqual([
    { container: 'game', path: 'spec.containers[0].env[1]', field: 'annotations', key: 'release/v' },
    { container: 'log', path: 'spec.containers[1].env[0]', field: 'labels', key: 'team' },
    { container: 'proxy', path: 'spec.initContainers[1].env[0]', field: 'labels', key: 'tier' },
  ]);
});

test.each<[what: string, env: unknown]>([
  ['none', undefined],
  ['no list', 'A=1'],
  ['a null entry', [null]],
  ['another source', [{ name: 'A', valueFrom: { secretKeyRef: { name: 's', key: 'k' } } }]],
  ['another field', [reads('status.podIP')]],
])('no reader: %s', (_, env) => {
  expect(downwardReaders({ containers: [{ name: 'game', env }] })).toEqual([]);
});

test('files of a volume follow the pod while it runs', () => {
  const items = [{ path: 'labels', fieldRef: { fieldPath: 'metadata.labels' } }];
  expect(
    downwardReaders({ containers: [{ name: 'game' }], volumes: [{ name: 'info', downwardAPI: { items } }] }),
  ).toEqual([]);
});
