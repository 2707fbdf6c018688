import { setTimeout as sleep } from 'node:timers/promises';
import { readMarker } from './state.js';
import type { ReleaseInfo } from './state.js';
import type { Volume } from './volume.js';

/** How often the volume is looked at, in milliseconds. Volumes of a network tell nobody of changes. */
const LOOK = 1000;

/**
 * Waits until a release is complete on a volume; its marker is the last of it to appear, and an empty folder, such as the
 * kubelet makes for a mount, is none. Undefined when the time is over.
 *
 * @param timeout in milliseconds
 */
export async function waitForRelease(
  volume: Volume,
  release: string,
  timeout: number,
  signal: AbortSignal,
  clock: { now(): number; sleep(milliseconds: number): Promise<void> } = {
    now: () => performance.now(),
    sleep: (milliseconds) => sleep(milliseconds, undefined, { signal }),
  },
): Promise<ReleaseInfo | undefined> {
  const until = clock.now() + timeout;
  for (;;) {
    const there = await readMarker(volume, release);
    if (there) return there;
    const left = until - clock.now();
    if (left <= 0) return undefined;
    await clock.sleep(Math.min(LOOK, left));
  }
}
