import { hostname } from 'node:os';
import { link, readFile, rename, rm, stat, utimes, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { codeOf } from './error.js';
import { startOf } from './process-start.js';
import { WITHOUT_LINKS } from './store.js';
import type { Volume } from './volume.js';

/** Who works on a volume. */
interface Holder {
  readonly host: string;
  readonly pid: number;
  readonly started: string;
}

/** How often the holder says that it lives, in milliseconds. */
const BEAT = 5_000;
/** Without a sign of life for so long, seen from here and not by the clocks of two machines, the holder is taken for dead. */
const SILENT = 60_000;

/** At most one process works on a volume: Jobs of two revisions may well meet there. */
export class VolumeLock {
  private readonly timer: NodeJS.Timeout;

  private constructor(private readonly path: string) {
    this.timer = setInterval(() => void utimes(path, new Date(), new Date()).catch(() => undefined), BEAT);
    this.timer.unref();
  }

  /**
   * Waits until nobody else works on the volume.
   *
   * @param onWait is told who does
   */
  static async take(volume: Volume, signal: AbortSignal, onWait: (holder: string) => void): Promise<VolumeLock> {
    const path = join(volume.work, 'lock');
    const mine = JSON.stringify({ host: hostname(), pid: process.pid, started: startOf(process.pid) } satisfies Holder);
    let seen: { beat: number; at: number } | undefined;
    for (let attempt = 0; !(await create(path, mine)); attempt++) {
      signal.throwIfAborted();
      const [text, beat] = await holderOf(path);
      if (text === undefined) continue;
      const holder = parsed(text);
      if (seen?.beat !== beat) seen = { beat, at: performance.now() };
      if ((holder && isGone(holder)) || performance.now() - seen.at > SILENT) {
        await removeStale(path, text);
        continue;
      }
      if (attempt === 0) onWait(holder ? `process ${holder.pid} on ${holder.host}` : 'another process');
      await sleep(Math.min(1000, 50 * 2 ** attempt), undefined, { signal });
    }
    return new VolumeLock(path);
  }

  async release(): Promise<void> {
    clearInterval(this.timer);
    await rm(this.path, { force: true });
  }
}

/** Under another name first: who reads a lock must not find half of it. */
async function create(path: string, text: string): Promise<boolean> {
  const own = `${path}.${hostname()}.${process.pid}`;
  // One that a kill left, in a container where ids of processes are the same each time, is the lock itself by another name.
  await rm(own, { force: true });
  await writeFile(own, text);
  try {
    await link(own, path);
    return true;
  } catch (error) {
    if (codeOf(error) === 'EEXIST') return false;
    if (!WITHOUT_LINKS.has(codeOf(error) ?? '')) throw error;
    return await createWithoutLinks(path, text);
  } finally {
    await rm(own, { force: true });
  }
}

async function createWithoutLinks(path: string, text: string): Promise<boolean> {
  try {
    await writeFile(path, text, { flag: 'wx' });
    return true;
  } catch (error) {
    if (codeOf(error) === 'EEXIST') return false;
    throw error;
  }
}

async function holderOf(path: string): Promise<[text: string | undefined, beat: number]> {
  try {
    return [await readFile(path, 'utf8'), (await stat(path)).mtimeMs];
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return [undefined, 0];
    throw error;
  }
}

/** Two that find the same lock stale must not remove the one that the first of them then takes. */
async function removeStale(path: string, text: string): Promise<void> {
  const aside = `${path}.stale.${hostname()}.${process.pid}`;
  try {
    await rename(path, aside);
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return;
    throw error;
  }
  if ((await readFile(aside, 'utf8')) === text) await rm(aside, { force: true });
  else await rename(aside, path);
}

function parsed(text: string): Holder | undefined {
  try {
    const { host, pid, started } = JSON.parse(text) as Partial<Holder>;
    return typeof host === 'string' && typeof pid === 'number' && typeof started === 'string'
      ? { host, pid, started }
      : undefined;
  } catch {
    return undefined;
  }
}

/** Of another machine nobody can tell but by its silence. */
const isGone = ({ host, pid, started }: Holder): boolean => host === hostname() && startOf(pid) !== started;
