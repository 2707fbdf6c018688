import type { Level } from '../controller/log.js';
import type { KubeObject } from '../kube/objects.js';
import { reportProblems } from '../synth/problem-report.js';
import { UserError } from '../synth/user-error.js';
import { runCommand } from './dev/command.js';
import { withData, type DevData } from './dev/data.js';
import { objectsOf } from './dev/deploy.js';
import { untilBack } from './dev/resume.js';
import { Rollouts } from './dev/rollout.js';
import { say } from './dev/say.js';
import { World } from './dev/world.js';
import { EXIT } from './exit-codes.js';
import { onlyZoneHere, synthesizeAll } from './synth.js';

export interface DevOptions {
  readonly speed: string;
  readonly port: string;
  readonly kubeconfig?: string;
  readonly namespace?: string;
  /** The folder in which the cluster is kept. */
  readonly data?: string;
  readonly timeout: string;
  readonly logLevel: Level;
  /** Further versions of the zone, each rolled out when the one before has come to rest. */
  readonly then?: readonly string[];
  /** Ends when all has come to rest, with 1 where it has not. */
  readonly exit?: boolean;
}

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
  const versions = await versionsOf([zone ?? onlyZoneHere(), ...(options.then ?? [])], options);
  const { logLevel, kubeconfig } = options;
  const live = async (data?: DevData): Promise<number> => {
    const given = { ...(kubeconfig !== undefined && { kubeconfig }), ...(data && { data }) };
    const world = await World.start({ speed, port, logLevel, ...given });
    return await around(world, versions, command, patience, options, stop);
  };
  return options.data === undefined ? await live() : await withData(options.data, live);
}

async function around(
  world: World,
  versions: readonly Version[],
  command: readonly string[],
  patience: number,
  options: DevOptions,
  stop: AbortSignal,
): Promise<number> {
  const rollouts = new Rollouts(world, patience, stop);
  try {
    let settled = true;
    const isKept = world.isResumed;
    if (isKept) {
      await untilBack(world, patience, stop);
      rollouts.resume(versions.flatMap(({ objects }) => objects));
    }
    for (const [at, { source, objects }] of versions.entries()) {
      if (stop.aborted) break;
      settled = at === 0 && !isKept ? await rollouts.begin(objects) : await rollouts.go(source, objects);
      if (!settled && options.exit) break;
    }
    if (command.length > 0 && !stop.aborted) return await runCommand(command, world.kubeconfig, stop);
    if (options.exit) return settled ? EXIT.done : EXIT.failed;
    const left = options.data === undefined ? 'leaves nothing' : `leaves it in ${options.data}`;
    say(`ready: export KUBECONFIG=${world.kubeconfig}\nCtrl-C ends it, and ${left}`);
    await aborted(stop);
    return EXIT.done;
  } finally {
    rollouts.end();
    await world.stop();
  }
}

interface Version {
  readonly source: string;
  readonly objects: readonly KubeObject[];
}

/** Before anything starts: a mistake in a zone is told at once. Each warning is told for the first version that has it. */
async function versionsOf(files: readonly string[], { namespace }: DevOptions): Promise<Version[]> {
  const settings = { format: 'yaml', secrets: 'inline', ...(namespace !== undefined && { namespace }) } as const;
  const versions: Version[] = [];
  const told = new Set<string>();
  for (const source of files) {
    const synthesis = await synthesizeAll([source], settings);
    const warnings = synthesis.warnings.filter(({ message }) => !told.has(message));
    for (const { message } of warnings) told.add(message);
    if (warnings.length > 0) process.stderr.write(`${reportProblems(warnings)}\n`);
    versions.push({ source, objects: objectsOf(synthesis) });
  }
  return versions;
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
