import { lockedDocument, lockProblems } from '../../../constructs/model/lock.js';
import type { Lock } from '../../../constructs/model/lock.js';
import type { ZoneDocument } from '../../../constructs/model/resolve.js';
import { compiledSchema } from '../../api/check.js';
import { checkWith } from '../../api/explain.js';
import type { CompiledSchema } from '../../api/compiled-schema.js';
import type { Path, Problem } from '../../api/problem.js';
import { suggest } from '../../api/suggest.js';
import { findUnsupported } from '../../api/unsupported.js';
import type { LocatedProblem } from '../problem-report.js';
import { contextOf } from '../../../constructs/checks/context.js';
import type { ZoneContext } from '../../../constructs/checks/context.js';
import { checkZone } from './check/index.js';
import type { Position } from './lines.js';
import { prune, startsWith, valueAt } from './prune.js';
import type { PrunedDocument } from './prune.js';
import { loadRules } from './rules.js';
import type { Rules } from './rules.js';
import { textsAsWritten } from './text-values.js';
import { parseYaml, YamlError } from './yaml.js';
import type { YamlDocument } from './yaml.js';

/** A zone file as it was found. */
export interface ZoneFile {
  /** As the user would write it: errors begin with it. */
  readonly name: string;
  readonly text: string;
  /** What the lock file beside it says; absent where there is none. */
  readonly lock?: Lock;
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
  const opened = openZoneFiles(files, await compiledSchema('GameZone'));
  return judgeZoneFiles(opened, await loadRules(contextsOf(opened)));
}

/** Zone files whose shape was checked, and what is to be checked beyond it. */
export interface OpenedFiles {
  readonly documents: readonly OpenedDocument[];
  readonly problems: readonly LocatedProblem[];
}

interface OpenedDocument {
  readonly value: unknown;
  readonly file: string;
  readonly locate: (path: Path) => Position;
  readonly shape: readonly Problem[];
  /** Absent when nothing is left that could be checked. */
  readonly beyond?: { readonly zone: ZoneContext; readonly pruned?: PrunedDocument };
}

/** @param schema that of GameZone */
export function openZoneFiles(files: readonly ZoneFile[], schema: CompiledSchema): OpenedFiles {
  const opened = files.map((file) => openZoneFile(file, schema));
  return {
    documents: opened.flatMap(({ documents }) => documents),
    problems: opened.flatMap(({ problems }) => problems),
  };
}

/** @param rules all that the opened zones need */
export function judgeZoneFiles({ documents, problems }: OpenedFiles, rules: Rules): ReadResult {
  const zones: ReadZone[] = [];
  const all = [...problems];
  for (const document of documents) {
    const { value, file, locate } = document;
    const found = problemsOf(document, rules);
    all.push(...found.map((problem) => ({ ...problem, file, position: locate(problem.path) })));
    if (found.every(({ severity }) => severity === 'warning'))
      zones.push({ document: value as ZoneDocument, file, locate });
  }
  return { zones, problems: [...all, ...duplicateZones(documents)] };
}

const contextsOf = ({ documents }: OpenedFiles): ZoneContext[] =>
  documents.flatMap(({ beyond }) => (beyond ? [beyond.zone] : []));

function openZoneFile({ name: file, text, lock }: ZoneFile, schema: CompiledSchema): OpenedFiles {
  let documents: YamlDocument[];
  try {
    documents = parseYaml(text);
  } catch (error) {
    if (!(error instanceof YamlError)) throw error;
    const message = `not readable as YAML: ${error.message}`;
    return { documents: [], problems: [{ file, position: error.position, path: [], message, hint: error.hint }] };
  }
  if (documents.every(({ value }) => value === null)) {
    const message = 'the file is empty';
    const position = { line: 1, column: 1 };
    return { documents: [], problems: [{ file, position, path: [], message, hint: EMPTY_HINT }] };
  }
  return {
    documents: documents
      .filter(({ value }) => value !== null)
      .map((document): OpenedDocument => {
        const { value, fits } = textsAsWritten(document, schema);
        const shape = fits ? fitting(value) : shapeOf(value, schema);
        return locked({ value, file, locate: document.locate, ...shape }, lock);
      }),
    problems: [],
  };
}

/** The zone as its lock makes it. One that has mistakes of its own gets them told first. */
function locked(document: OpenedDocument, lock: Lock | undefined): OpenedDocument {
  if (!lock || !document.beyond || document.beyond.pruned) return document;
  const written = document.value as ZoneDocument;
  const value = lockedDocument(written, lock);
  return { ...document, value, shape: lockProblems(written, lock), beyond: { zone: contextOf(value, value) } };
}

const NAME: Path = ['metadata', 'name'];
const EMPTY_HINT = 'start from `gamezone init --yaml`';

const fitting = (value: unknown): Pick<OpenedDocument, 'shape' | 'beyond'> => ({
  shape: [],
  beyond: { zone: contextOf(value as ZoneDocument, value) },
});

/** The problems of a document's shape, and as much of it as can be checked further. */
export function shapeOf(value: unknown, schema: CompiledSchema): Pick<OpenedDocument, 'shape' | 'beyond'> {
  if (typeof value !== 'object' || value === null || Array.isArray(value))
    return { shape: [{ path: [], message: 'not a GameZone, but a single value or a list', hint: EMPTY_HINT }] };
  const kind = (value as { readonly kind?: unknown }).kind;
  if (kind !== undefined && kind !== 'GameZone' && typeof kind === 'string') {
    const meant = suggest(kind, ['GameZone']) !== undefined;
    const hint = meant
      ? 'did you mean GameZone?'
      : 'a zone file holds GameZones only; apply other objects beside what synth writes';
    return { shape: [{ path: ['kind'], message: `a zone file cannot hold a ${kind}`, hint, value: kind }] };
  }
  const shape = checkWith(schema, value);
  if (shape.length === 0) return fitting(value);
  const pruned = prune(value, (part) => checkWith(schema, part));
  return { shape, ...(pruned && { beyond: { zone: contextOf(pruned.value as ZoneDocument, value), pruned } }) };
}

/** The problems of one document: its shape, then everything else as far as its shape allows. */
function problemsOf({ shape, beyond }: OpenedDocument, rules: Rules): Problem[] {
  if (!beyond) return [...shape];
  const { zone, pruned } = beyond;
  const found = beyondShape(zone, rules);
  if (!pruned) return [...shape, ...found];
  return [
    ...shape,
    ...pruned.problems,
    ...found
      .filter((problem) => !isConsequence(problem, pruned))
      .map((problem) => ({ ...problem, path: pruned.originalPath(problem.path) })),
  ];
}

function beyondShape(zone: ZoneContext, rules: Rules): Problem[] {
  const unsupported = findUnsupported('GameZone', zone.document);
  const refused = unsupported.filter(({ severity }) => severity !== 'warning');
  const found = checkZone(zone, rules);
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

/** Two zones of one name would write the same file, whatever else is wrong with them. */
function duplicateZones(documents: readonly OpenedDocument[]): LocatedProblem[] {
  const seen = new Map<string, OpenedDocument>();
  return documents.flatMap((document): LocatedProblem[] => {
    const { value, file, locate } = document;
    const name = valueAt(value, NAME);
    if (typeof name !== 'string') return [];
    const before = seen.get(name);
    if (!before) {
      seen.set(name, document);
      return [];
    }
    const message = `zone ${name} stands in two documents, first at ${before.file}:${before.locate(NAME).line}`;
    return [{ file, position: locate(NAME), path: NAME, message, hint: 'remove one, or rename it', value: name }];
  });
}
