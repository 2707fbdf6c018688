import { mkdir, rename, rm, symlink, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { MARKER } from './entry.js';
import { makeFolder } from './make-folder.js';
import { parentsOf } from './overlay.js';
import type { Progress } from './progress.js';
import { writeIndex } from './release-index.js';
import type { IndexEntry } from './release-index.js';
import type { ReleaseInfo } from './state.js';
import type { Store } from './store.js';
import { together } from './together.js';
import { flushed } from './flush.js';
import type { Volume } from './volume.js';

const LINKS_AT_ONCE = 16;

/**
 * Makes a release appear: linked together under another name, brought to disk, renamed. Who reads the volume sees all of it or
 * none of it, whenever this is killed.
 */
export async function publish(
  volume: Volume,
  store: Store,
  info: ReleaseInfo,
  entries: readonly IndexEntry[],
  progress: Progress,
): Promise<void> {
  const stage = join(volume.work, `${info.release}.stage`);
  await rm(stage, { recursive: true, force: true });
  await makeFolder(stage);
  const folders = new Set(entries.flatMap(({ path }) => [...parentsOf(path)]));
  for (const folder of [...folders].sort()) await mkdir(join(stage, folder));
  await together(entries, LINKS_AT_ONCE, async (entry) => {
    const to = join(stage, entry.path);
    if (entry.kind === 'link') await symlink(entry.target, to);
    else await store.link(entry, entry.executable, to);
    progress.addFile();
  });
  await writeFile(join(stage, MARKER), `${JSON.stringify(info, undefined, 2)}\n`, { mode: 0o444 });
  await writeIndex(volume.indexOf(info.release), entries);
  await flushed(stage);
  const release = volume.release(info.release);
  // Something without a marker is no release; the kubelet itself makes an empty folder where it finds none.
  await rm(release, { recursive: true, force: true });
  await rename(stage, release);
  await flushed(dirname(release));
}
