import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { codeOf } from './error.js';
import { Journal } from './journal.js';
import { readIndex } from './release-index.js';
import { isReleaseId, readReleases } from './state.js';
import type { Store, Stored } from './store.js';
import type { Volume } from './volume.js';

/** Of how many releases, the newest first, the contents are looked up. */
const RELEASES = 3;

/** Which contents are on the volume already, by what their sources call them. */
export class Contents {
  private readonly known = new Map<string, Stored>();

  private constructor(private readonly store: Store) {}

  /** What earlier releases hold, and what syncs that did not come to their end had fetched. */
  static async load(volume: Volume, store: Store): Promise<Contents> {
    const contents = new Contents(store);
    const releases = (await readReleases(volume)).slice(-RELEASES);
    for (const { release } of releases)
      for await (const entry of readIndex(volume.indexOf(release)))
        if (entry.kind === 'file') contents.known.set(entry.identity, { sha256: entry.sha256, size: entry.size });
    // A kill may have come together with that of the machine: what was written last is read before it is believed.
    for (const path of await journalsOf(volume))
      for await (const { identity, ...stored } of Journal.read(path))
        if (!contents.known.has(identity) && (await contents.isSound(stored))) contents.known.set(identity, stored);
    return contents;
  }

  private async isSound(stored: Stored): Promise<boolean> {
    if (await this.store.verify(stored)) return true;
    await this.store.discard(stored.sha256);
    return false;
  }

  add(identity: string, stored: Stored): void {
    this.known.set(identity, stored);
  }

  get(identity: string): Stored | undefined {
    return this.known.get(identity);
  }

  /** What is on the volume of an identity; undefined where it must be fetched. */
  async find(identity: string): Promise<Stored | undefined> {
    const stored = this.known.get(identity);
    return stored && (await this.store.has(stored)) ? stored : undefined;
  }
}

export const journalOf = (volume: Volume, release: string): string => join(volume.work, `${release}.journal`);

export async function journalsOf(volume: Volume): Promise<string[]> {
  try {
    const names = await readdir(volume.work);
    return names
      .filter((name) => name.endsWith('.journal') && isReleaseId(name.slice(0, -8)))
      .map((name) => join(volume.work, name));
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return [];
    throw error;
  }
}
