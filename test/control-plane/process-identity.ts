import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';

/** A process, told from every later one that gets the same id. */
export interface ProcessIdentity {
  readonly pid: number;
  /** Twelve hexadecimal digits that stand for the moment of its start. */
  readonly birth: string;
}

/** Undefined when no such process runs. */
export function identify(pid: number): ProcessIdentity | undefined {
  const start = process.platform === 'linux' ? startFromProc(pid) : startFromPs(pid);
  if (start === undefined) return undefined;
  return { pid, birth: createHash('sha256').update(start).digest('hex').slice(0, 12) };
}

export function isAlive({ pid, birth }: ProcessIdentity): boolean {
  return identify(pid)?.birth === birth;
}

/** Kills it, and never another process that has its id by now. */
export function killForGood(identity: ProcessIdentity): void {
  if (!isAlive(identity)) return;
  try {
    process.kill(identity.pid, 'SIGKILL');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error;
  }
}

/** Clock ticks since the machine booted, and which boot that was. */
function startFromProc(pid: number): string | undefined {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    // The name of the program stands in parentheses and may itself contain some.
    const [state, ...rest] = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    const ended = state === 'Z' || state === 'X';
    return ended ? undefined : `${readFileSync('/proc/sys/kernel/random/boot_id', 'utf8')} ${rest[18]}`;
  } catch {
    return undefined;
  }
}

function startFromPs(pid: number): string | undefined {
  try {
    return execFileSync('ps', ['-o', 'lstart=', '-p', String(pid)], { encoding: 'utf8' });
  } catch {
    return undefined;
  }
}
