import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { conditionOf, isReady, type ContainerStatus, type Pod, type StoredContainer } from '../../../src/api/pod.js';
import type { Instance } from '../../../src/cluster/kubelet/oracle.js';
import { GATE, Lab } from './lab.js';
import type { Revision } from './memory-cluster.js';

// Anything may happen to some pods on two nodes, in any order. What the API then shows of them must hang together.

const NAMES = ['a', 'b', 'c'];
const IMAGES = ['game:v1', 'game:v2', 'game:v3', 'game:missing', 'game:slow'];
const PROBE = { periodSeconds: 1, failureThreshold: 2, exec: {} };

type Step = { readonly wait: number; readonly pod: string } & (
  | { readonly do: 'create'; readonly kind: 'plain' | 'gated' | 'sidecar' | 'job' }
  | { readonly do: 'image'; readonly image: string }
  | { readonly do: 'crash'; readonly code: number }
  | { readonly do: 'delete'; readonly grace: number }
  | { readonly do: 'annotate' | 'gate' | 'probe' | 'force' | 'lose' | 'power' | 'return' | 'restart' }
);

const step: fc.Arbitrary<Step> = fc
  .tuple(
    fc.record({
      wait: fc.oneof(fc.integer({ min: 0, max: 300 }), fc.integer({ min: 0, max: 30_000 })),
      pod: fc.constantFrom(...NAMES),
    }),
    fc.oneof(
      {
        weight: 4,
        arbitrary: fc.record({
          do: fc.constant('create' as const),
          kind: fc.constantFrom('plain', 'gated', 'sidecar', 'job'),
        }),
      },
      { weight: 5, arbitrary: fc.record({ do: fc.constant('image' as const), image: fc.constantFrom(...IMAGES) }) },
      { weight: 2, arbitrary: fc.record({ do: fc.constant('crash' as const), code: fc.constantFrom(0, 1, 137) }) },
      { weight: 1, arbitrary: fc.record({ do: fc.constant('delete' as const), grace: fc.constantFrom(1, 5, 30) }) },
      {
        weight: 6,
        arbitrary: fc.record({
          do: fc.constantFrom('annotate', 'gate', 'probe', 'force', 'lose', 'power', 'return', 'restart'),
        }),
      },
    ),
  )
  .map(([place, action]): Step => ({ ...place, ...action }));

class World {
  readonly lab: Lab;
  readonly healthy = new Map<string, boolean>();

  constructor(seed: number) {
    const nodes = ['node-1', 'node-2'].map((name) => ({ name, images: ['game:v1', 'game:v2', 'game:v3'] }));
    // Those of an operating system are a millisecond or two early, and a hurried kubelet counts them twenty times.
    const early = seed % 2 === 0 ? 40 : 0;
    this.lab = new Lab({ seed, nodes, early, images: { 'game:slow': { after: 8000 } } });
    const probe = (name: string) => (): boolean => this.healthy.get(name) ?? true;
    for (const name of NAMES) {
      this.lab.behaviours.set(`app-${name}`, { stop: { after: 1500 }, startup: 700, probe: probe(name) });
      this.lab.behaviours.set(`job-${name}`, { exit: { after: 4000, code: 0 } });
      this.lab.behaviours.set(`init-${name}`, { exit: { after: 300, code: 0 } });
    }
  }

  async take({ wait, pod, ...action }: Step): Promise<void> {
    const { lab } = this;
    const { cluster, model } = lab;
    const has = cluster.hasPod(pod);
    const node = model.node(pod === 'a' ? 'node-1' : 'node-2');
    if (action.do === 'create' && !has) this.create(pod, action.kind);
    if (action.do === 'probe') this.healthy.set(pod, !(this.healthy.get(pod) ?? true));
    if (action.do === 'lose') node.lose();
    if (action.do === 'power') node.crash();
    if (action.do === 'return') await node.return();
    if (action.do === 'restart' && node.isUp) await node.restartKubelet();
    if (has) {
      if (action.do === 'image')
        cluster.changePod(pod, { images: { [`app-${pod}`]: action.image, proxy: action.image } });
      if (action.do === 'annotate') cluster.changePod(pod, { annotations: { at: String(lab.now) } });
      if (action.do === 'gate') cluster.setGate(pod, GATE, lab.condition(GATE, pod) === 'True' ? 'False' : 'True');
      if (action.do === 'crash') node.crashContainer(cluster.pod(pod).metadata.uid, `app-${pod}`, action.code);
      if (action.do === 'delete') cluster.deletePod(pod, action.grace);
      if (action.do === 'force') cluster.deletePod(pod, 0);
    }
    await lab.run(wait);
  }

  /** Faults end, images are good, everybody answers. */
  async settle(): Promise<void> {
    const { cluster, model } = this.lab;
    for (const name of ['node-1', 'node-2']) await model.node(name).return();
    for (const name of NAMES) {
      this.healthy.set(name, true);
      if (!cluster.hasPod(name)) continue;
      cluster.changePod(name, { images: { [`app-${name}`]: 'game:v1', proxy: 'game:v1' } });
      if (cluster.hasPod(name) && cluster.pod(name).spec.readinessGates) cluster.setGate(name, GATE, 'True');
    }
    await this.lab.run(20 * 60_000);
  }

  private create(name: string, kind: 'plain' | 'gated' | 'sidecar' | 'job'): void {
    const container: StoredContainer = { name: `app-${name}`, image: 'game:v1', imagePullPolicy: 'IfNotPresent' };
    const app =
      kind === 'plain'
        ? container
        : { ...container, readinessProbe: PROBE, livenessProbe: { ...PROBE, failureThreshold: 5 } };
    const nodeName = name === 'a' ? 'node-1' : 'node-2';
    const shape = { nodeName, terminationGracePeriodSeconds: 3 };
    const init = { ...container, name: `init-${name}` };
    const proxy = { ...container, name: 'proxy', restartPolicy: 'Always' as const };
    const job = { ...container, name: `job-${name}` };
    const { cluster } = this.lab;
    if (kind === 'plain') cluster.createPod(name, { ...shape, containers: [app] });
    if (kind === 'gated')
      cluster.createPod(name, { ...shape, containers: [app], readinessGates: [{ conditionType: GATE }] });
    if (kind === 'sidecar') cluster.createPod(name, { ...shape, containers: [app], initContainers: [init, proxy] });
    if (kind === 'job') cluster.createPod(name, { ...shape, containers: [job], restartPolicy: 'OnFailure' });
  }
}

const statusesOf = ({ status }: Pod): ContainerStatus[] => [
  ...(status?.initContainerStatuses ?? []),
  ...(status?.containerStatuses ?? []),
];

const isInit = ({ name }: ContainerStatus): boolean => name.startsWith('init') || name === 'proxy';

function checkHistory(revisions: readonly Revision[], instances: readonly Instance[]): void {
  let before: Pod | undefined;
  for (const { pod, by, patch } of revisions) {
    const { status } = pod;
    for (const is of statusesOf(pod)) {
      const was = before && statusesOf(before).find(({ name }) => name === is.name);
      const isFirst = was?.containerID === undefined && is.containerID !== undefined;
      expect(is.restartCount).toBeGreaterThanOrEqual(was?.restartCount ?? 0);
      if (was !== undefined) {
        const isOther = was.containerID !== is.containerID;
        // A new sandbox purges init containers, and nothing has taken the place of this one yet.
        const isPurged = isInit(is) && was.containerID !== undefined && is.containerID === undefined;
        expect(isOther).toBe(isFirst || isPurged || is.restartCount > was.restartCount);
      }
      if (is.containerID !== undefined) {
        const own = instances.filter(({ container }) => container === is.name);
        const at = own.findIndex(({ id }) => id === is.containerID);
        expect(own[at]?.attempt).toBe(is.restartCount);
        // The end of the one before, or its own where it is about to be started anew.
        const last = is.lastState?.terminated?.containerID;
        if (last !== undefined) expect([own[at - 1]?.id, is.state?.waiting && own[at]?.id]).toContain(last);
        else if (at > 0 && !isInit(is)) expect(last).toBeDefined();
      } else expect(is).toMatchObject({ imageID: '', ...(!isInit(is) && { restartCount: 0 }) });
      expect(Object.keys(is.state ?? {})).toHaveLength(1);
      if (is.ready) expect(is.state?.running !== undefined || is.name.startsWith('init')).toBe(true);
    }
    if (by === 'kubelet') {
      if (isReady(pod)) {
        const main = statusesOf(pod).filter(({ name }) => !name.startsWith('init'));
        expect(main.every(({ ready, started }) => ready && started === true)).toBe(true);
        expect(status?.phase).toBe('Running');
        expect(conditionOf(status, 'ContainersReady')?.status).toBe('True');
        expect(conditionOf(status, 'Initialized')?.status).toBe('True');
      }
      // Others' conditions, and the spec, are not its business.
      expect(conditionOf(status, GATE)).toEqual(conditionOf(before?.status, GATE));
      expect(pod.spec).toEqual(before?.spec);
      const { conditions = [] } = (patch as { status: { conditions?: { type: string }[] } }).status;
      expect(conditions.map(({ type }) => type)).not.toContain(GATE);
    }
    if (before?.status?.phase === 'Succeeded' || before?.status?.phase === 'Failed') {
      expect(status?.phase).toBe(before.status.phase);
      expect(isReady(pod)).toBe(false);
    }
    before = pod;
  }
}

/** Never two of the same, and what is gone from the API has ended. */
function checkTruth({ lab }: World): void {
  const { oracle } = lab.model;
  const wanted = new Set(lab.cluster.pods().map(({ metadata }) => metadata.uid));
  for (const uid of oracle.pods()) {
    const instances = oracle.instances(uid);
    for (const one of instances) {
      const overlapping = instances.filter(
        (other) =>
          other.container === one.container &&
          other.startedAt >= one.startedAt &&
          other.id !== one.id &&
          other.startedAt < (one.exitedAt ?? Infinity),
      );
      expect(overlapping).toEqual([]);
    }
    if (!wanted.has(uid)) expect(instances.filter(({ exitedAt }) => exitedAt === undefined)).toEqual([]);
  }
}

function checkSettled({ lab }: World): void {
  for (const pod of lab.cluster.pods()) {
    const { metadata, spec, status } = pod;
    expect(metadata.deletionTimestamp).toBeUndefined();
    if (status?.phase === 'Succeeded' || status?.phase === 'Failed') continue;
    expect(isReady(pod)).toBe(true);
    for (const { name, image } of spec.containers) {
      const running = lab.model.oracle.running(metadata.uid, name);
      expect(running?.image).toBe(image);
      expect(statusesOf(pod).find((one) => one.name === name)?.containerID).toBe(running?.id);
    }
  }
  expect(lab.errors).toEqual([]);
}

async function play(seed: number, steps: readonly Step[]): Promise<World> {
  const world = new World(seed);
  await world.lab.start();
  for (const one of steps) await world.take(one);
  await world.settle();
  return world;
}

/** The power goes within a millisecond of a sidecar's start: its sandbox is another one before the next sidecar can be pulled. */
const POWER_LOSS: Step[] = [
  { wait: 0, pod: 'b', do: 'create', kind: 'sidecar' },
  { wait: 1866, pod: 'a', do: 'create', kind: 'sidecar' },
  { wait: 0, pod: 'b', do: 'image', image: 'game:missing' },
  { wait: 118, pod: 'a', do: 'create', kind: 'plain' },
  { wait: 0, pod: 'c', do: 'power' },
  { wait: 0, pod: 'b', do: 'return' },
  { wait: 0, pod: 'a', do: 'annotate' },
  { wait: 0, pod: 'a', do: 'image', image: 'game:v1' },
  { wait: 1156, pod: 'c', do: 'create', kind: 'plain' },
  { wait: 26, pod: 'a', do: 'annotate' },
  { wait: 7, pod: 'a', do: 'annotate' },
];

const runs = Number(process.env['KUBELET_RUNS'] ?? 150);

test('whatever happens, the statuses hang together and the pods get where they should', async () => {
  await fc.assert(
    fc.asyncProperty(fc.nat(), fc.array(step, { minLength: 5, maxLength: 40 }), async (seed, steps) => {
      const world = await play(seed, steps);
      for (const [uid, revisions] of world.lab.cluster.history) {
        checkHistory(revisions, world.lab.model.oracle.instances(uid));
      }
      checkTruth(world);
      checkSettled(world);
    }),
    { numRuns: runs, examples: [[0, POWER_LOSS]] },
  );
}, 300_000);

test('the same seed gives the same bytes', async () => {
  await fc.assert(
    fc.asyncProperty(fc.nat(), fc.array(step, { minLength: 5, maxLength: 20 }), async (seed, steps) => {
      const [one, other] = [await play(seed, steps), await play(seed, steps)];
      const bytes = ({ lab }: World): string => JSON.stringify([[...lab.cluster.history.values()], lab.cluster.calls]);
      expect(bytes(one)).toBe(bytes(other));
    }),
    { numRuns: Math.ceil(runs / 10) },
  );
}, 300_000);
