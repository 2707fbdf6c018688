import type { GameStatefulSet } from '../../../src/api/generated/types/game-stateful-set.js';
import type { StatefulSet } from '../../../src/api/native.js';
import type { Pod } from '../../../src/api/pod.js';
import { between, random, type Random } from '../../../src/cluster/random.js';
import { kubeletHeartbeat } from '../../../src/cluster/kubelet/heartbeat.js';
import { labTimings } from '../../../src/cluster/kubelet/timings.js';
import { gameStatefulSets } from '../../../src/controller/resources.js';
import { sleep } from '../../../src/kube/clock.js';
import { isKubeError } from '../../../src/kube/error.js';
import type { KubeObject, Stored } from '../../../src/kube/objects.js';
import { jobs, namespaces, pods, serviceAccounts, statefulSets, type Resource } from '../../../src/kube/resource.js';
import type { Reached } from '../../rollout/simulation/reached.js';
import { specOf, type Wanted } from '../../rollout/simulation/wanted.js';
import { NO_FAULTS, type WorldOptions } from '../../rollout/simulation/world.js';
import { VirtualCluster } from '../runner/virtual-cluster.js';
import { Stage } from '../stage/stage.js';
import { machines } from './machines.js';
import { faultyWire } from './wire.js';

const namespace = 'sim';
const WORKLOAD = { namespace, name: 'zone' };

/** The whole embedded cluster with one workload, a controller that ends and comes back, and the checker. All of it follows from the seed. */
export class World {
  readonly stage: Stage;
  wanted: Wanted;
  private readonly random: Random;
  private begun = 0;
  private isCalm = false;
  private downFor: number | undefined;
  /** What went wrong in what was to happen later. */
  private failure: Error | undefined;

  private constructor(
    readonly cluster: VirtualCluster,
    private readonly options: WorldOptions,
  ) {
    this.random = random(options.seed).fork('world');
    this.wanted = options.wanted;
    const faults = () => (this.isCalm ? NO_FAULTS : options.faults);
    this.stage = new Stage(cluster, namespace, faultyWire(cluster.clock, this.random.fork('wire'), faults));
  }

  static async start(options: WorldOptions): Promise<World> {
    const cluster = await VirtualCluster.start({
      seed: options.seed,
      version: options.historyIsFixed ? '1.30' : '1.34',
      nodes: options.nodes.map((kubeletVersion, index) => ({ name: `node-${index}`, kubeletVersion })),
      timings: labTimings,
      heartbeat: kubeletHeartbeat,
      ...machines,
    });
    const world = new World(cluster, options);
    await cluster.pass(world.begin());
    return world;
  }

  get nodes(): readonly string[] {
    return this.options.nodes.map((_, index) => `node-${index}`);
  }

  /** The time since the beginning, in milliseconds. */
  get time(): number {
    return this.cluster.clock.monotonic() - this.begun;
  }

  /** Lets time pass. @throws what has failed meanwhile */
  async advance(duration: number): Promise<void> {
    await this.cluster.clock.advance(Math.max(0, duration));
    if (this.failure) throw this.failure;
  }

  async want(change: Partial<Wanted>): Promise<void> {
    this.wanted = { ...this.wanted, ...change };
    const operations = [{ op: 'replace' as const, path: '/spec', value: this.spec() }];
    await this.asUser(({ api }) => api.patch(gameStatefulSets, WORKLOAD, { type: 'json', operations }));
  }

  async pods(): Promise<readonly Stored<Pod & KubeObject>[]> {
    const { items } = await this.asUser(({ api }) => api.list<Pod & KubeObject>(pods, { namespace }));
    const own = items.filter(({ metadata }) => metadata.labels?.['app'] === 'zone');
    return [...own].sort((one, other) => one.metadata.name.localeCompare(other.metadata.name));
  }

  async podAt(index: number): Promise<Stored<Pod & KubeObject> | undefined> {
    const all = await this.pods();
    return all[index % Math.max(1, all.length)];
  }

  /** By force: whatever its node does. */
  async remove({ name }: { readonly name: string }, gracePeriodSeconds?: number): Promise<void> {
    const options = gracePeriodSeconds === undefined ? {} : { gracePeriodSeconds };
    await this.asUser(({ api }) => api.delete(pods, { namespace, name }, options).catch(unlessGone));
  }

  /** A Job of this name that ends in this way, or none. */
  async job(name: string, is: 'Complete' | 'Failed' | 'running' | 'gone'): Promise<void> {
    const named = { namespace, name };
    await this.asUser(({ api }) => api.delete(jobs, named, { propagation: 'Background' }).catch(unlessGone));
    const isThere = () => this.asUser(({ api }) => api.get(jobs, named).then(() => true, unlessGone));
    while (await isThere()) await sleep(this.cluster.clock, 100);
    if (is === 'gone') return;
    const template = { spec: { restartPolicy: 'Never', containers: [{ name: 'migrate', image: `migrate:${is}` }] } };
    const job = { metadata: named, spec: { backoffLimit: 0, template } } as KubeObject;
    await this.asUser(({ api }) => api.create(jobs, job));
  }

  /** The process of the controller ends; another one begins after so many milliseconds. */
  endController(downFor: number): void {
    if (this.downFor !== undefined) return;
    this.downFor = downFor;
    this.stage.lifeOf('a').die();
  }

  later(delay: number, act: () => Promise<void>): void {
    const fail = (error: unknown): void => void (this.failure ??= error as Error);
    this.cluster.clock.after(delay, () => void act().catch(fail));
  }

  /** Faults end: what is broken outside of our process mends. */
  async calm(): Promise<void> {
    this.isCalm = true;
    const { cluster } = this;
    cluster.cluster.server.start();
    for (const name of this.nodes) await cluster.node(name).return();
  }

  async reached(): Promise<Reached> {
    const { api, oracle } = this.cluster;
    const workload = (await api.get<GameStatefulSet & KubeObject>(gameStatefulSets, WORKLOAD)) as GameStatefulSet;
    const find = <T extends KubeObject>(resource: Resource): Promise<T | undefined> =>
      api.get<T>(resource, WORKLOAD).catch((error: unknown) => {
        if (isKubeError(error, 'notFound')) return undefined;
        throw error;
      });
    const child = await find<StatefulSet & KubeObject>(statefulSets);
    const all = await this.pods();
    return {
      wanted: this.wanted,
      workload,
      child,
      pods: new Map(all.map((pod) => [pod.metadata.name, pod])),
      historyIsFixed: this.options.historyIsFixed,
      runsSpec: ({ metadata: { uid = '' }, spec }) =>
        spec.containers.every(({ name, image }) => oracle.running(uid, name)?.image === image),
    };
  }

  async stop(): Promise<void> {
    this.isCalm = true;
    this.downFor = Infinity;
    this.cluster.cluster.server.start();
    await this.cluster.pass(this.stage.close());
    await this.cluster.stop();
  }

  private async begin(): Promise<void> {
    const { api, clock } = this.cluster;
    await api.create(namespaces, { metadata: { name: namespace } });
    const accounts = await this.cluster.store(serviceAccounts);
    while (accounts.get({ namespace, name: 'default' }) === undefined) await sleep(clock, 10);
    await this.stage.begin();
    this.begun = clock.monotonic();
    const workload = { apiVersion: 'tkex.tencent.com/v1alpha1', kind: 'GameStatefulSet', metadata: WORKLOAD };
    await api.create(gameStatefulSets, { ...workload, spec: this.spec() } as KubeObject);
    this.startController();
  }

  private startController(): void {
    this.downFor = undefined;
    this.stage.note('the controller begins');
    this.stage.startController('a');
    void this.stage
      .lifeOf('a')
      .whenDead()
      .then(() => {
        // One that ended by itself is away for some seconds.
        const wait = (this.downFor ??= between(this.random, [100, 5000]));
        this.stage.note(`the controller has ended, for ${wait} ms`);
        if (wait < Infinity) this.cluster.clock.after(wait, () => this.startController());
      });
  }

  /** What everybody's kubectl would do about a server that is away. */
  private async asUser<T>(act: (cluster: VirtualCluster) => Promise<T>): Promise<T> {
    for (;;) {
      try {
        return await act(this.cluster);
      } catch (error) {
        if (!isKubeError(error, 'network')) throw error;
        await sleep(this.cluster.clock, 500);
      }
    }
  }

  /** With a probe, so that an image may take its time to be ready. */
  private spec(): GameStatefulSet['spec'] {
    const spec = specOf(this.wanted);
    const [game, ...others] = spec.template.spec!.containers!;
    const readinessProbe = { httpGet: { path: '/', port: 80 }, periodSeconds: 1 };
    const containers = [{ ...game!, readinessProbe }, ...others];
    return { ...spec, template: { ...spec.template, spec: { ...spec.template.spec, containers } } };
  }
}

function unlessGone(error: unknown): false {
  if (isKubeError(error, 'notFound')) return false;
  throw error;
}
