import { Option } from 'commander';
import type { Command } from 'commander';
import { clusterOptions } from '../cluster-options.js';
import type { ExitCode } from '../exit-codes.js';
import type { DiffOptions } from './diff.js';
import type { GcOptions } from './gc.js';
import type { LockOptions } from './lock.js';
import type { LsOptions } from './ls.js';
import type { SmbConfOptions } from './smb-conf.js';
import type { SyncOptions } from './sync.js';
import type { WaitOptions } from './wait.js';

const CREDENTIALS = 'where <Secret>/<key> files are (besides GAMEZONE_SECRET_<SECRET>_<KEY> variables)';

const json = (): Option => new Option('-o, --output <format>', 'for programs').choices(['json']);

/** `gamezone artifacts`: what each command does is loaded when it is called. */
export function artifactCommands(program: Command, done: (code: ExitCode) => void): void {
  const artifacts = program
    .command('artifacts')
    .description('Files that the game needs and its image does not carry: from Perforce, git and S3 onto a volume.');

  artifacts
    .command('lock')
    .argument('[file...]', 'zone files and zone programs; without one, the only zone.{yaml,ts,js} here')
    .option('--check', 'ask nobody and write nothing; fail when gamezone.lock does not cover every source')
    .option('--credentials <folder>', CREDENTIALS)
    .description('Write into gamezone.lock what branches, prefixes and heads mean now. Commit it: synth uses it.')
    .addHelpText('after', '\nExit codes: 0 done, 1 failed (--check: not up to date), 2 wrong usage or input.')
    .action(async (files: string[], options: LockOptions) => {
      done(await (await import('./lock.js')).lockArtifacts(files, options));
    });

  artifacts
    .command('sync')
    .argument('<zone-file>', 'the zone file whose sources are fetched')
    .requiredOption('--to <folder>', 'the volume')
    .option('--volume <name>', 'NAME or ZONE/NAME, where the file opens several')
    .option('--credentials <folder>', CREDENTIALS)
    .option('--release <id>', 'fail unless the sources come to this release')
    .option('--live', 'bring live/ up to it (default: where a source moves)')
    .option('--no-live', 'leave live/ alone')
    .option('--max-bytes <size>', 'refuse more than this, such as 50Gi')
    .option('--concurrency <count>', 'files that are fetched at the same time', '16')
    .addOption(json())
    .description('Fetch what a zone needs and lay it over each other as one release. Goes on where it was stopped.')
    .addHelpText('after', '\nExit codes: 0 done, 1 failed, 2 wrong usage or input.')
    .action(async (file: string, options: SyncOptions) => {
      done(await (await import('./sync.js')).syncArtifacts(file, options));
    });

  artifacts
    .command('ls')
    .argument('<folder>', 'the volume')
    .option('--verify', 'read every file once more and say which is not what it was')
    .addOption(json())
    .description('Show the releases on a volume.')
    .action(async (folder: string, options: LsOptions) => {
      done(await (await import('./ls.js')).listReleases(folder, options));
    });

  artifacts
    .command('wait')
    .argument('<release>', 'the id of the release')
    .requiredOption('--in <folder>', 'the volume')
    .option('--timeout <duration>', 'how long to wait', '1h')
    .description('Wait until a release is complete on a volume: for init containers.')
    .addHelpText('after', '\nExit codes: 0 it is there, 1 failed, 2 wrong usage, 3 the time is over.')
    .action(async (release: string, options: WaitOptions) => {
      done(await (await import('./wait.js')).waitForArtifacts(release, options));
    });

  artifacts
    .command('diff')
    .argument('<folder>', 'the volume')
    .argument('<from>', 'a release, by its id or the beginning of it')
    .argument('<to>', 'another one')
    .addOption(json())
    .description('Show which files two releases have differently.')
    .action(async (folder: string, from: string, to: string, options: DiffOptions) => {
      done(await (await import('./diff.js')).diffArtifacts(folder, from, to, options));
    });

  clusterOptions(artifacts.command('gc'))
    .argument('<folder>', 'the volume')
    .option('--from-cluster', 'ask the cluster which releases are named there: they stay')
    .option(
      '-n, --namespace <names>',
      'ask in these namespaces only (comma-separated or repeated; default: all)',
      listed,
    ) // prettier-ignore
    .option('--in-use <ids>', 'releases that stay (comma-separated or repeated); `none` where no pod uses any', listed)
    .option('--keep <count>', 'so many of the newest stay too', '3')
    .option('--dry-run', 'remove nothing, and say what would go')
    .addOption(json())
    .description('Remove releases that nobody needs. What live/ was made from stays.')
    .addHelpText(
      'after',
      '\nExit codes: 0 done, 1 failed (nothing is removed where the cluster does not answer), 2 wrong usage.',
    )
    .action(async (folder: string, options: GcOptions) => {
      done(await (await import('./gc.js')).collectReleases(folder, options));
    });

  artifacts
    .command('smb-conf')
    .argument('<folder>', 'the volume, as the Samba server sees it')
    .option('--user <name>', 'whom testers log in as (its password: smbpasswd -a)', 'tester')
    .option('--system-user <name>', 'whom files are read and written as (default: you)')
    .option('--port <port>', 'the TCP port', '445')
    .option('--state <folder>', 'where Samba keeps its own files (default: /var/lib/samba)')
    .description('Print the smb.conf that shares a volume: live/ read-write, releases/ read-only.')
    .action(async (folder: string, options: SmbConfOptions) => {
      done((await import('./smb-conf.js')).printSambaConfig(folder, options));
    });
}

const listed = (ids: string, before: readonly string[] | undefined): readonly string[] => [
  ...(before ?? []),
  ...ids.split(',').filter((id) => id !== ''),
];
