import { execFileSync } from 'node:child_process';
import { delimiter } from 'node:path';
import { crds } from '../../src/api/crds.js';
import type { GameStatefulSet } from '../../src/api/generated/types/game-stateful-set.js';
import { isReady, type Pod } from '../../src/api/pod.js';
import { digestOf, type Registry } from '../../src/cluster/kubelet/images.js';
import { KubeletModel } from '../../src/cluster/kubelet/kubelet.js';
import { unsafeExposure, type Span } from '../../src/cluster/kubelet/oracle.js';
import { podsOf } from '../../src/cluster/kubelet/pod-source.js';
import type { Workload } from '../../src/controller/game-stateful-set/objects.js';
import { logTo } from '../../src/controller/log.js';
import { gameStatefulSets } from '../../src/controller/resources.js';
import { Runtime } from '../../src/controller/runtime.js';
import { systemClock as clock } from '../../src/kube/clock.js';
import { connect, type Connection } from '../../src/kube/connect.js';
import { Reflector } from '../../src/kube/reflector.js';
import { pods } from '../../src/kube/resource.js';
import type { Observed } from '../../src/kube/store.js';
import type { ControlPlane } from '../../test/control-plane/control-plane.js';
import { startControlPlane } from '../../test/control-plane/start.js';
import { until } from '../../test/control-plane/until.js';

const namespace = 'default';
const CONTROLLER = 'controller';
const CONTAINER = 'game';
/** Milliseconds that a container takes to stop, and to start. */
const BEHAVIOUR = { startup: 500, stop: { after: 1000 } };
/** As if the images were on the nodes already. */
const REGISTRY: Registry = { pull: (image) => ({ after: 0, digest: digestOf(image) }) };
const PODS_PER_NODE = 100;
/** Milliseconds within which anything here must have happened. */
const WITHIN = 600_000;

/** A real control plane, modelled kubelets that are as quick as real ones, and our controller, which can be stopped. */
export class Stage {
  /** By pod, when the API called it Ready; milliseconds since 1970. */
  private readonly ready = new Map<string, Span[]>();
  private runtime: Runtime | undefined;

  private constructor(
    private readonly controlPlane: ControlPlane,
    private readonly model: KubeletModel,
    private readonly watched: Reflector<Pod>,
    private readonly user: Connection,
    private readonly kubelets: Connection,
    private readonly acting: Connection,
  ) {
    watched.store.subscribe(({ type, object }) => this.saw(object, type !== 'removed' && isReady(object)));
  }

  /** Room for so many pods. */
  static async start(size: number): Promise<Stage> {
    const controlPlane = await startControlPlane({ users: ['kubelets', CONTROLLER, 'user'] });
    const [user, kubelets, acting] = ['user', 'kubelets', CONTROLLER].map((name) =>
      connect({ kubeconfig: controlPlane.as(name).kubeconfig }),
    ) as [Connection, Connection, Connection];
    const { programs = '', kubeconfig } = controlPlane;
    const env = { ...process.env, KUBECONFIG: kubeconfig, PATH: [programs, process.env['PATH']].join(delimiter) };
    for (const { yaml } of await crds()) execFileSync('kubectl', ['create', '-f', '-'], { input: yaml, env });
    execFileSync('kubectl', ['wait', '--for=condition=Established', 'crd', '--all'], { env });
    const watched = new Reflector<Pod>({ api: kubelets.api, clock, resource: pods });
    watched.start();
    const nodes = Array.from({ length: Math.ceil(size / PODS_PER_NODE) }, (_, at) => ({ name: `node-${at}` }));
    const model = new KubeletModel({
      api: kubelets.api,
      clock,
      source: podsOf(watched.store),
      nodes,
      behaviour: { run: () => BEHAVIOUR },
      registry: REGISTRY,
      seed: 1,
    });
    await model.start();
    return new Stage(controlPlane, model, watched, user, kubelets, acting);
  }

  async stop(): Promise<void> {
    await this.rest();
    this.model.stop();
    await this.watched.stop();
    await Promise.all([this.user, this.kubelets, this.acting].map((connection) => connection.close()));
    await this.controlPlane.stop();
  }

  /** The controller acts from now on. */
  act(): void {
    const log = logTo({ clock, write: () => undefined, level: 'error', format: 'logfmt' });
    this.runtime = new Runtime({ api: this.acting.api, clock, identity: CONTROLLER, log });
    this.runtime.start();
  }

  /** It does not act any more. */
  async rest(): Promise<void> {
    await this.runtime?.stop();
    this.runtime = undefined;
  }

  /** Makes a workload, and waits until it serves. */
  async create(
    name: string,
    replicas: number,
    updateStrategy: GameStatefulSet['spec']['updateStrategy'],
  ): Promise<void> {
    await this.user.api.create(gameStatefulSets, {
      apiVersion: 'tkex.tencent.com/v1alpha1',
      kind: 'GameStatefulSet',
      metadata: { namespace, name },
      spec: {
        replicas,
        serviceName: name,
        podManagementPolicy: 'Parallel',
        selector: { matchLabels: { app: name } },
        ...(updateStrategy && { updateStrategy }),
        template: templateOf(name, 'game:0'),
      },
    } satisfies GameStatefulSet);
    await this.untilServed(name, 'game:0', replicas);
  }

  /** Our controller rolls an image out. */
  async roll(name: string, image: string, replicas: number): Promise<void> {
    const body = { spec: { template: templateOf(name, image) } };
    await this.user.api.patch(gameStatefulSets, { namespace, name }, { type: 'merge', body });
    await this.untilServed(name, image, replicas);
  }

  /** What a script would do: every pod is patched, so many at a time, and nobody waits for anything. */
  async patchAll(name: string, image: string, inFlight: number): Promise<void> {
    const left = [...this.podsOf(name)];
    const lane = async (): Promise<void> => {
      for (let pod = left.pop(); pod; pod = left.pop()) {
        const body = { spec: { containers: [{ name: CONTAINER, image }] } };
        await this.user.api.patch(pods, { namespace, name: pod.metadata.name }, { type: 'strategic', body });
      }
    };
    const replicas = left.length;
    await Promise.all(Array.from({ length: inFlight }, lane));
    await this.untilServed(name, image, replicas, false);
  }

  /** Patches of our controller to the pods of a workload since a moment in the audit log. */
  writesSince(name: string, from: number): number {
    return this.controlPlane
      .auditLog()
      .slice(from)
      .filter((event) => event.user === CONTROLLER && event.resource === 'pods' && event.verb === 'patch')
      .filter((event) => event.code < 300 && event.name?.startsWith(`${name}-`)).length;
  }

  get audited(): number {
    return this.controlPlane.auditLog().length;
  }

  /** Seconds of pods, summed up, that were Ready since `from` (milliseconds since 1970) while their container stopped or did not run. */
  exposureSince(name: string, from: number): number {
    const spans = this.podsOf(name).flatMap(({ metadata: { uid } }) => {
      const since = (this.ready.get(uid) ?? []).flatMap((span) =>
        span.to !== undefined && span.to <= from ? [] : [{ ...span, from: Math.max(span.from, from) }],
      );
      const served = this.model.oracle.instances(uid).map(({ stoppedAt, ...one }) => ({
        ...one,
        ...(stoppedAt !== undefined && { exitedAt: stoppedAt }),
      }));
      return unsafeExposure(served, CONTAINER, since);
    });
    return spans.reduce((sum, span) => sum + ((span.to ?? clock.now()) - span.from), 0) / 1000;
  }

  private podsOf(name: string): readonly Observed<Pod>[] {
    return this.watched.store.list().filter(({ metadata }) => metadata.labels?.['app'] === name);
  }

  /** Until every pod is Ready, and what really runs in it is this image; and, where the controller acts, until it says so. */
  private async untilServed(name: string, image: string, replicas: number, isSaid = true): Promise<void> {
    const isServed = (pod: Observed<Pod>): boolean => {
      const running = this.model.oracle.running(pod.metadata.uid, CONTAINER);
      const [shown] = pod.status?.containerStatuses ?? [];
      return running?.image === image && shown?.containerID === running.id && isReady(pod);
    };
    await until(
      async () => {
        const served = this.podsOf(name).filter(isServed).length;
        if (served < replicas || !isSaid) return served >= replicas;
        const { metadata, status } = await this.user.api.get<Workload>(gameStatefulSets, { namespace, name });
        return status?.phase === 'Healthy' && status.observedGeneration === metadata.generation;
      },
      { within: WITHIN },
    );
  }

  private saw({ metadata: { uid } }: Observed<Pod>, isNowReady: boolean): void {
    const spans = this.ready.get(uid) ?? [];
    this.ready.set(uid, spans);
    const last = spans.at(-1);
    const isOpen = last !== undefined && last.to === undefined;
    if (isNowReady && !isOpen) spans.push({ from: clock.now() });
    if (!isNowReady && isOpen) spans[spans.length - 1] = { ...last, to: clock.now() };
  }
}

const templateOf = (name: string, image: string): GameStatefulSet['spec']['template'] => ({
  metadata: { labels: { app: name } },
  spec: { terminationGracePeriodSeconds: 5, containers: [{ name: CONTAINER, image }] },
});
