import fs from 'node:fs';
import type { Files } from '../../../src/cluster/persistence/files.js';

/** What changes files; the steps at which it can break. */
const STEPS = ['chmodSync', 'fsyncSync', 'ftruncateSync', 'mkdirSync', 'renameSync', 'rmSync', 'writeSync'] as const;

export type Break =
  /** The process ends there: nothing more is done by anybody. */
  | { readonly how: 'dies'; readonly at: number; readonly isHalfway: boolean }
  /** This step fails, and so do the next ones, so many in all: a write nearly at its end, a rename though it was done. */
  | { readonly how: 'fails'; readonly at: number; readonly steps: number; readonly code: string };

export interface BreakingFiles {
  readonly files: Files;
  /** Steps so far. */
  readonly count: () => number;
  readonly isDead: () => boolean;
  /** Closes what a dead process leaves open. */
  readonly end: () => void;
}

/** The real files, that break at one step: before it, or in the midst of it, where a rename is done and a write is half done. */
export function breakingFiles(at?: Break): BreakingFiles {
  const open = new Set<number>();
  let [count, isDead] = [0, false];
  const alive = (): void => {
    if (isDead) throw new Error('this process is dead');
  };
  const step = <A extends unknown[], R>(name: string, act: (...args: A) => R, args: A): R => {
    alive();
    const here = count++;
    if (at?.how === 'dies' && here === at.at) {
      isDead = true;
      if (at.isHalfway && name === 'writeSync') {
        const [descriptor, bytes, from, length, position] = args as unknown as [number, Buffer, number, number, number];
        fs.writeSync(descriptor, bytes, from, Math.floor(length / 2), position);
      } else if (at.isHalfway) act(...args);
      alive();
    }
    if (at?.how === 'fails' && here >= at.at && here < at.at + at.steps) {
      if (name === 'writeSync') {
        const [descriptor, bytes, from, length, position] = args as unknown as [number, Buffer, number, number, number];
        fs.writeSync(descriptor, bytes, from, length - 1, position);
      } else if (name === 'renameSync') act(...args);
      throw Object.assign(new Error(`${at.code}: it fails, ${name}`), { code: at.code });
    }
    return act(...args);
  };
  const files = { ...fs } as Record<string, unknown>;
  for (const name of STEPS) {
    const act = fs[name] as (...args: unknown[]) => unknown;
    files[name] = (...args: unknown[]) => step(name, act, args);
  }
  files['openSync'] = (...args: Parameters<typeof fs.openSync>) => {
    alive();
    const descriptor = fs.openSync(...args);
    open.add(descriptor);
    return descriptor;
  };
  files['closeSync'] = (descriptor: number) => {
    alive();
    open.delete(descriptor);
    fs.closeSync(descriptor);
  };
  return {
    files: files as unknown as Files,
    count: () => count,
    isDead: () => isDead,
    end: () => open.forEach((descriptor) => fs.closeSync(descriptor)),
  };
}
