import { describe, expect, test } from '@jest/globals';
import type { ContainerStatus, Pod, PodStatus } from '../../../src/api/pod.js';
import { Backoff } from '../../../src/cluster/kubelet/backoff.js';
import { isReadyStale } from '../../../src/cluster/kubelet/conditions.js';
import { addressesOf } from '../../../src/cluster/kubelet/container-runtime.js';
import { boundlessRegistry, digestOf, fullName, NodeImages } from '../../../src/cluster/kubelet/images.js';
import { reportsGeneration } from '../../../src/cluster/kubelet/node-object.js';
import { unsafeExposure, type Instance, type Span } from '../../../src/cluster/kubelet/oracle.js';
import { phaseOf } from '../../../src/cluster/kubelet/phase.js';
import { begin, either, pause, Signal, together, type Process } from '../../../src/cluster/kubelet/process.js';
import { mergeStatus, statusPatch } from '../../../src/cluster/kubelet/status-patch.js';
import { Ticker } from '../../../src/cluster/kubelet/ticker.js';
import { accelerated, hurried, labTimings } from '../../../src/cluster/kubelet/timings.js';
import { VirtualClock } from '../../../src/cluster/virtual-clock.js';
import { impatient } from './lab.js';

describe('back-off', () => {
  test('doubles up to the longest, and is forgotten after twice that', () => {
    const clock = new VirtualClock();
    const backoff = new Backoff(clock, [10, 60]);
    expect(backoff.isWaiting('a', 0)).toBe(false);
    for (const delay of [10, 20, 40, 60, 60]) {
      backoff.next('a', clock.monotonic());
      expect(backoff.delayOf('a')).toBe(delay);
      expect(backoff.isWaiting('a', clock.monotonic())).toBe(true);
      expect(backoff.isWaiting('b', clock.monotonic())).toBe(false);
      clock.run(delay - 1);
      expect(backoff.isWaitingSinceUpdate('a')).toBe(true);
      clock.run(1);
      expect(backoff.isWaitingSinceUpdate('a')).toBe(false);
    }
    // The last update was 60 ago.
    clock.run(60);
    expect(backoff.isWaiting('a', clock.monotonic())).toBe(true);
    clock.run(1);
    expect(backoff.isWaiting('a', clock.monotonic())).toBe(false);
    backoff.next('a', clock.monotonic());
    expect(backoff.delayOf('a')).toBe(10);
  });
});

describe('images', () => {
  test.each([
    ['game', 'docker.io/library/game:latest'],
    ['game:v1', 'docker.io/library/game:v1'],
    ['team/game:v1', 'docker.io/team/game:v1'],
    ['registry.test/game', 'registry.test/game:latest'],
    ['localhost:5000/team/game:v1', 'localhost:5000/team/game:v1'],
    ['localhost/game:v1', 'localhost/game:v1'],
    ['game:v1@sha256:0a', 'docker.io/library/game@sha256:0a'],
  ])('%s is %s', (image, name) => {
    expect(fullName(image)).toBe(name);
  });

  test('a pinned digest is the digest, and has no tag to show', () => {
    const digest = `sha256:${'0a'.repeat(32)}`;
    expect(digestOf(`game@${digest}`)).toBe(digest);
    const images = new NodeImages();
    images.pulled(`game:v1@${digest}`, digest);
    expect(images.find(`game@${digest}`)).toBe(digest);
    const { image, imageID } = images.describe(digest);
    expect(image).toMatch(/^sha256:[0-9a-f]{64}$/);
    expect(imageID).toBe(`docker.io/library/game@${digest}`);
  });

  test('a tag that moves leaves its digest', () => {
    const images = new NodeImages();
    const [one, other] = [digestOf('one'), digestOf('other')];
    images.pulled('game:v1', one);
    images.pulled('game:stable', one);
    images.pulled('game:v1', other);
    expect(images.find('game:v1')).toBe(other);
    expect(images.describe(one).image).toBe('docker.io/library/game:stable');
    images.remove('game:stable');
    expect(images.find('game:stable')).toBeUndefined();
    expect(images.describe(one).image).toMatch(/^sha256:/);
  });

  test('two names are two images', () => {
    const pulls = ['a:1', 'a:2'].map((image) => boundlessRegistry.pull(image, { node: 'n', attempt: 0 }));
    expect(pulls[0]).not.toEqual(pulls[1]);
  });
});

describe('the phase', () => {
  const status = (name: string, state: string, last?: number): ContainerStatus => ({
    name,
    image: '',
    imageID: '',
    restartCount: 0,
    ready: false,
    state:
      state === 'running'
        ? { running: {} }
        : state === 'waiting'
          ? { waiting: {} }
          : { terminated: { exitCode: Number(state) } },
    ...(last !== undefined && { lastState: { terminated: { exitCode: last } } }),
  });
  const of = (policy: 'Always' | 'OnFailure' | 'Never', isOver: boolean, ...states: [string, number?][]): string => {
    const containers = states.map((_, index) => ({ name: `c${index}`, image: '' }));
    const pod: Pod = { metadata: {}, spec: { containers, restartPolicy: policy } };
    return phaseOf(
      pod,
      states.map(([state, last], index) => status(`c${index}`, state, last)),
      isOver,
      true,
    );
  };

  test.each([
    ['Always', false, [['running'], ['running']], 'Running'],
    ['Always', false, [['running'], ['waiting']], 'Pending'],
    ['Always', false, [['running'], ['waiting', 1]], 'Running'],
    ['Always', false, [['1'], ['0']], 'Running'],
    ['Always', true, [['0'], ['0']], 'Succeeded'],
    ['Always', true, [['0'], ['137']], 'Failed'],
    ['OnFailure', false, [['0'], ['1']], 'Running'],
    ['OnFailure', false, [['0'], ['0']], 'Succeeded'],
    ['Never', false, [['0'], ['1']], 'Failed'],
    ['Never', false, [['0'], ['running']], 'Running'],
    ['Never', false, [['0'], ['waiting', 0]], 'Failed'],
  ] as const)('%s, over %s, %j: %s', (policy, isOver, states, phase) => {
    expect(of(policy, isOver, ...(states as unknown as [string, number?][]))).toBe(phase);
  });
});

describe('the patch of a status', () => {
  const gate = { type: 'gate', status: 'False' as const, message: 'ours' };
  const stored: PodStatus = {
    phase: 'Running',
    podIP: '10.0.0.1',
    podIPs: [{ ip: '10.0.0.1' }],
    reason: 'Old',
    qosClass: 'Burstable',
    conditions: [gate, { type: 'Ready', status: 'False', reason: 'ContainersNotReady', message: 'app' }],
  };

  test('says what differs, by key in lists, and what goes', () => {
    const computed: PodStatus = {
      phase: 'Running',
      podIP: '10.0.0.2',
      podIPs: [{ ip: '10.0.0.2' }],
      conditions: [
        { ...gate, status: 'True' },
        { type: 'Ready', status: 'True', lastTransitionTime: 'now' },
      ],
    };
    expect(statusPatch('u', stored, mergeStatus(stored, computed, true))).toEqual({
      metadata: { uid: 'u' },
      status: {
        podIP: '10.0.0.2',
        podIPs: [{ ip: '10.0.0.2' }, { ip: '10.0.0.1', $patch: 'delete' }],
        reason: null,
        conditions: [{ type: 'Ready', status: 'True', lastTransitionTime: 'now', reason: null, message: null }],
      },
    });
  });

  test('says nothing where nothing differs, whatever null and absent are', () => {
    const same = { ...stored, conditions: stored.conditions!.map((one) => ({ ...one, lastProbeTime: null })) };
    expect(statusPatch('u', same, mergeStatus(same, stored, true))).toBeUndefined();
  });

  test('a last phase waits until nothing can run', () => {
    const computed: PodStatus = { ...stored, phase: 'Failed', reason: 'Evicted' };
    expect(mergeStatus(stored, computed, true)).toMatchObject({ phase: 'Running', reason: 'Old' });
    expect(mergeStatus(stored, computed, false)).toMatchObject({ phase: 'Failed', reason: 'Evicted' });
  });
});

test('Ready is stale when it does not follow from the gates', () => {
  const pod = (gate: 'True' | 'False', ready: 'True' | 'False', gates = [{ conditionType: 'g' }]): Pod => ({
    metadata: {},
    spec: { containers: [], readinessGates: gates },
    status: {
      phase: 'Running',
      conditions: [
        { type: 'g', status: gate },
        { type: 'Ready', status: ready },
      ],
    },
  });
  expect(isReadyStale(pod('True', 'True'))).toBe(false);
  expect(isReadyStale(pod('True', 'False'))).toBe(true);
  expect(isReadyStale(pod('False', 'True'))).toBe(true);
  expect(isReadyStale(pod('False', 'True', []))).toBe(false);
});

test('exposure is Ready without the real container', () => {
  const run = (startedAt: number, exitedAt?: number): Instance =>
    ({ container: 'app', startedAt, ...(exitedAt !== undefined && { exitedAt }) }) as Instance;
  const exposed = (ready: Span[], ...runs: Instance[]): Span[] => unsafeExposure(runs, 'app', ready);
  expect(exposed([{ from: 10, to: 50 }], run(0))).toEqual([]);
  expect(exposed([{ from: 10, to: 50 }], run(0, 20), run(23))).toEqual([{ from: 20, to: 23 }]);
  expect(exposed([{ from: 10 }], run(0, 20))).toEqual([{ from: 20 }]);
  expect(
    exposed(
      [
        { from: 10, to: 15 },
        { from: 30, to: 40 },
      ],
      run(12, 33),
    ),
  ).toEqual([
    { from: 10, to: 12 },
    { from: 33, to: 40 },
  ]);
  expect(exposed([{ from: 10, to: 15 }], { ...run(0), container: 'other' })).toEqual([{ from: 10, to: 15 }]);
});

describe('processes', () => {
  test('wait, together and for whichever is first, and can be given up', () => {
    const clock = new VirtualClock();
    const log: string[] = [];
    const signal = new Signal();
    const part = function* (name: string, duration: number): Process {
      yield pause(clock, duration);
      log.push(`${name} ${clock.monotonic()}`);
    };
    const whole = function* (): Process<string> {
      yield together([part('a', 30), part('b', 10)]);
      yield either(signal.wait, pause(clock, 100));
      log.push(`first ${clock.monotonic()}`);
      yield together([]);
      yield signal.wait;
      return 'done';
    };
    begin(whole(), (result) => log.push(result));
    clock.after(70, () => signal.done());
    clock.run(1000);
    expect(log).toEqual(['b 10', 'a 30', 'first 70', 'done']);
    const giveUp = begin(together_(part('never', 10)), () => log.push('never'));
    giveUp();
    clock.run(100);
    expect(log).not.toContain('never');
    expect(clock.pending).toBe(0);
  });

  function* together_(one: Process): Process {
    yield together([one]);
  }
});

test('a ticker runs only the ticks that are asked for, and knows the others', () => {
  const clock = new VirtualClock();
  const ticks: number[] = [];
  const ticker = new Ticker(clock, 100, 30, () => void ticks.push(clock.monotonic()));
  expect(ticker.last()).toBe(-Infinity);
  clock.run(250);
  expect([ticks, ticker.last()]).toEqual([[], 230]);
  ticker.request(500);
  ticker.request();
  ticker.request(100);
  clock.run(1000);
  expect(ticks).toEqual([330]);
  ticker.request(120);
  clock.run(200);
  expect(ticks).toEqual([330, 1430]);
});

test('a tick that a timer runs too soon was no later than that', () => {
  const clock = new VirtualClock();
  const ticker = new Ticker(
    impatient(clock, 2, () => 1),
    100,
    0,
    () => undefined,
  );
  ticker.request();
  clock.run(99);
  expect(ticker.last()).toBe(98);
  ticker.request();
  clock.run(100);
  expect(ticker.last()).toBe(198);
});

test('addresses come again only after all others', () => {
  const addresses = addressesOf('10.1.2');
  const first = addresses.take();
  addresses.give(first);
  const rest = Array.from({ length: 252 }, () => addresses.take());
  expect(new Set([first, ...rest]).size).toBe(253);
  expect(addresses.take()).toBe(first);
});

test('faster by a factor, on a clock of its own', () => {
  expect(accelerated(20, accelerated(2)).speed).toBe(40);
  expect(accelerated(20)).toEqual({ ...labTimings, speed: 20 });
  expect(() => accelerated(0)).toThrow(RangeError);
  const clock = new VirtualClock({ start: 0 });
  const fast = hurried(clock, 10);
  let ran = -1;
  fast.after(1000, () => (ran = clock.monotonic()));
  clock.run(200);
  expect([ran, fast.monotonic(), fast.now()]).toEqual([100, 2000, 200]);
});

test.each([
  [undefined, true],
  ['v1.34.0', true],
  ['v1.33.9', false],
  ['v1.35.1+k3s1', true],
  ['v1.30.14', false],
])('kubelet %s reports generations: %s', (version, expected) => {
  expect(reportsGeneration(version)).toBe(expected);
});
