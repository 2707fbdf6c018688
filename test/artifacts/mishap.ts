import { AsyncLocalStorage } from 'node:async_hooks';
import fs from 'node:fs/promises';
import type { FileHandle } from 'node:fs/promises';

type Step = (...args: never[]) => Promise<unknown>;

/** What changes a file system. */
const CHANGES = ['mkdir', 'writeFile', 'rename', 'rm', 'rmdir', 'link', 'symlink', 'copyFile', 'chmod', 'utimes', 'open'] as const; // prettier-ignore

/** What befalls a run at its n-th change of the file system. It costs milliseconds, where a process costs half a second. */
export interface Mishap {
  /**
   * @param change what was asked for
   * @param half what a kill in its midst would leave
   * @param name the function of `node:fs/promises`, or `write` and `sync` of an open file
   */
  step(change: () => Promise<unknown>, half: () => Promise<unknown>, name: string): Promise<unknown>;
}

/** It is killed there: what it had asked for before still happens, and nothing after it. */
export class Dying implements Mishap {
  private steps = 0;
  private isDead = false;
  private underWay = 0;
  private died!: () => void;
  private readonly death = new Promise<void>((resolve) => (this.died = resolve));

  /**
   * @param at which change is its last one
   * @param isHalfway whether half of what is written then still is
   */
  constructor(
    private readonly at: number,
    private readonly isHalfway: boolean,
  ) {}

  /** Whether it came so far. What it throws otherwise is handed through. */
  async run(work: () => Promise<unknown>): Promise<boolean> {
    const done = RUNNING.run(this, work).then(() => false);
    done.catch(() => undefined); // of a dead run nobody hears
    const isKilled = await Promise.race([done, this.death.then(() => true)]);
    while (isKilled && this.underWay > 0) await new Promise((resolve) => setImmediate(resolve));
    return isKilled;
  }

  async step(change: () => Promise<unknown>, half: () => Promise<unknown>): Promise<unknown> {
    if (this.isDead) return NEVER;
    const isLast = this.steps++ === this.at;
    if (isLast) this.isDead = true;
    this.underWay++;
    try {
      if (!isLast) return await change();
      if (this.isHalfway) await half();
    } finally {
      this.underWay--;
    }
    this.died();
    return NEVER;
  }
}

/** From there on the disk is full: nothing can be made or written, and everything can still be removed. */
export class FullDisk implements Mishap {
  private steps = 0;

  constructor(private readonly from: number) {}

  /** What the run failed with; undefined where the disk sufficed. */
  async run(work: () => Promise<unknown>): Promise<unknown> {
    return RUNNING.run(this, work).then(
      () => undefined,
      (error: unknown) => error,
    );
  }

  async step(change: () => Promise<unknown>, half: () => Promise<unknown>, name: string): Promise<unknown> {
    if (this.steps++ < this.from || ['rm', 'rmdir', 'chmod', 'utimes', 'rename'].includes(name)) return change();
    await half();
    throw Object.assign(new Error(`ENOSPC: no space left on device, ${name}`), { code: 'ENOSPC' });
  }
}

const RUNNING = new AsyncLocalStorage<Mishap>();
const NEVER = new Promise<never>(() => undefined);

/** `node:fs/promises` for modules whose runs may die; without such a run it is what it always is. */
export function mortalFileSystem(): typeof fs {
  const changed = CHANGES.map((name) => {
    const original = fs[name] as Step;
    const step: Step = (...args) => {
      const run = RUNNING.getStore();
      if (!run) return original(...args);
      return run.step(
        async () => (name === 'open' ? mortal((await original(...args)) as FileHandle) : original(...args)),
        () => halfOf(name, args),
        name,
      );
    };
    return [name, step];
  });
  return { ...fs, ...(Object.fromEntries(changed) as typeof fs) };
}

async function halfOf(name: string, args: readonly unknown[]): Promise<void> {
  const [one, two] = args as [string, string];
  if (name === 'writeFile') await fs.writeFile(one, two.slice(0, two.length / 2));
  if (name === 'copyFile') await fs.writeFile(two, (await fs.readFile(one)).subarray(0, 1));
  if (name === 'rm') for (const inner of await fs.readdir(one).catch(() => [])) return fs.rm(`${one}/${inner}`, { recursive: true }); // prettier-ignore
}

/** An open file whose changes count too. */
function mortal(file: FileHandle): FileHandle {
  return new Proxy(file, {
    get(target, name) {
      const member = Reflect.get(target, name) as unknown;
      if (typeof member !== 'function') return member;
      const call = (member as Step).bind(target);
      if (name !== 'write' && name !== 'sync') return call;
      return (...args: never[]) => {
        const run = RUNNING.getStore();
        const [chunk, offset, length, position] = args as unknown as [Uint8Array, number, number, number | null];
        return run
          ? run.step(
              () => call(...args),
              () => (name === 'sync' ? Promise.resolve() : target.write(chunk, offset, length >> 1, position)),
              name,
            )
          : call(...args);
      };
    },
  });
}
