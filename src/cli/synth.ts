import { readdirSync } from 'node:fs';
import type { Format } from '../synth/emit.js';
import type { SecretsMode } from '../synth/output/files.js';
import { applyChange, compareFolder } from '../synth/output/folder.js';
import type { FolderChange } from '../synth/output/folder.js';
import { INDEX_FILE } from '../synth/output/index-file.js';
import { reportProblems } from '../synth/problem-report.js';
import { recreatedIds, synthesize } from '../synth/synth.js';
import type { SynthesizedZone, Synthesis, SynthSettings } from '../synth/synth.js';
import { UserError } from '../synth/user-error.js';
import { EXIT } from './exit-codes.js';
import type { ExitCode } from './exit-codes.js';

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
  const files = named.length > 0 ? named : [onlyZoneHere()];
  const { namespace, format } = options;
  const synthesis = await synthesizeAll(files, {
    format,
    secrets: options.stdout && options.secrets === 'separate' ? 'inline' : options.secrets,
    ...(namespace !== undefined && { namespace }),
  });
  if (synthesis.warnings.length > 0) process.stderr.write(`${reportProblems(synthesis.warnings)}\n`);
  if (options.stdout) return print(synthesis, format);
  const change = await compareFolder(
    options.out,
    synthesis.zones.flatMap((zone) => zone.files),
    files,
  );
  await refuseRecreation(options, synthesis);
  return options.check ? reportCheck(options.out, change) : write(options.out, change, synthesis);
}

/** Zone files first: they are read in no time, and a mistake in one is told before any program runs. */
async function synthesizeAll(files: readonly string[], settings: Omit<SynthSettings, 'files'>): Promise<Synthesis> {
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

/** The files of several zones read as one stream: YAML documents follow each other, Lists of JSON too. */
function print({ zones }: Synthesis, format: Format): ExitCode {
  zones.forEach(({ files }, index) => {
    if (index > 0 && format === 'yaml') process.stdout.write('---\n');
    for (const { content } of files) process.stdout.write(content);
  });
  return EXIT.done;
}

async function write(folder: string, change: FolderChange, { zones }: Synthesis): Promise<ExitCode> {
  await applyChange(folder, change);
  const changed = new Set([...change.missing, ...change.different].map(({ name }) => name));
  for (const { name, objects, files } of zones) {
    const written = files.map((file) => `${folder}/${file.name}${changed.has(file.name) ? '' : ' (unchanged)'}`);
    process.stderr.write(`${name}: ${objects} objects in ${written.join(' and ')}\n`);
  }
  for (const name of change.stale) process.stderr.write(`removed ${folder}/${name}, which left the model\n`);
  return EXIT.done;
}

function reportCheck(folder: string, { missing, different, stale, indexIsCurrent }: FolderChange): ExitCode {
  const lines = [
    ...missing.filter(({ demanded }) => demanded).map(({ name }) => `${folder}/${name}: missing`),
    ...different.map(({ name }) => `${folder}/${name}: differs from what synth writes`),
    ...stale.map((name) => `${folder}/${name}: stale, no zone makes it any more`),
    ...(indexIsCurrent ? [] : [`${folder}/${INDEX_FILE}: missing, or not that of these zones`]),
  ];
  if (lines.length === 0) {
    process.stderr.write(`${folder} is up to date\n`);
    return EXIT.done;
  }
  process.stderr.write(`${lines.join('\n')}\n  right: run \`gamezone synth\` and commit ${folder}\n`);
  return EXIT.failed;
}

async function refuseRecreation({ out, allowRecreate = [] }: SynthOptions, { zones }: Synthesis): Promise<void> {
  const wrong = allowRecreate.find((id) => !/^([a-z][-a-z0-9]*\/)?[-a-z0-9]+\/\d+$/.test(id));
  if (wrong !== undefined)
    throw new UserError(`--allow-recreate ${wrong}: not an id`, { hint: 'write TYPE/ID, such as game/5' });
  const moved = await recreatedIds(out, zones);
  const refused = moved.filter(
    ({ zone, service, id }) =>
      !allowRecreate.includes(`${service}/${id}`) && !allowRecreate.includes(`${zone}/${service}/${id}`),
  );
  if (refused.length === 0) return;
  const lines = refused
    .slice(0, 8)
    .map(
      ({ zone, service, id, from, to }) =>
        `${out}/${zone}: ${service}/${id} would be deleted in ${from} and created anew in ${to}`,
    );
  if (refused.length > 8) lines.push(`... and ${refused.length - 8} more`);
  const flag = refused.map(({ service, id }) => `${service}/${id}`).join(',');
  throw new UserError(lines.join('\n'), {
    hint: `keep the ids without new gaps, or accept that their players are dropped: --allow-recreate ${flag}`,
  });
}

function onlyZoneHere(): string {
  const found = readdirSync('.').filter((name) => /^zone\.(yaml|[cm]?[jt]s)$/.test(name));
  if (found.length === 1) return found[0]!;
  if (found.length === 0)
    throw new UserError('no zone.yaml, zone.ts or zone.js here', {
      hint: 'name a zone file, or start with `gamezone init --yaml`',
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
