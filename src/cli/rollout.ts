import { dump } from 'js-yaml';
import { reportOf, type RolloutReport } from '../controller/report/report.js';
import { coloured, plain, reportLines, summaryLine, type Paint } from '../controller/report/text.js';
import type { GameStatefulSet } from '../api/generated/types/game-stateful-set.js';
import { textOf } from '../controller/log.js';
import { parseDuration } from '../hooks/duration.js';
import { systemClock as clock } from '../kube/clock.js';
import type { Connection } from '../kube/connect.js';
import { isKubeError } from '../kube/error.js';
import { UserError } from '../synth/user-error.js';
import { connected, type ClusterOptions } from './cluster.js';
import { EXIT, type ExitCode } from './exit-codes.js';
import { findWorkload } from './rollout/find.js';
import { look } from './rollout/look.js';
import { follow } from './rollout/wait.js';

export interface RolloutOptions extends ClusterOptions {
  readonly namespace?: string;
  readonly output?: 'json' | 'yaml';
}

export interface StatusOptions extends RolloutOptions {
  readonly wait?: boolean;
  readonly timeout: string;
}

/** Shows what a workload does, what it waits for and why, pod by pod. */
export function rolloutGet(named: string, options: RolloutOptions): Promise<ExitCode> {
  return withCluster(options, async ({ api }, namespace) => {
    const { workload, ordinal } = await findWorkload(api, namespace, named);
    print(await look(api, clock, workload, ordinal), options);
    return EXIT.done;
  });
}

/** Says whether a rollout is done, by its exit code too; waits for it where that is asked for. */
export function rolloutStatus(named: string, options: StatusOptions): Promise<ExitCode> {
  const timeout = timeoutOf(options.timeout);
  return withCluster(options, async (connection, namespace) => {
    const { api } = connection;
    const { workload } = await findWorkload(api, namespace, named);
    if (options.wait !== true) {
      const report = await look(api, clock, workload);
      if (options.output === undefined) printLine(report);
      else print(report, options);
      return exitCodeOf(report);
    }
    return wait(connection, workload.metadata, timeout, options);
  });
}

async function wait(
  { api }: Connection,
  { namespace = 'default', name }: { readonly namespace?: string; readonly name: string },
  timeout: number,
  options: StatusOptions,
): Promise<ExitCode> {
  let last: RolloutReport | undefined;
  const outcome = await follow({
    api,
    clock,
    namespace,
    name,
    timeout,
    onState: (workload) => {
      const report = reportOf(workload as unknown as GameStatefulSet, [], clock.now());
      if (options.output === undefined && (last?.message !== report.message || last.phase !== report.phase))
        printLine(report);
      last = report;
      return exitCodeOf(report) !== EXIT.waiting;
    },
    onError: (error) => process.stderr.write(`gamezone: ${textOf(error)}\n`),
  });
  if (outcome === 'gone') {
    process.stderr.write(`gamezone: ${namespace}/${name} is gone\n`);
    return EXIT.failed;
  }
  if (outcome === 'timeout')
    process.stderr.write(
      `gamezone: after ${options.timeout} it is not done: ${last?.message ?? 'nothing was heard'}\n`,
    );
  if (options.output !== undefined) {
    const { workload } = await findWorkload(api, namespace, `gamestatefulset/${name}`);
    print(await look(api, clock, workload), options);
  }
  return last && outcome === 'done' ? exitCodeOf(last) : EXIT.waiting;
}

/** Part of the contract: scripts decide by it. */
export function exitCodeOf({ phase }: Pick<RolloutReport, 'phase'>): ExitCode {
  switch (phase) {
    case 'Healthy':
      return EXIT.done;
    case 'Degraded':
      return EXIT.failed;
    case 'Progressing':
    case 'Paused':
    case 'Aborting':
    case 'Unseen':
      return EXIT.waiting;
  }
}

async function withCluster(
  options: RolloutOptions,
  run: (connection: Connection, namespace: string) => Promise<ExitCode>,
): Promise<ExitCode> {
  const connection = connected(options);
  try {
    return await run(connection, options.namespace ?? connection.namespace);
  } catch (error) {
    if (!isKubeError(error)) throw error;
    process.stderr.write(`gamezone: ${connection.server}: ${error.message}\n`);
    return EXIT.failed;
  } finally {
    await connection.close();
  }
}

function timeoutOf(text: string): number {
  const timeout = parseDuration(text);
  if (typeof timeout !== 'number') throw new UserError(`--timeout ${text}: ${timeout.message}`, { hint: timeout.hint });
  return timeout;
}

function print(report: RolloutReport, { output }: RolloutOptions): void {
  if (output === 'json') process.stdout.write(`${JSON.stringify(report, undefined, 2)}\n`);
  else if (output === 'yaml') process.stdout.write(dump(report, { noRefs: true, lineWidth: -1 }));
  else process.stdout.write(`${reportLines(report, paint()).join('\n')}\n`);
}

const printLine = (report: RolloutReport): void => void process.stdout.write(`${summaryLine(report, paint())}\n`);

const paint = (): Paint => (process.stdout.isTTY && (process.env['NO_COLOR'] ?? '') === '' ? coloured : plain);
