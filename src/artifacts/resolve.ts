import type { Pin } from '../../constructs/model/release.js';
import { Progress } from './progress.js';
import type { Secrets } from './secrets.js';
import { openSource } from './sources/open.js';
import { PrivateFolder } from './sources/private-folder.js';
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
  await PrivateFolder.removeAbandoned();
  const folder = await PrivateFolder.make();
  const pins: Pin[] = [];
  try {
    for (const spec of specs) {
      const source = openSource(spec, {
        secrets,
        signal,
        cache: folder.path,
        progress: new Progress(),
        concurrency: 4,
      });
      try {
        onSource(source.name);
        pins.push(await source.resolve());
      } finally {
        await source.close();
      }
    }
  } finally {
    await folder.remove();
  }
  return pins;
}
