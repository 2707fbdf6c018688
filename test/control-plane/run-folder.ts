import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { identify, isAlive, killForGood, type ProcessIdentity } from './process-identity.js';

/**
 * Everything that one run leaves on disk: data, certificates, logs, and who its processes are.
 *
 * The starter is in the folder's name, so that no moment exists in which a folder does not say whose it is. Whoever starts next
 * looks for folders whose starter is gone, kills the processes that are named there and removes them.
 */
export class RunFolder {
  private constructor(public readonly path: string) {}

  /** A new folder, after cleaning up what runs that were killed have left. */
  public static async create(): Promise<RunFolder> {
    await removeLeftovers();
    const starter = identify(process.pid)!;
    const folder = new RunFolder(mkdtempSync(join(tmpdir(), `${PREFIX}${starter.pid}.${starter.birth}.`)));
    removeAtExit(folder);
    return folder;
  }

  public file(...names: readonly string[]): string {
    return join(this.path, ...names);
  }

  /** Writes a file that only we may read. @returns its path */
  public write(name: string, text: string): string {
    const path = this.file(name);
    writeFileSync(path, text, { mode: 0o600 });
    return path;
  }

  /** Remembers a process, for whoever cleans up after a starter that was killed. */
  public remember(name: string, pid: number): void {
    const child = identify(pid);
    if (child) this.write(`${name}${PID_FILE}`, `${child.pid} ${child.birth}`);
  }

  /** Kills what is left of its processes and removes it. */
  public remove(): void {
    living.delete(this);
    childrenOf(this.path).forEach(killForGood);
    removeFolder(this.path);
  }
}

const PREFIX = 'gamezone-control-plane.';
const PID_FILE = '.pid';
const endsWithin = 5_000;

const living = new Set<RunFolder>();
const SIGNALS = { SIGINT: 2, SIGTERM: 15, SIGHUP: 1 } as const;
let isWatching = false;

/** Also when a signal ends this process, if nobody else minds the signal. */
function removeAtExit(folder: RunFolder): void {
  living.add(folder);
  if (isWatching) return;
  isWatching = true;
  process.on('exit', () => living.forEach((one) => one.remove()));
  for (const [signal, number] of Object.entries(SIGNALS))
    process.on(signal, () => {
      if (process.listenerCount(signal) === 1) process.exit(128 + number);
    });
}

/** Kills the processes and removes the folders of runs whose starter is gone. @returns the folders */
export async function removeLeftovers(): Promise<string[]> {
  const leftovers = readdirSync(tmpdir())
    .filter(isAbandoned)
    .map((name) => join(tmpdir(), name))
    .filter(isOurs);
  for (const path of leftovers) {
    const children = childrenOf(path);
    children.forEach(killForGood);
    const deadline = Date.now() + endsWithin;
    while (children.some(isAlive) && Date.now() < deadline) await new Promise((resolve) => setTimeout(resolve, 10));
    removeFolder(path);
  }
  return leftovers;
}

/** Patiently: a process that was just killed may still be writing its last file. */
function removeFolder(path: string): void {
  rmSync(path, { recursive: true, force: true, maxRetries: 10, retryDelay: 20 });
}

function isAbandoned(name: string): boolean {
  const [, pid, birth] = /^gamezone-control-plane\.(\d+)\.([0-9a-f]{12})\.\w+$/.exec(name) ?? [];
  return pid !== undefined && birth !== undefined && !isAlive({ pid: Number(pid), birth });
}

function isOurs(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false })?.uid === process.getuid?.();
}

function childrenOf(folder: string): ProcessIdentity[] {
  if (!existsSync(folder)) return [];
  return readdirSync(folder)
    .filter((name) => name.endsWith(PID_FILE))
    .map((name) => readFileSync(join(folder, name), 'utf8').split(' '))
    .map(([pid, birth]) => ({ pid: Number(pid), birth: birth ?? '' }));
}
