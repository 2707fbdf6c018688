import { randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { load } from 'js-yaml';
import type { Pod } from '../../api/pod.js';
import { HttpFace } from '../../cluster/api-server/http/face.js';
import { EmbeddedCluster } from '../../cluster/embedded-cluster.js';
import { fastClock } from '../../cluster/fast-clock.js';
import { logTo, textOf, type Level, type Log } from '../../controller/log.js';
import { Runtime } from '../../controller/runtime.js';
import type { KubeApi } from '../../kube/api.js';
import { systemClock } from '../../kube/clock.js';
import type { KubeObject } from '../../kube/objects.js';
import { customResourceDefinitions, pods } from '../../kube/resource.js';
import { servedCrds } from '../crds.js';
import { containers } from './containers.js';
import { say } from './say.js';

export interface WorldOptions {
  /** How many times faster than real time it lives. */
  readonly speed: number;
  /** On 127.0.0.1; 0 takes a free one. */
  readonly port: number;
  /** Where the kubeconfig is written; it goes at the end. @default a file in a folder of its own */
  readonly kubeconfig?: string;
  readonly logLevel: Level;
}

const USER = 'developer';

/** The embedded cluster with our kinds, its HTTP face, the controller in this process, and the file that leads to it all. */
export class World {
  private constructor(
    readonly cluster: EmbeddedCluster,
    readonly api: KubeApi,
    readonly kubeconfig: string,
    private readonly face: HttpFace,
    private readonly runtime: Runtime,
    private readonly folder: string | undefined,
  ) {}

  static async start(options: WorldOptions): Promise<World> {
    const clock = options.speed === 1 ? systemClock : fastClock(options.speed);
    const log = logTo({
      clock,
      write: (line) => process.stderr.write(line),
      format: 'logfmt',
      level: options.logLevel,
    });
    const onError = (error: unknown, doing: string): void => log.debug('tried again', { doing, why: textOf(error) });
    const cluster = new EmbeddedCluster({ clock, behaviour: containers, onError });
    try {
      return await World.open(cluster, options, log);
    } catch (error) {
      await cluster.stop();
      throw error;
    }
  }

  private static async open(cluster: EmbeddedCluster, options: WorldOptions, log: Log): Promise<World> {
    const { clock } = cluster;
    await cluster.start();
    const admin = cluster.client('gamezone', { fieldManager: 'gamezone-dev' });
    for (const { yaml } of await servedCrds()) await admin.create(customResourceDefinitions, load(yaml) as KubeObject);
    const runtime = new Runtime({
      api: cluster.client('gamezone-controller', { fieldManager: 'gamezone-controller' }),
      clock,
      log,
      identity: 'gamezone-dev',
    });
    const face = await HttpFace.listen({
      server: cluster.server,
      users: new Map([[randomBytes(24).toString('base64url'), USER]]),
      port: options.port,
      logs: (pod, query) => logsOf(cluster, admin, pod, query),
      onError: (error) => log.error('the embedded API server', { why: textOf(error) }),
    });
    runtime.start();
    const folder = options.kubeconfig === undefined ? mkdtempSync(join(tmpdir(), 'gamezone-dev-')) : undefined;
    const kubeconfig = options.kubeconfig ?? join(folder!, 'kubeconfig');
    writeFileSync(kubeconfig, face.kubeconfig(USER), { mode: 0o600 });
    say(`an embedded Kubernetes ${cluster.server.core.profile.gitVersion} listens on ${face.url}`);
    return new World(cluster, admin, kubeconfig, face, runtime, folder);
  }

  async stop(): Promise<void> {
    await this.face.close();
    await this.runtime.stop();
    await this.cluster.stop();
    rmSync(this.folder ?? this.kubeconfig, { recursive: true, force: true });
  }
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
