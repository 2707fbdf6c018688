import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { existsSync, mkdtempSync, readdirSync, rmSync, symlinkSync } from 'node:fs';
import { connect, createServer, type Server } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { codeOf, DataError } from './data-error.js';

export const LOCK = /^lock-(\d+)-[0-9a-f]{8}$/;

/** Tries, and the longest wait between two of them in milliseconds: two that come at the same moment both step back. */
const TRIES = 4;
const WAIT = 100;

/** Bytes of a socket's path, on the systems that take the fewest. */
const LONGEST_PATH = 100;

/**
 * At most one process has a folder. Each that wants it listens on a socket in it, under a name of its own, and only then looks whether
 * any other listens: of two, the later one finds the earlier. A socket ends with its process, however that ends; so no process id
 * that came again can be mistaken for the holder.
 */
export class FolderLock {
  private constructor(
    private readonly server: Server,
    readonly path: string,
  ) {}

  /** @throws DataError where another process has it */
  static async take(folder: string): Promise<FolderLock> {
    const door = new Door(folder);
    try {
      for (let left = TRIES - 1; ; left--) {
        const holder = await attempt(folder, door);
        if (holder instanceof FolderLock) return holder;
        if (left === 0)
          throw new DataError(`${folder}: process ${holder} works in this folder`, {
            hint: 'end that one, or take another folder',
          });
        await sleep(Math.random() * WAIT);
      }
    } finally {
      door.close();
    }
  }

  async release(): Promise<void> {
    const closed = once(this.server, 'close');
    this.server.close();
    await closed;
    rmSync(this.path, { force: true });
  }

  /** Still to be seen by others. */
  get isThere(): boolean {
    return existsSync(this.path);
  }

  static async listen(folder: string, door: Door): Promise<FolderLock> {
    const name = `lock-${process.pid}-${randomBytes(4).toString('hex')}`;
    const server = createServer((socket) => socket.destroy()).unref();
    server.listen(door.pathTo(name));
    try {
      await once(server, 'listening');
    } catch (cause) {
      throw new DataError(`${folder}: cannot be locked: ${(cause as Error).message}`, {
        hint: 'take a folder that this user may write, on a file system of this machine',
        cause,
      });
    }
    return new FolderLock(server, join(folder, name));
  }
}

/** The lock, or the process that has it or wants it too. */
async function attempt(folder: string, door: Door): Promise<FolderLock | string> {
  const mine = await FolderLock.listen(folder, door);
  const others = readdirSync(folder).filter((name) => LOCK.test(name) && join(folder, name) !== mine.path);
  const dead: string[] = [];
  for (const name of others) {
    if (!(await listens(door.pathTo(name)))) dead.push(name);
    else {
      await mine.release();
      return LOCK.exec(name)![1]!;
    }
  }
  if (!mine.isThere) {
    await mine.release();
    return 'unknown';
  }
  // Only while we listen: whoever has bound a socket and does not listen yet looked dead to us, and will find us when it looks.
  for (const name of dead) rmSync(join(folder, name), { force: true });
  return mine;
}

async function listens(path: string): Promise<boolean> {
  const socket = connect(path);
  try {
    await once(socket, 'connect');
    return true;
  } catch (error) {
    // EAGAIN: more wait to be let in than it holds.
    if (codeOf(error) === 'EAGAIN') return true;
    if (['ECONNREFUSED', 'ENOENT', 'ENOTSOCK', 'ECONNRESET'].includes(codeOf(error))) return false;
    throw error;
  } finally {
    socket.destroy();
  }
}

/** Paths of sockets are short; a folder with a long one is reached through a link. */
class Door {
  private readonly shortcut: string | undefined;

  constructor(private readonly folder: string) {
    if (Buffer.byteLength(join(folder, `lock-${process.pid}-00000000`)) <= LONGEST_PATH) return;
    this.shortcut = mkdtempSync(join(tmpdir(), 'gz-'));
    symlinkSync(folder, join(this.shortcut, 'd'));
  }

  pathTo(name: string): string {
    return join(this.shortcut === undefined ? this.folder : join(this.shortcut, 'd'), name);
  }

  close(): void {
    if (this.shortcut !== undefined) rmSync(this.shortcut, { recursive: true, force: true });
  }
}
