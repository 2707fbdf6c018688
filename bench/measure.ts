import { spawnSync } from 'node:child_process';
import { basename, join } from 'node:path';
import { build } from 'esbuild';

/** Smallest, middle and largest of several runs. */
export interface Spread {
  readonly min: number;
  readonly median: number;
  readonly max: number;
}

export function spreadOf(values: readonly number[]): Spread {
  const sorted = [...values].sort((a, b) => a - b);
  return { min: sorted[0]!, median: sorted[Math.floor(sorted.length / 2)]!, max: sorted.at(-1)! };
}

/** A command to be timed as a whole process. */
export interface Timed {
  readonly command: string;
  readonly args: readonly string[];
  readonly cwd?: string;
}

/** Runs a process to its end; its wall time in milliseconds. Throws when it fails. */
export function wallTime({ command, args, cwd }: Timed): number {
  const start = performance.now();
  const { status, stderr } = spawnSync(command, args, { cwd, stdio: ['ignore', 'ignore', 'pipe'], encoding: 'utf8' });
  if (status !== 0) throw new Error(`${command} ${args.join(' ')} ended with ${String(status)}: ${stderr}`);
  return performance.now() - start;
}

/**
 * Two measurements in turn, A B A B ..., after one warm-up each, so that both see the same machine. The ratios are those
 * of neighbouring runs.
 */
export async function inTurn(
  runs: number,
  measureA: () => number | Promise<number>,
  measureB: () => number | Promise<number>,
): Promise<{ readonly a: Spread; readonly b: Spread; readonly ratio: Spread }> {
  await measureA();
  await measureB();
  const a: number[] = [];
  const b: number[] = [];
  for (let run = 0; run < runs; run++) {
    a.push(await measureA());
    b.push(await measureB());
  }
  return { a: spreadOf(a), b: spreadOf(b), ratio: spreadOf(a.map((value, run) => value / b[run]!)) };
}

/** Bundles a module as the product is bundled, so that what is timed is not the loading of TypeScript. */
export async function bundled(module: string): Promise<string> {
  const outfile = join('bench/out', `${basename(module, '.ts')}.mjs`);
  await build({
    entryPoints: [module],
    outfile,
    bundle: true,
    platform: 'node',
    format: 'esm',
    minify: true,
    logLevel: 'warning',
  });
  return outfile;
}

/** Runs a module in a process of its own; the last line that it prints is its JSON result. */
export function resultOf<T>(module: string, args: readonly string[]): T {
  const { status, stdout, stderr } = spawnSync(process.execPath, [module, ...args], {
    encoding: 'utf8',
    maxBuffer: 1 << 28,
  });
  if (status !== 0) throw new Error(`${module} ended with ${String(status)}: ${stderr}`);
  return JSON.parse(stdout.trim().split('\n').at(-1)!) as T;
}

/** One figure of a bench, and whether it meets its goal. */
export interface Figure {
  readonly what: string;
  readonly against: string;
  readonly goal: string;
  readonly ratio: Spread;
  readonly met: boolean;
}

/** Prints figures, one line each; a missed goal makes the process fail. */
export function report(figures: readonly Figure[]): void {
  for (const { what, against, goal, ratio, met } of figures) {
    const figure = `${ratio.median.toFixed(2)} (${ratio.min.toFixed(2)} to ${ratio.max.toFixed(2)})`;
    console.log(`${met ? 'met   ' : 'MISSED'} ${what} / ${against}: ${figure}; goal ${goal}`);
  }
  if (figures.some(({ met }) => !met)) process.exitCode = 1;
}
