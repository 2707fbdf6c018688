import { randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { load } from 'js-yaml';
import type { Pod } from '../api/pod.js';
import { HttpFace } from '../cluster/api-server/http/face.js';
import { EmbeddedCluster } from '../cluster/embedded-cluster.js';
import { fastClock } from '../cluster/fast-clock.js';
import { logTo, textOf, type Level, type Log } from '../controller/log.js';
import { Runtime } from '../controller/runtime.js';
import type { KubeApi } from '../kube/api.js';
import { systemClock } from '../kube/clock.js';
import type { KubeObject } from '../kube/objects.js';
import { customResourceDefinitions, pods } from '../kube/resource.js';
import { reportProblems } from '../synth/problem-report.js';
import { UserError } from '../synth/user-error.js';
import { servedCrds } from './crds.js';
import { runCommand } from './dev/command.js';
import { containers } from './dev/containers.js';
import { deploy, objectsOf } from './dev/deploy.js';
import { untilReady } from './dev/readiness.js';
import { EXIT } from './exit-codes.js';
import { onlyZoneHere, synthesizeAll } from './synth.js';

export interface DevOptions {
  readonly speed: string;
  readonly port: string;
  readonly kubeconfig?: string;
  readonly namespace?: string;
  readonly timeout: string;
  readonly logLevel: Level;
}

const USER = 'developer';

/**
 * The embedded cluster on a port of this machine, with the controller in this process and a zone deployed, until Ctrl-C, or around a
 * command, whose exit code it takes.
 */
export async function dev(
  zone: string | undefined,
  command: readonly string[],
  options: DevOptions,
  stop: AbortSignal = untilSignal(),
): Promise<number> {
  const [speed, patience] = [numberOf('--speed', options.speed), numberOf('--timeout', options.timeout) * 1000];
  const port = portOf(options.port);
  const objects = await zoneObjects(zone ?? onlyZoneHere(), options);
  const world = await Dev.start(speed, port, options);
  try {
    await deploy(world.cluster.server, world.api, objects);
    say(`${objects.length} objects deployed`);
    const { ready, wanted } = await untilReady(
      world.api,
      patience,
      (now) => say(`${now.ready} of ${now.wanted} pods are ready`),
      stop,
    );
    if (ready < wanted && !stop.aborted) say(`going on without the others after ${options.timeout} s`);
    if (command.length > 0 && !stop.aborted) return await runCommand(command, world.kubeconfig, stop);
    say(`ready: export KUBECONFIG=${world.kubeconfig}\nCtrl-C ends it, and leaves nothing`);
    await aborted(stop);
    return EXIT.done;
  } finally {
    await world.stop();
  }
}

/** Before anything starts: a mistake in the zone is told at once. */
async function zoneObjects(file: string, { namespace }: DevOptions): Promise<KubeObject[]> {
  const settings = { format: 'yaml', secrets: 'inline', ...(namespace !== undefined && { namespace }) } as const;
  const synthesis = await synthesizeAll([file], settings);
  if (synthesis.warnings.length > 0) process.stderr.write(`${reportProblems(synthesis.warnings)}\n`);
  return objectsOf(synthesis);
}

/** All that runs, and the file that leads to it. */
class Dev {
  private constructor(
    readonly cluster: EmbeddedCluster,
    readonly api: KubeApi,
    readonly kubeconfig: string,
    private readonly face: HttpFace,
    private readonly runtime: Runtime,
    private readonly folder: string | undefined,
  ) {}

  static async start(speed: number, port: number, options: DevOptions): Promise<Dev> {
    const clock = speed === 1 ? systemClock : fastClock(speed);
    const log = logTo({
      clock,
      write: (line) => process.stderr.write(line),
      format: 'logfmt',
      level: options.logLevel,
    });
    const onError = (error: unknown, doing: string): void => log.debug('tried again', { doing, why: textOf(error) });
    const cluster = new EmbeddedCluster({ clock, behaviour: containers, onError });
    try {
      return await Dev.open(cluster, port, options, log);
    } catch (error) {
      await cluster.stop();
      throw error;
    }
  }

  private static async open(cluster: EmbeddedCluster, port: number, options: DevOptions, log: Log): Promise<Dev> {
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
      port,
      logs: (pod, query) => logsOf(cluster, admin, pod, query),
      onError: (error) => log.error('the embedded API server', { why: textOf(error) }),
    });
    runtime.start();
    const folder = options.kubeconfig === undefined ? mkdtempSync(join(tmpdir(), 'gamezone-dev-')) : undefined;
    const kubeconfig = options.kubeconfig ?? join(folder!, 'kubeconfig');
    writeFileSync(kubeconfig, face.kubeconfig(USER), { mode: 0o600 });
    say(`an embedded Kubernetes ${cluster.server.core.profile.gitVersion} listens on ${face.url}`);
    return new Dev(cluster, admin, kubeconfig, face, runtime, folder);
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

function say(text: string): void {
  process.stderr.write(`${text}\n`);
}

function numberOf(name: string, text: string): number {
  const value = Number(text);
  if (!/^\d+(\.\d+)?$/.test(text) || value <= 0 || value > 10_000)
    throw new UserError(`${name} ${text}: not a number above 0, up to 10000`, { hint: `${name} 10` });
  return value;
}

function portOf(text: string): number {
  if (!/^\d{1,5}$/.test(text) || Number(text) > 65_535)
    throw new UserError(`--port ${text}: not a port`, { hint: 'use a number from 0 to 65535; 0 takes a free one' });
  return Number(text);
}

/** Aborted by the first of the signals that ask for an orderly end. */
function untilSignal(): AbortSignal {
  const abort = new AbortController();
  for (const signal of ['SIGTERM', 'SIGINT'] as const) process.once(signal, () => abort.abort());
  return abort.signal;
}

function aborted(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) resolve();
    else signal.addEventListener('abort', () => resolve(), { once: true });
  });
}
