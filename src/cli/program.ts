import { Command, CommanderError, Option } from 'commander';
import { artifactCommands } from './artifacts/commands.js';
import { clusterOptions } from './cluster-options.js';
import { EXIT } from './exit-codes.js';
import type { ExitCode } from './exit-codes.js';
import type { ControllerOptions } from './controller.js';
import type { CrdsOptions } from './crds.js';
import type { DevOptions } from './dev.js';
import type { InitOptions } from './init.js';
import type { InstallOptions } from './install.js';
import type { RolloutOptions, StatusOptions } from './rollout.js';
import type { SynthOptions } from './synth.js';

/**
 * Runs one command line. Each command is a module of its own, loaded when it is called, so that `--help` stays quick.
 *
 * @returns the exit code of the process
 */
export async function run(args: readonly string[]): Promise<number> {
  let code: number = EXIT.done;
  ignoreLeavingReaders();
  const program = commandLine(args, (result) => (code = result));
  try {
    await program.parseAsync(args, { from: 'user' });
    return code;
  } catch (error) {
    if (error instanceof CommanderError) return error.exitCode === 0 ? EXIT.done : EXIT.usage;
    return reportError(error, program.opts<{ verbose?: boolean }>().verbose ?? false);
  }
}

type Done = (code: number) => void;
/** `command` is what stands behind `--`. */
type Define = (program: Command, done: Done, command: readonly string[]) => void;

/** In the order of `--help`. */
const COMMANDS: Readonly<Record<string, Define>> = {
  synth: defineSynth,
  crds: defineCrds,
  install: defineInstall,
  controller: defineController,
  rollout: defineRollout,
  dev: defineDev,
  init: defineInit,
  artifacts: artifactCommands,
  config: defineConfig,
  version: defineVersion,
};

/** The program with the command that is asked for, or with all: to define them takes longer than some of them do. */
function commandLine(args: readonly string[], done: Done): Command {
  const program = new Command('gamezone')
    .description('Long-lived, stateful game servers on Kubernetes.')
    .option('--verbose', 'show the stack trace of an unexpected error')
    .exitOverride()
    .showHelpAfterError('(add --help for the options)')
    .showSuggestionAfterError()
    .configureHelp({ showGlobalOptions: true });
  const asked = args.find((arg) => !arg.startsWith('-')) ?? '';
  const names = Object.hasOwn(COMMANDS, asked) ? [asked] : Object.keys(COMMANDS);
  for (const name of names) COMMANDS[name]!(program, done, afterDashes(args));
  return program;
}

function defineSynth(program: Command, done: Done): void {
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
        '--allow-recreate <pods>',
        'pods (TYPE/ID, ZONE/TYPE/ID, ZONE/TYPE or ZONE; comma-separated or repeated) that may be deleted and created anew because their workload changes',
      ).argParser((pods: string, before: readonly string[] | undefined) => [...(before ?? []), ...pods.split(',')]),
    )
    .addHelpText('after', EXIT_CODES)
    .action(async (files: string[], options: SynthOptions) => {
      done(await (await import('./synth.js')).synth(files, options));
    });
}

function defineCrds(program: Command, done: Done): void {
  program
    .command('crds')
    .description('Print the CustomResourceDefinitions that the manifests need.')
    .addOption(new Option('--format <format>', 'yaml or json').choices(['yaml', 'json']).default('yaml'))
    .action(async (options: CrdsOptions) => {
      done(await (await import('./crds.js')).printCrds(options));
    });
}

function defineInstall(program: Command, done: Done): void {
  program
    .command('install')
    .description(
      'Print the manifests that put the controller into a cluster: `gamezone install ... | kubectl apply -f -`.',
    )
    .requiredOption('--image <image>', 'an image whose entrypoint is the command `gamezone`')
    .option('--namespace <name>', 'where the controller runs', 'gamezone-system')
    .option('--watch-namespace <name>', 'the one namespace on whose workloads it acts, and may (default: all)')
    .option('--no-crds', 'without the CustomResourceDefinitions')
    .addOption(new Option('--format <format>', 'yaml or json').choices(['yaml', 'json']).default('yaml'))
    .action(async (options: InstallOptions) => {
      done(await (await import('./install.js')).install(options));
    });
}

function defineController(program: Command, done: Done): void {
  clusterOptions(program.command('controller'))
    .description('Run the controller that moves pods to their new revisions, until SIGTERM.')
    .option('-n, --namespace <name>', 'act on the workloads of one namespace only')
    .option('--no-lease', 'act at once, without a lease: for a process that is the only one')
    .option('--lease-name <name>', 'the Lease by which one of several processes acts', 'gamezone-controller')
    .option('--lease-namespace <name>', 'its namespace (default: that of the context, or of the pod)')
    .option('--port <port>', 'where /healthz, /readyz and /metrics are served', '8080')
    .option('--host <address>', 'the address to serve them on (default: all)')
    .option('--qps <count>', 'requests per second that are begun (default: no limit but that of the server)')
    .option('--burst <count>', 'requests that may be begun at once after a pause (default: twice --qps)')
    .option('--workers <count>', 'workloads that are looked at at the same time', '4')
    .addOption(new Option('--log-format <format>', 'of the log').choices(['json', 'logfmt']).default('json'))
    .addOption(
      new Option('--log-level <level>', 'the least that is logged')
        .choices(['debug', 'info', 'warn', 'error'])
        .default('info'),
    )
    .addHelpText('after', '\nExit codes: 0 ended by a signal, 1 failed, 2 wrong usage or kubeconfig.')
    .action(async (options: ControllerOptions) => {
      done(await (await import('./controller.js')).runController(options));
    });
}

function defineRollout(program: Command, done: Done): void {
  const rollout = program.command('rollout').description('What the rollout of a workload does, and what it waits for.');
  const ofWorkload = (command: Command): Command =>
    clusterOptions(command)
      .argument('<workload>', 'NAME, KIND/NAME, ZONE/SERVICE or ZONE/SERVICE/ID')
      .option('-n, --namespace <name>', 'its namespace (default: that of the context)')
      .addOption(new Option('-o, --output <format>', 'for programs').choices(['json', 'yaml']));
  ofWorkload(rollout.command('get'))
    .description('Show a workload pod by pod: revision, stage, gate, what it waits for and until when.')
    .action(async (workload: string, options: RolloutOptions) => {
      done(await (await import('./rollout.js')).rolloutGet(workload, options));
    });
  ofWorkload(rollout.command('status'))
    .description('Say in one line whether a rollout is done.')
    .option('--wait', 'until it is done or has failed')
    .option('--timeout <duration>', 'how long to wait', '10m')
    .addHelpText('after', '\nExit codes: 0 done, 1 failed, 2 wrong usage, 3 waiting or paused.')
    .action(async (workload: string, options: StatusOptions) => {
      done(await (await import('./rollout.js')).rolloutStatus(workload, options));
    });
}

function defineDev(program: Command, done: Done, command: readonly string[]): void {
  program
    .command('dev')
    .argument('[zone]', 'a zone file or zone program; without one, the only zone.{yaml,ts,js} here')
    .argument('[command...]', 'behind `--`: what is run when the zone is there, with KUBECONFIG set')
    .usage('[options] [zone] [-- command...]')
    .description(
      'A Kubernetes cluster in this process, with the zone running on it: for kubectl, and to practise rollouts.',
    )
    .option('--speed <factor>', 'how many times faster than real time the cluster lives', '1')
    .option(
      '--kubeconfig <file>',
      'a new file for the way into it (default: one in a temporary folder); it goes at the end',
    )
    .option('--port <port>', 'the port on 127.0.0.1 (default: with --data that of the last run, else a free one)', '0')
    .option('--data <folder>', 'keep the cluster there: the next run goes on with it, whatever ended this one')
    .option('--namespace <name>', "the namespace of every object, instead of the zone's own")
    .option(
      '--then <zone>',
      'another version of the zone, rolled out when all before it is at rest; may be given again',
      (file: string, before?: readonly string[]) => [...(before ?? []), file],
    )
    .option('--exit', 'end when all is at rest: 0, or 1 where it is not in time')
    .option('--timeout <seconds>', 'how long each version has until all its pods are ready and up to date', '60')
    .addOption(
      new Option('--log-level <level>', "the least that is logged of the controller's work")
        .choices(['debug', 'info', 'warn', 'error'])
        .default('warn'),
    )
    .addHelpText(
      'after',
      `
Examples:
  gamezone dev zone.yaml                        until Ctrl-C; prints what to export
  gamezone dev zone.yaml -- kubectl get pods    around a command
  gamezone dev zone.yaml --then next.yaml       rolls a new version out and tells what happens to each pod
  gamezone dev zone.yaml --data cluster         goes on tomorrow with what is there today
  gamezone dev zone.yaml --exit                 in CI: does the zone come up?

Exit codes: that of the command; 0 ended by a signal, 1 failed, 2 wrong usage or input.`,
    )
    .action(async (zone: string | undefined, operands: string[], options: DevOptions) => {
      const all = zone === undefined ? operands : [zone, ...operands];
      const named = all.slice(0, all.length - command.length);
      if (named.length > 1)
        program.error(`error: one zone at a time, not ${named.length}; a command stands behind \`--\``);
      done(await (await import('./dev.js')).dev(named[0], command, options));
    });
}

function defineInit(program: Command, done: Done): void {
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
}

function defineConfig(program: Command, done: Done): void {
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
}

function defineVersion(program: Command): void {
  program
    .command('version')
    .description('Print the version.')
    .action(async () => {
      const { VERSION } = await import('./version.js');
      process.stdout.write(`${VERSION}\n`);
    });
}

function afterDashes(args: readonly string[]): readonly string[] {
  const dashes = args.indexOf('--');
  return args[0] === 'dev' && dashes >= 0 ? args.slice(dashes + 1) : [];
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
