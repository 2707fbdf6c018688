import type { ZoneDocument } from '../../../constructs/model/resolve.js';
import { checkWith, compiledSchema } from '../../api/check.js';
import type { Path, Problem } from '../../api/problem.js';
import { suggest } from '../../api/suggest.js';
import { findUnsupported } from '../../api/unsupported.js';
import type { LocatedProblem } from '../problem-report.js';
import { contextOf } from './check/context.js';
import { checkZone } from './check/index.js';
import type { Position } from './lines.js';
import { prune, startsWith, valueAt } from './prune.js';
import type { PrunedDocument } from './prune.js';
import { textsAsWritten } from './text-values.js';
import { parseYaml, YamlError } from './yaml.js';
import type { YamlDocument } from './yaml.js';

/** A zone file as it was found. */
export interface ZoneFile {
  /** As the user would write it: errors begin with it. */
  readonly name: string;
  readonly text: string;
}

/** A zone that one document of a file describes, free of errors. */
export interface ReadZone {
  readonly document: ZoneDocument;
  readonly file: string;
  readonly locate: (path: Path) => Position;
}

export interface ReadResult {
  /** Complete only when no problem is an error. */
  readonly zones: readonly ReadZone[];
  readonly problems: readonly LocatedProblem[];
}

/** Reads zone files and finds every mistake in all of them. Never throws for what a person wrote. */
export async function readZoneFiles(files: readonly ZoneFile[]): Promise<ReadResult> {
  const zones: ReadZone[] = [];
  const problems: LocatedProblem[] = [];
  const named: NamedZone[] = [];
  for (const file of files) {
    const read = await readZoneFile(file);
    zones.push(...read.zones);
    problems.push(...read.problems);
    named.push(...read.named);
  }
  return { zones, problems: [...problems, ...duplicateZones(named)] };
}

/** A document that names a zone, whatever else is wrong with it. */
interface NamedZone {
  readonly name: string;
  readonly file: string;
  readonly locate: (path: Path) => Position;
}

async function readZoneFile({ name: file, text }: ZoneFile): Promise<ReadResult & { named: NamedZone[] }> {
  let documents: YamlDocument[];
  try {
    documents = parseYaml(text);
  } catch (error) {
    if (!(error instanceof YamlError)) throw error;
    const message = `not readable as YAML: ${error.message}`;
    return {
      zones: [],
      named: [],
      problems: [{ file, position: error.position, path: [], message, hint: error.hint }],
    };
  }
  if (documents.every(({ value }) => value === null)) {
    const message = 'the file is empty';
    const position = { line: 1, column: 1 };
    return { zones: [], named: [], problems: [{ file, position, path: [], message, hint: EMPTY_HINT }] };
  }
  const named: NamedZone[] = [];
  const zones: ReadZone[] = [];
  const problems: LocatedProblem[] = [];
  for (const document of documents.filter(({ value }) => value !== null)) {
    const value = await textsAsWritten(document);
    const found = await problemsOf(value);
    const { locate } = document;
    const name = valueAt(value, NAME);
    if (typeof name === 'string') named.push({ name, file, locate });
    problems.push(...found.map((problem) => ({ ...problem, file, position: locate(problem.path) })));
    if (found.every(({ severity }) => severity === 'warning'))
      zones.push({ document: value as ZoneDocument, file, locate });
  }
  return { zones, problems, named };
}

const NAME: Path = ['metadata', 'name'];
const EMPTY_HINT = 'start from `gamezone init --yaml`';

/** The problems of one document: its shape, then everything else as far as its shape allows. */
async function problemsOf(value: unknown): Promise<Problem[]> {
  if (typeof value !== 'object' || value === null || Array.isArray(value))
    return [{ path: [], message: 'not a GameZone, but a single value or a list', hint: EMPTY_HINT }];
  const kind = (value as { readonly kind?: unknown }).kind;
  if (kind !== undefined && kind !== 'GameZone' && typeof kind === 'string') {
    const meant = suggest(kind, ['GameZone']) !== undefined;
    const hint = meant
      ? 'did you mean GameZone?'
      : 'a zone file holds GameZones only; apply other objects beside what synth writes';
    return [{ path: ['kind'], message: `a zone file cannot hold a ${kind}`, hint, value: kind }];
  }
  const schema = await compiledSchema('GameZone');
  const shape = checkWith(schema, value);
  if (shape.length === 0) {
    return beyondShape(value as ZoneDocument, value);
  }
  const pruned = prune(value, (part) => checkWith(schema, part));
  if (!pruned) return shape;
  const beyond = await beyondShape(pruned.value as ZoneDocument, value);
  return [
    ...shape,
    ...pruned.problems,
    ...beyond
      .filter((problem) => !isConsequence(problem, pruned))
      .map((problem) => ({ ...problem, path: pruned.originalPath(problem.path) })),
  ];
}

/** @param written the document as it stands in the file, shape errors and all */
async function beyondShape(document: ZoneDocument, written: unknown): Promise<Problem[]> {
  const unsupported = findUnsupported('GameZone', document);
  const refused = unsupported.filter(({ severity }) => severity !== 'warning');
  const found = await checkZone(contextOf(document, written));
  // What has to go needs no advice on how to write it.
  return [...unsupported, ...found.filter(({ path }) => !refused.some((field) => startsWith(path, field.path)))];
}

/** Whether what a problem misses is there, and refused: then its author meant to give it. */
function isConsequence({ missing = [] }: Problem, { originalPath, removed }: PrunedDocument): boolean {
  return missing.map(originalPath).some((place) =>
    // The place itself, what holds it, or one entry of it.
    removed.some((gone) => startsWith(place, gone) || (startsWith(gone, place) && gone.length === place.length + 1)),
  );
}

/** Two zones of one name would write the same file. */
function duplicateZones(zones: readonly NamedZone[]): LocatedProblem[] {
  const seen = new Map<string, NamedZone>();
  return zones.flatMap(({ name, file, locate }): LocatedProblem[] => {
    const before = seen.get(name);
    if (!before) {
      seen.set(name, { name, file, locate });
      return [];
    }
    const message = `zone ${name} stands in two documents, first at ${before.file}:${before.locate(NAME).line}`;
    return [{ file, position: locate(NAME), path: NAME, message, hint: 'remove one, or rename it', value: name }];
  });
}
