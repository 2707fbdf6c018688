import { Command, CommanderError, Option } from 'commander';
import { EXIT } from './exit-codes.js';
import type { ExitCode } from './exit-codes.js';
import type { CrdsOptions } from './crds.js';
import type { InitOptions } from './init.js';
import type { SynthOptions } from './synth.js';

/**
 * Runs one command line. Each command is a module of its own, loaded when it is called, so that `--help` stays quick.
 *
 * @returns the exit code of the process
 */
export async function run(args: readonly string[]): Promise<ExitCode> {
  let code: ExitCode = EXIT.done;
  ignoreLeavingReaders();
  const program = commandLine((result) => (code = result));
  try {
    await program.parseAsync(args, { from: 'user' });
    return code;
  } catch (error) {
    if (error instanceof CommanderError) return error.exitCode === 0 ? EXIT.done : EXIT.usage;
    return reportError(error, program.opts<{ verbose?: boolean }>().verbose ?? false);
  }
}

function commandLine(done: (code: ExitCode) => void): Command {
  const program = new Command('gamezone')
    .description('Long-lived, stateful game servers on Kubernetes.')
    .option('--verbose', 'show the stack trace of an unexpected error')
    .exitOverride()
    .showHelpAfterError('(add --help for the options)')
    .showSuggestionAfterError()
    .configureHelp({ showGlobalOptions: true });

  program
    .command('synth')
    .argument('[file...]', 'zone files and zone programs; without one, the only zone.{yaml,ts,js} here')
    .description('Turn zone files and zone programs (TypeScript, JavaScript) into Kubernetes manifests. Offline.')
    .option('-o, --out <dir>', 'the folder to write to', 'dist')
    .option('--stdout', 'print the manifests, secrets included, and write nothing')
    .addOption(new Option('--format <format>', 'the format of the manifests').choices(['yaml', 'json']).default('yaml'))
    .option('--check', 'write nothing; fail when the folder is not what synth would write')
    .option('--namespace <name>', "the namespace of every object, instead of the zone's own")
    .addOption(
      new Option(
        '--secrets <mode>',
        'credentials written in the zone file: in the manifests, in a file of their own, or left out',
      )
        .choices(['inline', 'separate', 'omit'])
        .default('separate'),
    )
    .addOption(
      new Option(
        '--allow-recreate <ids>',
        'ids (TYPE/ID or ZONE/TYPE/ID, comma-separated or repeated) whose pod may be deleted and created anew because their workload changes',
      ).argParser((ids: string, before: readonly string[] | undefined) => [...(before ?? []), ...ids.split(',')]),
    )
    .addHelpText('after', EXIT_CODES)
    .action(async (files: string[], options: SynthOptions) => {
      done(await (await import('./synth.js')).synth(files, options));
    });

  program
    .command('crds')
    .description('Print the CustomResourceDefinitions that the manifests need.')
    .addOption(new Option('--format <format>', 'yaml or json').choices(['yaml', 'json']).default('yaml'))
    .action(async (options: CrdsOptions) => {
      done(await (await import('./crds.js')).printCrds(options));
    });

  program
    .command('init')
    .argument('[dir]', 'the folder of the new game repository', '.')
    .description('Write a game repository that synthesizes at once.')
    .option('--yaml', 'with a zone file in YAML, instead of a program in TypeScript')
    .addOption(
      new Option('--ci <kind>', 'a CI file that checks the manifests')
        .choices(['gitlab', 'github', 'none'])
        .default('none'),
    )
    .option('--name <zone>', 'the name of the zone', 'zone1')
    .action(async (folder: string, options: InitOptions) => {
      done(await (await import('./init.js')).init(folder, options));
    });

  const config = program.command('config', { hidden: true }).description('What runs inside pods.');
  config
    .command('render')
    .argument('<templates>', 'the folder of the templates')
    .argument('<to>', 'the folder to write to')
    .description(
      'Fill ${NAME} in config files with the environment; the init container of services with credentials in them.',
    )
    .action(async (templates: string, to: string) => {
      done(await (await import('./config-render.js')).renderConfig(templates, to, process.env));
    });

  program
    .command('version')
    .description('Print the version.')
    .action(async () => {
      const { VERSION } = await import('./version.js');
      process.stdout.write(`${VERSION}\n`);
    });
  return program;
}

/** `gamezone synth --stdout | head` is no failure of ours. */
function ignoreLeavingReaders(): void {
  if (process.stdout.listenerCount('error') > 0) return;
  process.stdout.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code !== 'EPIPE') throw error;
  });
}

const EXIT_CODES = `
Exit codes: 0 done, 1 failed (--check: not up to date), 2 wrong usage or input.`;

async function reportError(error: unknown, verbose: boolean): Promise<ExitCode> {
  const { UserError } = await import('../synth/user-error.js');
  if (error instanceof UserError) {
    process.stderr.write(`${error.message}\n${error.hint === undefined ? '' : `  right: ${error.hint}\n`}`);
    const { stack } = (error.cause ?? {}) as { readonly stack?: string };
    if (verbose && stack !== undefined) process.stderr.write(`${stack}\n`);
    return EXIT.usage;
  }
  const { code } = error as NodeJS.ErrnoException;
  const text = error instanceof Error ? error.message : String(error);
  process.stderr.write(`gamezone: ${text}\n`);
  if (verbose && error instanceof Error) process.stderr.write(`${error.stack ?? ''}\n`);
  else if (code === undefined)
    process.stderr.write('  This is a defect of gamezone. Run again with --verbose and report it.\n');
  return EXIT.failed;
}
