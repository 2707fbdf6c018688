import { expect, test } from '@jest/globals';
import type { ContainerStatus, PodStatus } from '../../../src/api/pod.js';
import { waitsToBeReadyFor } from '../../../src/rollout/pod/not-ready.js';

const container = (name: string, state: ContainerStatus['state'], ready = false): ContainerStatus => ({
  name,
  image: 'game:1',
  imageID: '',
  restartCount: 0,
  ready,
  ...(state && { state }),
});
const running = { running: {} };
const waiting = (reason?: string, message?: string) => ({
  waiting: { ...(reason !== undefined && { reason }), ...(message !== undefined && { message }) },
});
const initialized = { conditions: [{ type: 'Initialized', status: 'True' as const }] };

test.each<[what: string, status: PodStatus, waitsFor: string]>([
  ['nothing known', {}, 'its containers to be made'],
  [
    'being made',
    { ...initialized, containerStatuses: [container('game', waiting('ContainerCreating'))] },
    'its containers to be made',
  ],
  [
    'no image',
    { ...initialized, containerStatuses: [container('game', waiting('ImagePullBackOff', 'Back-off pulling\nmore'))] },
    'container game (ImagePullBackOff): Back-off pulling',
  ],
  [
    'no config',
    {
      ...initialized,
      containerStatuses: [container('log', running, true), container('game', waiting('CreateContainerConfigError'))],
    },
    'container game (CreateContainerConfigError)',
  ],
  [
    'not ready',
    { ...initialized, containerStatuses: [container('log', running, true), container('game', running)] },
    'container game to be ready',
  ],
  [
    'ended',
    { ...initialized, containerStatuses: [container('game', { terminated: { exitCode: 1 } })] },
    'container game to start again',
  ],
  [
    'all ready',
    { ...initialized, containerStatuses: [container('game', running, true)] },
    'the kubelet to call it ready',
  ],
  [
    'init',
    {
      initContainerStatuses: [container('init', running)],
      containerStatuses: [container('game', waiting('PodInitializing'))],
    },
    'its init containers',
  ],
  [
    'a stuck init',
    {
      initContainerStatuses: [container('init', waiting('CrashLoopBackOff'))],
      containerStatuses: [container('game', waiting('PodInitializing'))],
    },
    'container init (CrashLoopBackOff)',
  ],
])('%s', (_, status, waitsFor) => {
  expect(waitsToBeReadyFor({ metadata: {}, spec: { nodeName: 'a', containers: [] }, status })).toBe(waitsFor);
});

test('a pod without a node says what the scheduler says', () => {
  const message = '0/2 nodes are available: 2 Insufficient cpu.';
  const conditions = [{ type: 'PodScheduled', status: 'False' as const, message }];
  const pod = { metadata: {}, spec: { containers: [] }, status: { conditions } };
  expect(waitsToBeReadyFor(pod)).toBe(`a node: ${message}`);
});
