import { GameStatefulSetController } from '../../src/controller/game-stateful-set/controller.js';
import type { Child, GamePod, Workload } from '../../src/controller/game-stateful-set/objects.js';
import { PATIENCE } from '../../src/controller/game-stateful-set/own-writes.js';
import { logTo } from '../../src/controller/log.js';
import { occurrencesOf } from '../../src/controller/events.js';
import { gameStatefulSets } from '../../src/controller/resources.js';
import { KubeError } from '../../src/kube/error.js';
import type { KubeObject, Stored } from '../../src/kube/objects.js';
import {
  controllerRevisions,
  endpointSlices,
  jobs,
  pods,
  statefulSets,
  type Resource,
} from '../../src/kube/resource.js';
import { failure, type Call } from '../kube/fake-api.js';
import { VirtualClock } from '../kube/virtual-clock.js';
import { FakeCluster } from './fake-cluster.js';
import { gameStatefulSet, template } from './workloads.js';

const namespace = 'default';
const name = 'game';
const REVISION = 'game-1';

/** One workload with pods that are new, as the StatefulSet controller and kubelets would have made them. */
class World {
  readonly clock = new VirtualClock();
  readonly api = new FakeCluster(this.clock);
  readonly lines: Record<string, unknown>[] = [];
  readonly told: string[] = [];
  readonly controller = new GameStatefulSetController({
    api: this.api,
    clock: this.clock,
    random: () => 0.5,
    observer: {
      acted: (...done) => {
        for (const { type, reason, regarding } of occurrencesOf(
          ...(done.slice(0, 3) as Parameters<typeof occurrencesOf>),
        ))
          this.told.push(`${type ?? 'Normal'} ${reason} ${regarding.metadata.name}`);
      },
    },
    log: logTo({
      clock: this.clock,
      write: (line) => void this.lines.push(JSON.parse(line) as Record<string, unknown>),
    }),
  });

  workload(spec: Partial<Workload['spec']> = {}, generation = 1): Stored<Workload> {
    const { metadata, ...rest } = gameStatefulSet(name, { replicas: 2, ...spec }) as unknown as Workload;
    const status = (this.get(gameStatefulSets) as Workload | undefined)?.status;
    return this.api.put(gameStatefulSets, {
      ...rest,
      ...(status && { status }),
      metadata: { ...metadata, generation },
    }) as Stored<Workload>;
  }

  /** The StatefulSet controller has seen the child. */
  observe(): void {
    const child = this.get(statefulSets) as Stored<Child>;
    const status = { observedGeneration: 1, currentRevision: REVISION, updateRevision: REVISION };
    this.api.put(statefulSets, { ...child, status } as KubeObject);
  }

  pod(ordinal: number, ready = false): Stored<GamePod> {
    const child = this.get(statefulSets)!;
    const { kind = '', apiVersion = '' } = child;
    const owner = { kind, apiVersion, name, uid: child.metadata.uid, controller: true };
    const gate = (this.get(pods, `${name}-${ordinal}`) as GamePod | undefined)?.status?.conditions ?? [];
    return this.api.put(pods, {
      metadata: {
        namespace,
        name: `${name}-${ordinal}`,
        labels: { app: name, 'controller-revision-hash': REVISION },
        ownerReferences: [owner],
      },
      spec: { ...template(name, 'game:v1').spec, readinessGates: [{ conditionType: 'InPlaceUpdateReady' }] },
      status: {
        phase: 'Running',
        conditions: [
          ...gate.filter(({ type }) => type === 'InPlaceUpdateReady'),
          ...(ready ? [{ type: 'Ready', status: 'True', lastTransitionTime: '2029-12-31T23:00:00Z' }] : []),
        ],
      },
    } as unknown as KubeObject) as Stored<GamePod>;
  }

  get(resource: Resource, of = name): Stored | undefined {
    return this.api.objects(resource).get(`${namespace}/${of}`);
  }

  gate(ordinal: number): string | undefined {
    const { status } = this.get(pods, `${name}-${ordinal}`) as Stored<GamePod>;
    return status?.conditions?.find(({ type }) => type === 'InPlaceUpdateReady')?.status;
  }

  /** Writes, by what they were to. */
  writes(of?: Resource): string[] {
    return this.api
      .callsOf('create', 'update', 'patch', 'delete')
      .filter(({ resource }) => of === undefined || resource.plural === of.plural)
      .map(({ verb, resource, name: object }) => `${verb} ${resource.plural} ${object!.name}`);
  }

  async start(): Promise<void> {
    void this.controller.start();
    await this.clock.settle();
    await this.clock.advance(100);
  }
}

async function withChild(world: World): Promise<void> {
  world.workload();
  await world.start();
  world.observe();
  await world.clock.advance(100);
}

const isWriteTo =
  (resource: Resource, object?: string) =>
  (call: Call): boolean =>
    ['update', 'create', 'delete'].includes(call.verb) &&
    call.resource.plural === resource.plural &&
    (object === undefined || call.name?.name === object);

test('the template is asked for, then the child is created as the workload wants it', async () => {
  const world = new World();
  world.workload();
  await world.start();
  expect(world.api.dryRuns).toHaveLength(1);
  expect(world.api.dryRuns[0]!.metadata).toMatchObject({ generateName: 'game-', namespace });
  expect(world.api.dryRuns[0]!.metadata.name).toBeUndefined();
  expect(world.get(statefulSets)).toMatchObject({
    metadata: { ownerReferences: [{ kind: 'GameStatefulSet', name, controller: true }] },
    spec: {
      replicas: 2,
      podManagementPolicy: 'Parallel',
      updateStrategy: { rollingUpdate: { partition: 2147483647 } },
    },
  });
  expect(world.get(gameStatefulSets)).toMatchObject({ status: { phase: 'Progressing', observedGeneration: 1 } });
});

test('the gates of new pods are opened, once, and then there is nothing left to do', async () => {
  const world = new World();
  await withChild(world);
  world.pod(0);
  world.pod(1);
  await world.clock.advance(100);
  expect([world.gate(0), world.gate(1)]).toEqual(['True', 'True']);
  world.pod(0, true);
  world.pod(1, true);
  await world.clock.advance(1000);
  expect(world.get(gameStatefulSets)).toMatchObject({ status: { readyReplicas: 2 } });
  expect(world.writes(pods)).toEqual(['update pods game-0', 'update pods game-1']);
  const { length } = world.writes();
  await world.clock.advance(600_000);
  expect(world.writes()).toHaveLength(length);
});

test('what is not sent yet when the spec changes is decided on again first', async () => {
  const world = new World();
  world.workload({ replicas: 10 });
  await world.start();
  world.observe();
  await world.clock.advance(100);
  const templatesAskedFor: number[] = [];
  world.api.fault = (call) => {
    if (!isWriteTo(pods)(call)) return undefined;
    templatesAskedFor.push(world.api.dryRuns.length);
    return { before: 200 };
  };
  for (let ordinal = 0; ordinal < 10; ordinal++) world.pod(ordinal);
  // The first is alone; then eight are under way at a time, and one waits.
  await world.clock.advance(300);
  world.workload({ replicas: 10, minReadySeconds: 1 }, 2);
  await world.clock.advance(1000);
  expect(templatesAskedFor).toEqual([1, 1, 1, 1, 1, 1, 1, 1, 1, 2]);
});

test('a write that the store does not show yet holds the next decision back', async () => {
  const world = new World();
  await withChild(world);
  const [watch] = world.api.openWatches.filter(({ plural }) => plural === 'pods');
  const offer = watch!.offer.bind(watch);
  const late: (() => void)[] = [];
  world.pod(0);
  // The events of pods come later than those of everything else.
  watch!.offer = (...event) => void late.push(() => offer(...event));
  await world.clock.advance(100);
  const written = world.writes(pods);
  expect(written).toEqual(['update pods game-0']);
  world.workload({ minReadySeconds: 1 }, 2);
  await world.clock.advance(1000);
  // Not even the dry run of the new generation: nothing at all is decided.
  expect(world.api.dryRuns).toHaveLength(1);
  for (const go of late.splice(0)) go();
  await world.clock.advance(100);
  expect(world.api.dryRuns).toHaveLength(2);
  expect(world.writes(pods)).toEqual(written);
});

test('after 30 s the server is asked instead of the stores', async () => {
  const world = new World();
  await withChild(world);
  const [watch] = world.api.openWatches.filter(({ plural }) => plural === 'pods');
  world.pod(0);
  watch!.offer = () => undefined;
  await world.clock.advance(100);
  expect(world.gate(0)).toBe('True');
  world.pod(1);
  await world.clock.advance(PATIENCE - 1000);
  expect(world.gate(1)).toBeUndefined();
  await world.clock.advance(2000);
  expect(world.gate(1)).toBe('True');
  expect(world.lines.filter(({ msg }) => msg === 'the watches are behind: asking the server')).toHaveLength(1);
  await world.clock.advance(PATIENCE - 3000);
  expect(world.lines.filter(({ msg }) => msg === 'the watches are behind: asking the server')).toHaveLength(1);
});

test('a conflict is no failure: the object is read, waited for, and decided on again', async () => {
  const world = new World();
  await withChild(world);
  let conflicts = 0;
  world.api.fault = (call) =>
    isWriteTo(pods, 'game-0')(call) && conflicts++ === 0 ? { error: failure('conflict') } : undefined;
  world.pod(0);
  await world.clock.advance(100);
  expect(world.gate(0)).toBe('True');
  expect(world.lines.filter(({ level }) => level === 'error')).toEqual([]);
});

test.each(['timeout', 'network', 'server', 'protocol'] as const)(
  'of a write that ends in "%s" nothing is assumed: what was done is found, and not done twice',
  async (kind) => {
    const world = new World();
    await withChild(world);
    const asked: string[] = [];
    world.api.fault = (call) => {
      asked.push(`${call.verb} ${call.resource.plural}`);
      return isWriteTo(pods, 'game-0')(call) ? { error: failure(kind), done: true } : undefined;
    };
    world.pod(0);
    await world.clock.advance(5000);
    expect(world.gate(0)).toBe('True');
    expect(world.writes(pods)).toEqual(['update pods game-0']);
    expect(asked).toContain('list pods');
  },
);

test('a child whose creation nobody confirmed is found, and not created twice', async () => {
  const world = new World();
  let creations = 0;
  world.api.fault = (call) =>
    isWriteTo(statefulSets)(call) && creations++ === 0 ? { error: failure('timeout'), done: true } : undefined;
  world.workload();
  await world.start();
  await world.clock.advance(5000);
  expect(world.writes(statefulSets)).toEqual(['create statefulsets game']);
});

test('what the server refuses is tried again, less and less often, and other workloads go on', async () => {
  const world = new World();
  await withChild(world);
  world.api.fault = (call) => (isWriteTo(pods, 'game-0')(call) ? { error: failure('forbidden') } : undefined);
  world.pod(0);
  world.pod(1);
  await world.clock.advance(100);
  expect(world.gate(1)).toBe('True');
  await world.clock.advance(10_000);
  const { length } = world.writes(pods).filter((write) => write.endsWith('game-0'));
  expect(length).toBeGreaterThan(3);
  expect(length).toBeLessThan(20);
  expect(world.lines).toContainEqual(
    expect.objectContaining({ level: 'error', msg: 'not done', workload: 'default/game' }),
  );
  const other = gameStatefulSet('other', { replicas: 1 }) as unknown as KubeObject;
  world.api.put(gameStatefulSets, { ...other, metadata: { ...other.metadata, generation: 1 } });
  await world.clock.advance(100);
  expect(world.get(statefulSets, 'other')).toBeDefined();
});

test('a template that is refused is said so in the status, and tried again after a minute', async () => {
  const world = new World();
  world.api.create = (..._: unknown[]) => {
    world.api.dryRuns.push({ metadata: {} });
    return Promise.reject(new KubeError('invalid', 'POST /apis/x: 422 Invalid: containers[0].ports: too many'));
  };
  world.workload();
  await world.start();
  expect(world.get(gameStatefulSets)).toMatchObject({
    status: { phase: 'Degraded', message: 'the API server refuses the template: containers[0].ports: too many' },
  });
  expect(world.api.dryRuns).toHaveLength(1);
  expect(world.lines.filter(({ level }) => level === 'error')).toEqual([]);
  await world.clock.advance(59_000);
  expect(world.api.dryRuns).toHaveLength(1);
  await world.clock.advance(2000);
  expect(world.api.dryRuns).toHaveLength(2);
});

test('pods that no StatefulSet looks after are found by their name, and get one', async () => {
  const world = new World();
  await withChild(world);
  for (const ordinal of [0, 1, 2]) world.pod(ordinal, true);
  world.api.put(controllerRevisions, {
    metadata: { namespace, name: REVISION },
    revision: 1,
    data: { spec: { template: template(name, 'game:v1') } },
  } as unknown as KubeObject);
  for (const ordinal of [0, 1, 2]) {
    const { metadata, ...pod } = world.get(pods, `${name}-${ordinal}`)!;
    const { ownerReferences: _, ...free } = metadata;
    world.api.put(pods, { ...pod, metadata: free });
  }
  await world.clock.advance(1000);
  world.workload({ replicas: 3, template: template(name, 'game:v2') }, 2);
  world.api.remove(statefulSets, { namespace, name });
  await world.clock.advance(1000);
  expect(world.get(statefulSets)).toMatchObject({
    spec: { replicas: 3, template: { spec: { containers: [{ image: 'game:v1' }] } } },
  });
});

test('a decision that throws is logged with its workload and breaks nothing else', async () => {
  const world = new World();
  const broken = world.workload();
  world.api.put(gameStatefulSets, {
    ...broken,
    spec: { ...broken.spec, template: undefined },
  } as unknown as KubeObject);
  await world.start();
  expect(world.lines).toContainEqual(
    expect.objectContaining({ level: 'error', msg: 'not done', workload: 'default/game', stack: expect.any(String) }),
  );
  world.workload({}, 2);
  await world.clock.advance(70_000);
  expect(world.get(statefulSets)).toBeDefined();
});

test('what a workload waits for wakes it: its Job, and the endpoints of its pods', async () => {
  const world = new World();
  world.workload({ prerequisites: [{ kind: 'Job', name: 'migrate' }] });
  await world.start();
  expect(world.get(statefulSets)).toBeUndefined();
  world.api.put(jobs, {
    metadata: { namespace, name: 'migrate' },
    status: { conditions: [{ type: 'Complete', status: 'True' }] },
  } as KubeObject);
  await world.clock.advance(100);
  expect(world.get(statefulSets)).toBeDefined();
  world.observe();
  const { uid } = world.pod(0).metadata;
  await world.clock.advance(100);
  const { runs } = world.controller.queue.metrics;
  world.api.put(endpointSlices, {
    metadata: { namespace, name: 'game-abc' },
    endpoints: [{ targetRef: { kind: 'Pod', uid }, conditions: { ready: true } }],
  } as KubeObject);
  await world.clock.advance(100);
  expect(world.controller.queue.metrics.runs).toBe(runs + 1);
});

test('a pod that nobody sees leave traffic is warned of, once', async () => {
  const world = new World();
  await withChild(world);
  world.pod(0);
  world.pod(1);
  await world.clock.advance(100);
  world.pod(0, true);
  const { uid } = world.pod(1, true).metadata;
  world.api.put(endpointSlices, {
    metadata: { namespace, name: 'game-abc' },
    endpoints: [{ targetRef: { kind: 'Pod', uid }, conditions: { ready: true, serving: true } }],
  } as KubeObject);
  const child = world.get(statefulSets) as Stored<Child>;
  const [old, next] = [REVISION, 'game-2'].map((revision, at) => ({
    metadata: {
      namespace,
      name: revision,
      ownerReferences: [
        { apiVersion: 'apps/v1', kind: 'StatefulSet', name, uid: child.metadata.uid, controller: true },
      ],
    },
    revision: at + 1,
    data: { spec: { template: template(name, `game:v${at + 1}`) } },
  }));
  for (const revision of [old, next]) world.api.put(controllerRevisions, revision as KubeObject);
  const updateStrategy = { type: 'InplaceUpdate', inPlaceUpdateStrategy: { gracePeriodSeconds: 60 } } as const;
  world.workload({ template: template(name, 'game:v2'), updateStrategy }, 2);
  await world.clock.advance(100);
  const changed = world.get(statefulSets) as Stored<Child>;
  const status = { observedGeneration: 1, currentRevision: REVISION, updateRevision: 'game-2' };
  world.api.put(statefulSets, { ...changed, status } as KubeObject);
  await world.clock.advance(5000);
  expect(world.gate(1)).toBe('False');
  const warnings = () => world.told.filter((line) => line.startsWith('Warning'));
  expect(warnings()).toEqual([]);
  await world.clock.advance(20_000);
  expect(warnings()).toEqual(['Warning TrafficNotConfirmed game-1']);
});

test('a workload that goes is forgotten, and one of the same name starts anew', async () => {
  const world = new World();
  await withChild(world);
  world.api.remove(gameStatefulSets, { namespace, name });
  world.api.remove(statefulSets, { namespace, name });
  await world.clock.advance(100);
  world.workload();
  await world.clock.advance(100);
  expect(world.api.dryRuns).toHaveLength(2);
  expect(world.get(statefulSets)?.metadata.ownerReferences?.[0]?.uid).toBe(world.get(gameStatefulSets)!.metadata.uid);
});

test('when it is stopped, what is under way is finished and nothing more is begun', async () => {
  const world = new World();
  await withChild(world);
  world.api.fault = (call) => (isWriteTo(pods)(call) ? { before: 1000 } : undefined);
  world.pod(0);
  await world.clock.advance(10);
  const statuses = world.writes(gameStatefulSets);
  const stopped = world.controller.stop();
  await world.clock.advance(5000);
  await stopped;
  expect(world.gate(0)).toBe('True');
  // The status would have been next.
  expect(world.writes(gameStatefulSets)).toEqual(statuses);
  expect(world.lines.filter(({ level }) => level === 'error')).toEqual([]);
  const { length } = world.api.calls;
  world.workload({}, 2);
  await world.clock.advance(100_000);
  expect(world.api.calls).toHaveLength(length);
});
