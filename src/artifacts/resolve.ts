import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Pin } from '../../constructs/model/release.js';
import { Progress } from './progress.js';
import type { Secrets } from './secrets.js';
import { openSource } from './sources/open.js';
import type { SourceSpec } from './sources/open.js';

/** What each source means now, in their order. Nothing is fetched but what that takes. */
export async function resolvePins(
  specs: readonly SourceSpec[],
  {
    secrets,
    signal,
    onSource,
  }: { readonly secrets: Secrets; readonly signal: AbortSignal; readonly onSource: (name: string) => void },
): Promise<Pin[]> {
  const cache = await mkdtemp(join(tmpdir(), 'gamezone-lock-'));
  const pins: Pin[] = [];
  try {
    for (const spec of specs) {
      const source = openSource(spec, { secrets, signal, cache, progress: new Progress(), concurrency: 4 });
      try {
        onSource(source.name);
        pins.push(await source.resolve());
      } finally {
        await source.close();
      }
    }
  } finally {
    await rm(cache, { recursive: true, force: true });
  }
  return pins;
}
