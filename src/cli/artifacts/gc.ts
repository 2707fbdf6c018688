import { collect } from '../../artifacts/collect.js';
import { isReleaseId } from '../../artifacts/state.js';
import { Secrets } from '../../artifacts/secrets.js';
import { UserError } from '../../synth/user-error.js';
import { EXIT } from '../exit-codes.js';
import { connected, type ClusterOptions } from '../cluster.js';
import type { ExitCode } from '../exit-codes.js';
import { wholeNumber } from './amounts.js';
import { failing } from './failing.js';
import { volumeAt } from './ls.js';
import { bytesText } from './progress-view.js';
import { releasesInCluster } from './releases-in-cluster.js';
import { untilSignal } from './until-signal.js';

export interface GcOptions extends ClusterOptions {
  readonly inUse?: readonly string[];
  readonly fromCluster?: boolean;
  readonly namespace?: readonly string[];
  readonly keep: string;
  readonly dryRun?: boolean;
  readonly output?: 'json';
}

/** Removes the releases that nobody needs. Which ones pods use, the cluster knows, or the caller. */
export function collectReleases(folder: string, options: GcOptions): Promise<ExitCode> {
  return failing(new Secrets(), async () => {
    const keep = wholeNumber('--keep', options.keep, 0, 100_000);
    const named = namedReleases(options);
    const volume = volumeAt(folder);
    const connection = options.fromCluster === true ? connected(options) : undefined;
    const { signal, forget } = untilSignal();
    try {
      const { removed, kept, freed } = await collect({
        volume,
        inUse: async () =>
          connection
            ? [...named, ...(await releasesInCluster(connection.api, options.namespace ?? [], signal))]
            : named,
        keep,
        dryRun: options.dryRun === true,
        signal,
        onWait: (holder) => void process.stderr.write(`waiting: ${holder} works on ${folder}\n`),
      });
      if (options.output === 'json') {
        process.stdout.write(`${JSON.stringify({ removed: removed.map(({ release }) => release), kept, freed })}\n`);
        return EXIT.done;
      }
      const verb = options.dryRun === true ? 'would remove' : 'removed';
      for (const { release, why } of kept) process.stdout.write(`kept ${release.slice(0, 10)}: ${why}\n`);
      for (const { release, made } of removed)
        process.stdout.write(`${verb} ${release.slice(0, 10)}, made ${made.slice(0, 10)}\n`);
      process.stdout.write(`${verb} ${removed.length} releases, ${bytesText(freed)}\n`);
      return EXIT.done;
    } finally {
      forget();
      await connection?.close();
    }
  });
}

/** @throws UserError where neither they nor the cluster say what is in use: a game whose folder vanishes reads an empty one */
function namedReleases({ inUse, fromCluster, namespace }: GcOptions): readonly string[] {
  if (inUse === undefined && fromCluster !== true)
    throw new UserError('nobody says which releases are in use', {
      hint: 'ask the cluster with --from-cluster, name them with --in-use, or write --in-use none where no pod mounts the volume',
    });
  if (namespace !== undefined && fromCluster !== true)
    throw new UserError('--namespace says where --from-cluster asks, and that is not given', { hint: 'add it' });
  const named = (inUse ?? []).filter((id) => id !== 'none');
  const wrong = named.find((id) => !isReleaseId(id) && !/^[0-9a-f]{10,63}$/.test(id));
  if (wrong === undefined) return named;
  throw new UserError(`--in-use ${wrong}: not the id of a release`, {
    hint: 'write what the annotation gamezone.dev/artifacts of a pod says, or its first ten characters',
  });
}
