import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { crds } from '../../src/api/crds.js';
import type { GameStatefulSet, GameStatefulSetStatus } from '../../src/api/generated/types/game-stateful-set.js';
import { conditionOf, isReady, type Pod } from '../../src/api/pod.js';
import type { Behaviour } from '../../src/cluster/kubelet/behaviour.js';
import { KubeletModel } from '../../src/cluster/kubelet/kubelet.js';
import { podsOf } from '../../src/cluster/kubelet/pod-source.js';
import { accelerated } from '../../src/cluster/kubelet/timings.js';
import type { Workload, Child } from '../../src/controller/game-stateful-set/objects.js';
import { Health } from '../../src/controller/health.js';
import { logTo } from '../../src/controller/log.js';
import { Runtime } from '../../src/controller/runtime.js';
import { gameStatefulSets } from '../../src/controller/resources.js';
import type { KubeApi } from '../../src/kube/api.js';
import { systemClock } from '../../src/kube/clock.js';
import { connect, type Connection } from '../../src/kube/connect.js';
import { isKubeError } from '../../src/kube/error.js';
import type { Stored } from '../../src/kube/objects.js';
import { Reflector } from '../../src/kube/reflector.js';
import { nodes, pods, statefulSets } from '../../src/kube/resource.js';
import type { Node } from '../../src/cluster/kubelet/node-object.js';
import type { ControlPlane, ControlPlaneOptions } from '../control-plane/control-plane.js';
import { startControlPlane } from '../control-plane/start.js';
import { until } from '../control-plane/until.js';

/** Twenty times as fast as in the lab. */
const SPEED = 20;
export const READINESS_GATE = 'InPlaceUpdateReady';
export const namespace = 'default';

export interface LabOptions {
  readonly behaviour?: Behaviour;
  readonly users?: ControlPlaneOptions['users'];
  readonly audit?: ControlPlaneOptions['audit'];
  readonly flags?: ControlPlaneOptions['flags'];
}

/** A controller that runs, and what it has logged. */
export interface Acting {
  readonly runtime: Runtime;
  readonly lines: readonly string[];
}

/** A real control plane with the CRDs and modelled kubelets. */
export class Lab {
  readonly errors: string[] = [];
  private readonly connections: Connection[] = [];

  private constructor(
    readonly controlPlane: ControlPlane,
    readonly model: KubeletModel,
    readonly api: KubeApi,
    private readonly reflector: Reflector<Pod>,
    private readonly folder: string,
  ) {}

  static async start({ behaviour, users = [], audit, flags }: LabOptions = {}): Promise<Lab> {
    const controlPlane = await startControlPlane({
      users: ['kubelet-model', 'user', 'controller', ...users],
      ...(audit && { audit }),
      ...(flags && { flags }),
    });
    const kubelets = connect({ kubeconfig: controlPlane.as('kubelet-model').kubeconfig, fieldManager: 'kubelet' });
    const user = connect({ kubeconfig: controlPlane.as('user').kubeconfig });
    const reflector = new Reflector<Pod>({ api: kubelets.api, clock: systemClock, resource: pods });
    reflector.start();
    const errors: string[] = [];
    const model = new KubeletModel({
      api: kubelets.api,
      clock: systemClock,
      source: podsOf(reflector.store),
      nodes: ['node-a', 'node-b'].map((name) => ({ name })),
      behaviour: behaviour ?? { run: () => ({ startup: 500, stop: { after: 1000 } }) },
      timings: accelerated(SPEED),
      seed: 1,
      onError: (error, doing) => void errors.push(`${doing}: ${String(error)}`),
    });
    const folder = mkdtempSync(join(tmpdir(), 'gamezone-controller-'));
    const lab = new Lab(controlPlane, model, user.api, reflector, folder);
    lab.connections.push(kubelets, user);
    await lab.installCrds();
    await model.start();
    await until(async () => {
      const { items } = await user.api.list<Node>(nodes);
      return items.length === 2 && items.every(({ spec }) => (spec?.taints ?? []).length === 0);
    });
    return lab;
  }

  async stop(): Promise<void> {
    this.model.stop();
    await this.reflector.stop();
    await Promise.all(this.connections.map((connection) => connection.close()));
    await this.controlPlane.stop();
    rmSync(this.folder, { recursive: true, force: true });
  }

  /** A way into the cluster as some user; closed with the lab. */
  connect(user: string): Connection {
    const connection = connect({ kubeconfig: this.controlPlane.as(user).kubeconfig });
    this.connections.push(connection);
    return connection;
  }

  kubectl(args: readonly string[], input?: string): string {
    const { programs, kubeconfig } = this.controlPlane;
    return execFileSync('kubectl', ['--kubeconfig', kubeconfig, '--cache-dir', join(this.folder, 'cache'), ...args], {
      encoding: 'utf8',
      ...(input !== undefined && { input }),
      env: { ...process.env, PATH: [programs, process.env['PATH']].join(delimiter) },
    });
  }

  apply(manifests: string): string {
    return this.kubectl(['apply', '-f', '-'], manifests);
  }

  file(name: string, content: string): string {
    const path = join(this.folder, name);
    writeFileSync(path, content);
    return path;
  }

  /** The controller, in this process and without a lease. */
  async controller(user = 'controller'): Promise<Acting> {
    const lines: string[] = [];
    const runtime = new Runtime({
      api: this.connect(user).api,
      clock: systemClock,
      identity: user,
      log: logTo({ clock: systemClock, write: (line) => void lines.push(line), level: 'debug', format: 'logfmt' }),
    });
    runtime.start();
    await until(() => new Health(systemClock).unready(runtime.vitals).length === 0);
    return { runtime, lines };
  }

  async workload(name: string): Promise<Stored<Workload>> {
    return this.api.get<Workload>(gameStatefulSets, { namespace, name });
  }

  async status(name: string): Promise<GameStatefulSetStatus> {
    return (await this.workload(name)).status ?? {};
  }

  async child(name: string): Promise<Stored<Child> | undefined> {
    return this.api.get<Child>(statefulSets, { namespace, name }).catch((error: unknown) => {
      if (isKubeError(error, 'notFound')) return undefined;
      throw error;
    });
  }

  /** Lowest ordinal first. */
  async pods(name: string): Promise<readonly Stored<Pod>[]> {
    const { items } = await this.api.list<Pod>(pods, { namespace });
    const ordinal = (pod: Stored<Pod>): number => Number(/\d+$/.exec(pod.metadata.name)![0]);
    return items
      .filter((pod) => new RegExp(`^${name}-\\d+$`).test(pod.metadata.name))
      .sort((one, other) => ordinal(one) - ordinal(other));
  }

  async healthy(name: string, generation?: number): Promise<GameStatefulSetStatus> {
    let status: GameStatefulSetStatus = {};
    await until(
      async () => {
        const workload = await this.workload(name);
        status = workload.status ?? {};
        return status.phase === 'Healthy' && status.observedGeneration === (generation ?? workload.metadata.generation);
      },
      { within: 90_000, failure: () => new Error(`not healthy: ${JSON.stringify(status, undefined, 1)}`) },
    );
    return status;
  }

  async create(workload: GameStatefulSet): Promise<Stored<Workload>> {
    return this.api.create<Workload>(gameStatefulSets, workload as unknown as Workload);
  }

  async patchSpec(name: string, spec: object): Promise<Stored<Workload>> {
    return this.api.patch<Workload>(gameStatefulSets, { namespace, name }, { type: 'merge', body: { spec } });
  }

  private async installCrds(): Promise<void> {
    for (const { yaml } of await crds()) this.apply(yaml);
    this.kubectl(['wait', '--for=condition=Established', 'crd', '--all', '--timeout=20s']);
  }
}

export const gateOf = (pod: Pod): string | undefined => conditionOf(pod.status, READINESS_GATE)?.status;
export const imageOf = ({ spec }: Pod): string => spec.containers[0]!.image;
export const uidsOf = (of: readonly Pod[]): readonly string[] => of.map(({ metadata }) => metadata.uid!);
export const namesOf = (of: readonly Pod[]): readonly string[] => of.map(({ metadata }) => metadata.name!);
export const allReady = (of: readonly Pod[], count: number): boolean => of.length === count && of.every(isReady);
