import { randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Pod } from '../../api/pod.js';
import { HttpFace, type HttpFaceOptions } from '../../cluster/api-server/http/face.js';
import { EmbeddedCluster } from '../../cluster/embedded-cluster.js';
import { fastClock } from '../../cluster/fast-clock.js';
import { logTo, textOf, type Level } from '../../controller/log.js';
import { Runtime } from '../../controller/runtime.js';
import type { KubeApi } from '../../kube/api.js';
import { systemClock } from '../../kube/clock.js';
import type { KubeObject } from '../../kube/objects.js';
import { pods } from '../../kube/resource.js';
import { UserError } from '../../synth/user-error.js';
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
  /** Where the kubeconfig is written, a new file; it goes at the end. @default a file in a folder of its own */
  readonly kubeconfig?: string;
  readonly logLevel: Level;
  /** Where the cluster is kept, and its kubeconfig. @default nowhere */
  readonly data?: DevData;
}

const USER = 'developer';

/** What was begun, to be ended in the reverse order, whether the rest could be begun or not. */
class Ends {
  private readonly ends: (() => Promise<void> | void)[] = [];

  add(end: () => Promise<void> | void): void {
    this.ends.push(end);
  }

  async all(): Promise<void> {
    for (const end of this.ends.splice(0).reverse()) await end();
  }
}

/** The embedded cluster with our kinds, its HTTP face, the controller in this process, and the file that leads to it all. */
export class World {
  private constructor(
    readonly cluster: EmbeddedCluster,
    readonly api: KubeApi,
    readonly kubeconfig: string,
    /** It was kept: what was deployed is there. */
    readonly isResumed: boolean,
    /** UIDs of the pods that were Ready when a kept cluster ended. */
    readonly wereReady: ReadonlySet<string>,
    private readonly ends: Ends,
  ) {}

  /** @throws UserError where the port or the kubeconfig's place is not to be had; nothing is left then */
  static async start(options: WorldOptions): Promise<World> {
    const ends = new Ends();
    try {
      return await World.begin(options, ends);
    } catch (error) {
      await ends.all();
      throw error;
    }
  }

  private static async begin(options: WorldOptions, ends: Ends): Promise<World> {
    const { speed, data, logLevel: level } = options;
    const clock = data ? data.clock(speed) : speed === 1 ? systemClock : fastClock(speed);
    const log = logTo({ clock, write: (line) => process.stderr.write(line), format: 'logfmt', level });
    const onError = (error: unknown, doing: string): void => log.debug('tried again', { doing, why: textOf(error) });
    const isResumed = (data?.journal.revision ?? 0) > 0;
    const journal = data && { journal: data.journal };
    const cluster = new EmbeddedCluster({ clock, behaviour: containers, onError, ...journal });
    ends.add(() => cluster.stop());
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
    ends.add(() => runtime.stop());
    ends.add(() => face.close());
    const kubeconfig = keepKubeconfig(options, face.kubeconfig(USER), ends);
    say(`an embedded Kubernetes ${cluster.server.core.profile.gitVersion} listens on ${face.url}`);
    return new World(cluster, admin, kubeconfig, isResumed, wereReady, ends);
  }

  async stop(): Promise<void> {
    await this.ends.all();
  }
}

/** Writes it where it is wanted. A file that is there already is somebody's way to another cluster, which would be lost at the end. */
function keepKubeconfig({ kubeconfig, data }: WorldOptions, content: string, ends: Ends): string {
  if (kubeconfig === undefined && data) {
    writeFileSync(data.kubeconfig, content, { mode: 0o600 });
    return data.kubeconfig;
  }
  const folder = kubeconfig === undefined ? mkdtempSync(join(tmpdir(), 'gamezone-dev-')) : undefined;
  if (folder !== undefined) ends.add(() => rmSync(folder, { recursive: true, force: true }));
  const file = kubeconfig ?? join(folder!, 'kubeconfig');
  try {
    writeFileSync(file, content, { mode: 0o600, flag: 'wx' });
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    const why = code === 'EEXIST' ? 'it is there already, and would be gone at the end' : `cannot be written: ${code}`;
    throw new UserError(`--kubeconfig ${file}: ${why}`, { hint: 'name a file that is not there yet', cause: error });
  }
  ends.add(() => rmSync(file, { force: true }));
  return file;
}

async function listen({ port, data }: WorldOptions, options: HttpFaceOptions): Promise<HttpFace> {
  try {
    if (!data) return await HttpFace.listen({ ...options, port });
    return await data.listen(port, (at) => HttpFace.listen({ ...options, authority: data.authority, port: at }));
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (port === 0 || (code !== 'EADDRINUSE' && code !== 'EACCES')) throw error;
    const why = code === 'EADDRINUSE' ? 'another program listens there' : 'it takes more rights than you have';
    throw new UserError(`--port ${port}: ${why}`, { hint: 'leave --port out, and a free one is taken', cause: error });
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
