import { Progress } from '../../artifacts/progress.js';
import { Secrets } from '../../artifacts/secrets.js';
import { sync } from '../../artifacts/sync.js';
import type { SyncResult } from '../../artifacts/sync.js';
import { shownPath } from '../../artifacts/printable.js';
import { Volume } from '../../artifacts/volume.js';
import { UserError } from '../../synth/user-error.js';
import { EXIT } from '../exit-codes.js';
import type { ExitCode } from '../exit-codes.js';
import { byteCount, wholeNumber } from './amounts.js';
import { withCredentials } from './credentials.js';
import { failing } from './failing.js';
import { bytesText, showProgress } from './progress-view.js';
import { untilSignal } from './until-signal.js';
import { oneVolume, volumesIn } from './zone.js';

export interface SyncOptions {
  readonly to: string;
  readonly release?: string;
  readonly credentials?: string;
  readonly volume?: string;
  readonly live?: boolean;
  readonly maxBytes?: string;
  readonly concurrency: string;
  readonly output?: 'json';
}

/** Brings the artifacts of a zone onto a volume: what the Job in the cluster runs. */
export function syncArtifacts(file: string, options: SyncOptions): Promise<ExitCode> {
  const secrets = new Secrets();
  return failing(secrets, async () => {
    const maxBytes = options.maxBytes === undefined ? undefined : byteCount('--max-bytes', options.maxBytes);
    const concurrency = wholeNumber('--concurrency', options.concurrency, 1, 128);
    const { volume } = oneVolume(file, await volumesIn(file), options.volume);
    if (options.release !== undefined && volume.release === undefined)
      throw new UserError(
        `${file}: --release names a release, and a source of the volume ${volume.name} is not pinned`,
        {
          hint: 'pin every source (`commit`, `changelist`, `objects`), or run `gamezone artifacts lock`',
        },
      );
    const places = {
      environment: process.env,
      ...(options.credentials !== undefined && { folder: options.credentials }),
    };
    const sources = await Promise.all(volume.sources.map((source) => withCredentials(source, places)));
    const progress = new Progress();
    const view = showProgress(progress, process.stderr);
    const { signal, forget } = untilSignal();
    try {
      const result = await sync({
        volume: new Volume(options.to),
        sources,
        ...(options.release !== undefined && { release: options.release }),
        live: options.live ?? volume.release === undefined,
        ...(maxBytes !== undefined && { maxBytes }),
        concurrency,
        secrets,
        progress,
        signal,
        now: () => new Date(),
        onWait: (holder) => process.stderr.write(`waiting: ${holder} works on ${options.to}\n`),
      });
      view.close();
      report(result, options);
      return EXIT.done;
    } finally {
      forget();
      view.close();
    }
  });
}

function report(result: SyncResult, { to, output }: SyncOptions): void {
  const { release, wasThere, fetched, live, notes } = result;
  if (output === 'json' || !process.stderr.isTTY) {
    const event = { event: 'done', release: release.release, wasThere, files: release.files, bytes: release.bytes, fetched, sources: release.sources, ...(live && { live }), notes }; // prettier-ignore
    (output === 'json' ? process.stdout : process.stderr).write(`${JSON.stringify(event)}\n`);
    if (output === 'json') return;
  }
  const lines = [
    ...notes.map((note) => `note: ${note}`),
    `release ${release.release.slice(0, 10)}: ${release.files} files, ${bytesText(release.bytes)}, in ${to}/releases/${release.release}`,
    ...release.sources.map(({ name, pin }) => `  ${name} at ${String(Object.values(pin)[0]).slice(0, 12)}`),
    wasThere
      ? '  it was there already'
      : `  fetched ${fetched.files} files, ${bytesText(fetched.bytes)}; the rest was there`,
  ];
  if (live) {
    lines.push(
      `  live: ${live.written} files written, ${live.removed} removed, ${live.kept} left as testers changed them`,
    );
    for (const path of live.setAside) lines.push(`  live: ${shownPath(path)} was changed by a tester and by its source: the tester's is in ${to}/edited`); // prettier-ignore
  }
  process.stdout.write(`${lines.join('\n')}\n`);
}
