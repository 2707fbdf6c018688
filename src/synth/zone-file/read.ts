import type { ZoneDocument } from '../../../constructs/model/resolve.js';
import { checkWith, compiledSchema } from '../../api/check.js';
import type { Path, Problem } from '../../api/problem.js';
import { findUnsupported } from '../../api/unsupported.js';
import type { LocatedProblem } from '../problem-report.js';
import { contextOf } from './check/context.js';
import { checkZone } from './check/index.js';
import { prune } from './prune.js';
import { textsAsWritten } from './text-values.js';
import { parseYaml, YamlError } from './yaml.js';
import type { Position, YamlDocument } from './yaml.js';

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
  for (const file of files) {
    const read = await readZoneFile(file);
    zones.push(...read.zones);
    problems.push(...read.problems);
  }
  return { zones, problems: [...problems, ...duplicateZones(zones)] };
}

async function readZoneFile({ name: file, text }: ZoneFile): Promise<ReadResult> {
  let documents: YamlDocument[];
  try {
    documents = parseYaml(text);
  } catch (error) {
    if (!(error instanceof YamlError)) throw error;
    const message = `not readable as YAML: ${error.message}`;
    return { zones: [], problems: [{ file, position: error.position, path: [], message, hint: YAML_HINT }] };
  }
  if (documents.every(({ value }) => value === null)) {
    const message = 'the file is empty';
    return { zones: [], problems: [{ file, position: { line: 1, column: 1 }, path: [], message, hint: EMPTY_HINT }] };
  }
  const zones: ReadZone[] = [];
  const problems: LocatedProblem[] = [];
  for (const document of documents.filter(({ value }) => value !== null)) {
    const value = await textsAsWritten(document);
    const found = await problemsOf(value);
    const { locate } = document;
    problems.push(...found.map((problem) => ({ ...problem, file, position: locate(problem.path) })));
    if (found.every(({ severity }) => severity === 'warning'))
      zones.push({ document: value as ZoneDocument, file, locate });
  }
  return { zones, problems };
}

const YAML_HINT = 'indent with spaces, close quotes and brackets, and write each key once';
const EMPTY_HINT = 'start from `gamezone init --yaml`';

/** The problems of one document: its shape, then everything else as far as its shape allows. */
async function problemsOf(value: unknown): Promise<Problem[]> {
  if (typeof value !== 'object' || value === null || Array.isArray(value))
    return [{ path: [], message: 'not a GameZone, but a single value or a list', hint: EMPTY_HINT }];
  const kind = (value as { readonly kind?: unknown }).kind;
  if (kind !== undefined && kind !== 'GameZone' && typeof kind === 'string') {
    const hint = 'a zone file holds GameZones only; apply other objects beside what synth writes';
    return [{ path: ['kind'], message: `a zone file cannot hold a ${kind}`, hint, value: kind }];
  }
  const schema = await compiledSchema('GameZone');
  const shape = checkWith(schema, value);
  if (shape.length === 0) {
    const document = value as ZoneDocument;
    return [...findUnsupported('GameZone', document), ...(await checkZone(contextOf(document, value)))];
  }
  const pruned = prune(value, (part) => checkWith(schema, part));
  if (!pruned) return shape;
  const document = pruned.value as ZoneDocument;
  const beyond = [...findUnsupported('GameZone', document), ...(await checkZone(contextOf(document, value)))];
  return [...shape, ...beyond.map((problem) => ({ ...problem, path: pruned.originalPath(problem.path) }))];
}

/** Two zones of one name in one namespace would write the same file and the same objects. */
function duplicateZones(zones: readonly ReadZone[]): LocatedProblem[] {
  const seen = new Map<string, ReadZone>();
  return zones.flatMap((zone): LocatedProblem[] => {
    const { name } = zone.document.metadata;
    const before = seen.get(name);
    seen.set(name, zone);
    if (!before) return [];
    const path = ['metadata', 'name'];
    const first = before.locate(path);
    const message = `zone ${name} stands in two documents, first at ${before.file}:${first.line}`;
    const hint = 'remove one, or rename it';
    return [{ file: zone.file, position: zone.locate(path), path, message, hint, value: name }];
  });
}
