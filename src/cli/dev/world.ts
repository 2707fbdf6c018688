import { randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Pod } from '../../api/pod.js';
import { HttpFace, type HttpFaceOptions } from '../../cluster/api-server/http/face.js';
import { EmbeddedCluster } from '../../cluster/embedded-cluster.js';
import { fastClock } from '../../cluster/fast-clock.js';
import { logTo, textOf, type Level, type Log } from '../../controller/log.js';
import { Runtime } from '../../controller/runtime.js';
import type { KubeApi } from '../../kube/api.js';
import { systemClock } from '../../kube/clock.js';
import type { KubeObject } from '../../kube/objects.js';
import { pods } from '../../kube/resource.js';
import { containers } from './containers.js';
import type { DevData } from './data.js';
import { installDefinitions } from './definitions.js';
import { DEPLOYER } from './deploy.js';
import { readyPods } from './resume.js';
import { say } from './say.js';

export interface WorldOptions {
  /** How many times faster than real time it lives. */
  readonly speed: number;
  /** On 127.0.0.1; 0 takes a free one. */
  readonly port: number;
  /** Where the kubeconfig is written; it goes at the end. @default a file in a folder of its own */
  readonly kubeconfig?: string;
  readonly logLevel: Level;
  /** Where the cluster is kept, and its kubeconfig. @default nowhere */
  readonly data?: DevData;
}

const USER = 'developer';

/** The embedded cluster with our kinds, its HTTP face, the controller in this process, and the file that leads to it all. */
export class World {
  private constructor(
    private readonly options: WorldOptions,
    readonly cluster: EmbeddedCluster,
    readonly api: KubeApi,
    readonly kubeconfig: string,
    private readonly face: HttpFace,
    private readonly runtime: Runtime,
    /** UIDs of the pods that were Ready when a kept cluster ended. */
    readonly wereReady: ReadonlySet<string>,
    /** A file or folder that goes with it. */
    private readonly leftover: string | undefined,
  ) {}

  static async start(options: WorldOptions): Promise<World> {
    const { speed, data } = options;
    const clock = data ? data.clock(speed) : speed === 1 ? systemClock : fastClock(speed);
    const log = logTo({
      clock,
      write: (line) => process.stderr.write(line),
      format: 'logfmt',
      level: options.logLevel,
    });
    const onError = (error: unknown, doing: string): void => log.debug('tried again', { doing, why: textOf(error) });
    const cluster = new EmbeddedCluster({
      clock,
      behaviour: containers,
      onError,
      ...(data && { journal: data.journal }),
    });
    try {
      return await World.open(cluster, options, log);
    } catch (error) {
      await cluster.stop();
      throw error;
    }
  }

  private static async open(cluster: EmbeddedCluster, options: WorldOptions, log: Log): Promise<World> {
    const { clock } = cluster;
    const { data } = options;
    const wereReady = readyPods(cluster.server);
    await cluster.start();
    const admin = cluster.client('gamezone', { fieldManager: DEPLOYER });
    await installDefinitions(admin);
    const runtime = new Runtime({
      api: cluster.client('gamezone-controller', { fieldManager: 'gamezone-controller' }),
      clock,
      log,
      identity: 'gamezone-dev',
    });
    const face = await listen(options, {
      server: cluster.server,
      users: new Map([[data?.token ?? randomBytes(24).toString('base64url'), USER]]),
      logs: (pod, query) => logsOf(cluster, admin, pod, query),
      onError: (error) => log.error('the embedded API server', { why: textOf(error) }),
    });
    runtime.start();
    const given = options.kubeconfig ?? data?.kubeconfig;
    const folder = given === undefined ? mkdtempSync(join(tmpdir(), 'gamezone-dev-')) : undefined;
    const kubeconfig = given ?? join(folder!, 'kubeconfig');
    writeFileSync(kubeconfig, face.kubeconfig(USER), { mode: 0o600 });
    say(`an embedded Kubernetes ${cluster.server.core.profile.gitVersion} listens on ${face.url}`);
    const leftover = folder ?? options.kubeconfig;
    return new World(options, cluster, admin, kubeconfig, face, runtime, wereReady, leftover);
  }

  /** It was kept: what was deployed is there. */
  get isResumed(): boolean {
    return (this.options.data?.journal.revision ?? 0) > 0;
  }

  async stop(): Promise<void> {
    await this.face.close();
    await this.runtime.stop();
    await this.cluster.stop();
    if (this.leftover !== undefined) rmSync(this.leftover, { recursive: true, force: true });
  }
}

function listen({ port, data }: WorldOptions, options: HttpFaceOptions): Promise<HttpFace> {
  if (!data) return HttpFace.listen({ ...options, port });
  return data.listen(port, (at) => HttpFace.listen({ ...options, authority: data.authority, port: at }));
}

async function logsOf(
  cluster: EmbeddedCluster,
  api: KubeApi,
  name: { readonly namespace: string; readonly name: string },
  query: URLSearchParams,
): Promise<string> {
  const pod = await api.get<Omit<Pod, 'metadata'> & KubeObject>(pods, name);
  const container = query.get('container') ?? pod.spec.containers[0]?.name ?? '';
  const tail = Number(query.get('tailLines') ?? NaN);
  const request = { kind: 'logs', ...(Number.isInteger(tail) && { tailLines: tail }) } as const;
  const answer = cluster.kubelets.answer(pod, container, request);
  if (answer.kind === 'logs') return answer.text;
  return answer.kind === 'refused' ? `${answer.message}\n` : '';
}
