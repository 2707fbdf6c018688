import { readdirSync } from 'node:fs';
import { joined } from '../synth/emit.js';
import type { Format } from '../synth/emit.js';
import type { SecretsMode } from '../synth/output/files.js';
import { applyChange, compareFolder } from '../synth/output/folder.js';
import type { FolderChange } from '../synth/output/folder.js';
import { INDEX_FILE } from '../synth/output/index-file.js';
import { recreations } from '../synth/output/recreations.js';
import type { Recreation } from '../synth/output/recreations.js';
import { reportProblems } from '../synth/problem-report.js';
import { synthesize } from '../synth/synth.js';
import type { SynthesizedZone, Synthesis, SynthSettings } from '../synth/synth.js';
import { UserError } from '../synth/user-error.js';
import { EXIT } from './exit-codes.js';
import type { ExitCode } from './exit-codes.js';
import { checkAllowed, recreationLines, refusedOf, waysOut } from './recreation.js';

export interface SynthOptions {
  readonly out: string;
  readonly stdout?: boolean;
  readonly format: Format;
  readonly check?: boolean;
  readonly namespace?: string;
  readonly secrets: SecretsMode;
  readonly allowRecreate?: readonly string[];
}

export async function synth(named: readonly string[], options: SynthOptions): Promise<ExitCode> {
  if (options.stdout && options.check) throw new UserError('--stdout and --check exclude each other');
  checkNamespace(options.namespace);
  const { allowRecreate: allowed = [] } = options;
  checkAllowed(allowed);
  const files = named.length > 0 ? named : [onlyZoneHere()];
  const { namespace, format } = options;
  const synthesis = await synthesizeAll(files, {
    format,
    secrets: options.stdout && options.secrets === 'separate' ? 'inline' : options.secrets,
    ...(namespace !== undefined && { namespace }),
  });
  if (synthesis.warnings.length > 0) process.stderr.write(`${reportProblems(synthesis.warnings)}\n`);
  if (options.stdout) return print(synthesis, format);
  const change = compareFolder(
    options.out,
    synthesis.zones.flatMap((zone) => zone.files),
    files,
  );
  const found = recreations(options.out, synthesis.zones, change);
  const refused = refusedOf(found, allowed);
  if (options.check) return reportCheck(options.out, change, refused);
  refuseRecreation(options.out, refused, found.unreadable);
  return write(options.out, change, synthesis);
}

/** Zone files first: they are read in no time, and a mistake in one is told before any program runs. */
export async function synthesizeAll(
  files: readonly string[],
  settings: Omit<SynthSettings, 'files'>,
): Promise<Synthesis> {
  const programs = files.filter(isProgram);
  const zoneFiles = files.filter((file) => !isProgram(file));
  const loading = programs.length > 0 ? import('../synth/program/synth.js') : undefined;
  const fromFiles = await synthesize({ ...settings, files: zoneFiles });
  if (!loading) return fromFiles;
  const { synthesizePrograms } = await loading;
  const fromPrograms = await synthesizePrograms({ ...settings, files: programs });
  const zones = [...fromFiles.zones, ...fromPrograms.zones];
  refuseSameFiles(zones);
  return { zones, warnings: [...fromFiles.warnings, ...fromPrograms.warnings] };
}

const isProgram = (file: string): boolean => /\.[cm]?[jt]s$/.test(file);

/** Within one source it was said before, with the place. */
function refuseSameFiles(zones: readonly SynthesizedZone[]): void {
  const sources = new Map<string, string>();
  for (const { name, source } of zones.flatMap(({ files }) => files)) {
    const other = sources.get(name);
    sources.set(name, source);
    if (other !== undefined && other !== source)
      throw new UserError(`${source}: makes ${name}, which ${other} makes too`, {
        hint: 'give each zone a name of its own, or each a folder (--out)',
      });
  }
}

/** The files of several zones read as one. */
function print({ zones }: Synthesis, format: Format): ExitCode {
  const contents = zones.flatMap(({ files }) => files.map(({ content }) => content));
  for (const piece of joined(contents, format)) process.stdout.write(piece);
  return EXIT.done;
}

function write(folder: string, change: FolderChange, { zones }: Synthesis): ExitCode {
  applyChange(folder, change);
  const changed = new Set([...change.missing, ...change.different].map(({ name }) => name));
  for (const { name, objects, files } of zones) {
    const written = files.map((file) => `${folder}/${file.name}${changed.has(file.name) ? '' : ' (unchanged)'}`);
    process.stderr.write(`${name}: ${objects} objects in ${written.join(' and ')}\n`);
  }
  for (const { name } of change.stale) process.stderr.write(`removed ${folder}/${name}, which left the model\n`);
  return EXIT.done;
}

/** Pods that would be recreated are one way of not being up to date, and so no other exit code. */
function reportCheck(folder: string, change: FolderChange, refused: readonly Recreation[]): ExitCode {
  const { missing, different, stale, indexIsCurrent } = change;
  const lines = [
    ...missing.filter(({ demanded }) => demanded).map(({ name }) => `${folder}/${name}: missing`),
    ...different.map(({ name }) => `${folder}/${name}: differs from what synth writes`),
    ...stale.map(({ name }) => `${folder}/${name}: stale, no zone makes it any more`),
    ...(indexIsCurrent ? [] : [`${folder}/${INDEX_FILE}: missing, or not that of these zones`]),
    ...recreationLines(folder, refused),
  ];
  if (lines.length === 0) {
    process.stderr.write(`${folder} is up to date\n`);
    return EXIT.done;
  }
  const { keep, option } = waysOut(refused);
  const accept = `run \`gamezone synth ${option}\` and commit ${folder}`;
  const right =
    refused.length > 0
      ? `${keep}, or accept that their players are dropped: ${accept}`
      : `run \`gamezone synth\` and commit ${folder}`;
  process.stderr.write(`${lines.join('\n')}\n  right: ${right}\n`);
  return EXIT.failed;
}

function refuseRecreation(folder: string, refused: readonly Recreation[], unreadable: readonly string[]): void {
  const [path] = unreadable;
  if (path !== undefined)
    throw new UserError(`${path}:1:1: not readable any more, so that no one can tell which pods would be recreated`, {
      hint: 'restore the file, or remove it',
    });
  if (refused.length === 0) return;
  const { keep, option } = waysOut(refused);
  throw new UserError(recreationLines(folder, refused).join('\n'), {
    hint: `${keep}, or accept that their players are dropped: ${option}`,
  });
}

export function onlyZoneHere(): string {
  const found = readdirSync('.').filter((name) => /^zone\.(yaml|[cm]?[jt]s)$/.test(name));
  if (found.length === 1) return found[0]!;
  if (found.length === 0)
    throw new UserError('no zone.yaml, zone.ts or zone.js here', {
      hint: 'name one, or start with `gamezone init` (TypeScript) or `gamezone init --yaml`',
    });
  throw new UserError(`several zones here: ${found.sort().join(', ')}`, {
    hint: `name one: gamezone synth ${found[0]}`,
  });
}

function checkNamespace(namespace: string | undefined): void {
  if (namespace === undefined || /^[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?$/.test(namespace)) return;
  throw new UserError(`--namespace ${namespace}: not a namespace`, {
    hint: 'use at most 63 lower-case letters, digits and hyphens, such as games',
  });
}
