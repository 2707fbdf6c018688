/** `npm run control-plane`: a control plane for a person, or around a command. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { constants } from 'node:os';
import { delimiter } from 'node:path';
import { parseCommandLine, USAGE } from './command-line.js';
import type { ControlPlane } from './control-plane.js';
import { LocalControlPlane } from './local-control-plane.js';
import { startControlPlane } from './start.js';

const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;
const lookForParentEvery = 500;

process.exitCode = await main(process.argv.slice(2));

async function main(args: readonly string[]): Promise<number> {
  const request = parseCommandLine(args);
  switch (request.kind) {
    case 'help':
      process.stdout.write(USAGE);
      return 0;
    case 'wrong':
      process.stderr.write(`${request.problem}\n\n${USAGE}`);
      return 2;
    case 'run':
      endWithParent();
      try {
        const { command, kind: _, ...options } = request;
        return await runWith(options, command);
      } catch (error) {
        process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
        return 1;
      }
  }
}

async function runWith(options: Parameters<typeof startControlPlane>[0], command: readonly string[]): Promise<number> {
  const begin = Date.now();
  const controlPlane = await startControlPlane(options);
  try {
    const { gitVersion } = (await controlPlane.send('GET', '/version')).body as { readonly gitVersion: string };
    const seconds = ((Date.now() - begin) / 1000).toFixed(1);
    process.stderr.write(`Kubernetes ${gitVersion} is up at ${controlPlane.url}, after ${seconds} s\n`);
    const [program, ...args] = command;
    return program === undefined ? await untilSignal(controlPlane) : await run(program, args, controlPlane);
  } finally {
    await controlPlane.stop();
  }
}

async function untilSignal({ kubeconfig, programs }: ControlPlane): Promise<number> {
  process.stdout.write(`export KUBECONFIG=${kubeconfig}\n`);
  if (programs !== undefined) process.stdout.write(`export PATH=${programs}${delimiter}$PATH\n`);
  process.stderr.write('Ctrl-C ends it and removes all of it.\n');
  // A signal alone does not keep Node running.
  const alive = setInterval(() => undefined, 1 << 30);
  await Promise.race(SIGNALS.map((signal) => once(process, signal)));
  clearInterval(alive);
  return 0;
}

/** @returns its exit code, as a shell would tell it */
async function run(program: string, args: readonly string[], controlPlane: ControlPlane): Promise<number> {
  const { kubeconfig, programs } = controlPlane;
  const path = [programs, process.env['PATH']].filter((part) => part !== undefined).join(delimiter);
  const child = spawn(program, args, { stdio: 'inherit', env: { ...process.env, KUBECONFIG: kubeconfig, PATH: path } });
  if (child.pid !== undefined && controlPlane instanceof LocalControlPlane)
    controlPlane.folder.remember('command', child.pid);
  for (const signal of SIGNALS)
    process.on(signal, () => {
      // A terminal sends its Ctrl-C to the command as well, and two of them mean something else to many programs.
      if (signal !== 'SIGINT' || !process.stdin.isTTY) child.kill(signal);
    });
  return new Promise((resolve) => {
    child.on('error', (error: NodeJS.ErrnoException) => {
      process.stderr.write(`${program} cannot be run: ${error.message}\n`);
      resolve(error.code === 'ENOENT' ? 127 : 126);
    });
    child.on('exit', (code, signal) => resolve(code ?? 128 + (signal === null ? 0 : constants.signals[signal])));
  });
}

/** When npm is killed, we are not told, and would run on without anybody to end us. */
function endWithParent(): void {
  const parent = process.ppid;
  const look = setInterval(() => {
    if (process.ppid !== parent) process.exit(1);
  }, lookForParentEvery);
  look.unref();
}
