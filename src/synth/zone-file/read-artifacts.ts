import { artifactEntryCheck, checkArtifactVolumes } from '../../../constructs/checks/artifacts.js';
import { contextOf } from '../../../constructs/checks/context.js';
import type { ZoneDocument } from '../../../constructs/model/resolve.js';
import { compiledSchema } from '../../api/check.js';
import type { CompiledSchema } from '../../api/compiled-schema.js';
import { checkWith } from '../../api/explain.js';
import type { Path } from '../../api/problem.js';
import type { LocatedProblem } from '../problem-report.js';
import type { ZoneFile } from './read.js';
import { textsAsWritten } from './text-values.js';
import { parseYaml, YamlError } from './yaml.js';
import type { YamlDocument } from './yaml.js';

/** What a zone file says about artifacts. */
export interface ReadArtifacts {
  /** The document; of what is not about artifacts nothing is certain. */
  readonly documents: readonly ZoneDocument[];
  readonly problems: readonly LocatedProblem[];
}

/**
 * Reads of a zone file what is about artifacts and nothing else: in the cluster it is all that there is, and on a laptop
 * `file://` repositories are welcome too. Never throws for what a person wrote.
 */
export async function readArtifacts({ name: file, text }: ZoneFile): Promise<ReadArtifacts> {
  const schema = await compiledSchema('GameZone');
  let documents: YamlDocument[];
  try {
    documents = parseYaml(text).filter(({ value }) => value !== null);
  } catch (error) {
    if (!(error instanceof YamlError)) throw error;
    const message = `not readable as YAML: ${error.message}`;
    return { documents: [], problems: [{ file, position: error.position, path: [], message, hint: error.hint }] };
  }
  const read = documents.map((document) => readDocument(file, document, schema));
  return {
    documents: read.flatMap(({ document }) => (document ? [document] : [])),
    problems: read.flatMap(({ problems }) => problems),
  };
}

function readDocument(
  file: string,
  written: YamlDocument,
  schema: CompiledSchema,
): { readonly document?: ZoneDocument; readonly problems: readonly LocatedProblem[] } {
  const located = (problems: readonly Omit<LocatedProblem, 'file'>[]): LocatedProblem[] =>
    problems.map((problem) => ({ ...problem, file, position: written.locate(problem.path) }));
  const value = ofArtifacts(textsAsWritten(written, schema).value);
  if (!value) {
    const message = 'not a GameZone with a spec';
    return { problems: located([{ path: [], message, hint: 'give a zone file, such as zone.yaml' }]) };
  }
  const shape = checkWith(schema, value).filter(({ path }) => isOurs(path));
  if (shape.length > 0) return { problems: located(shape) };
  const document = value as ZoneDocument;
  const context = contextOf(document, value);
  const problems = [...artifactEntryCheck({ localRepositories: true })(context), ...checkArtifactVolumes(context)];
  return { document, problems: located(problems) };
}

/** The parts that matter, in a zone that is complete but for them. */
function ofArtifacts(value: unknown): object | undefined {
  const { kind, metadata, spec } = (value ?? {}) as {
    readonly kind?: unknown;
    readonly metadata?: unknown;
    readonly spec?: unknown;
  };
  if (kind !== 'GameZone' || typeof spec !== 'object' || spec === null) return undefined;
  const { artifacts, volumes } = spec as { readonly artifacts?: unknown; readonly volumes?: unknown };
  const { name } = (metadata ?? {}) as { readonly name?: unknown };
  return {
    apiVersion: 'gamezone.dev/v1alpha1',
    kind,
    metadata: { name },
    spec: {
      gameZone: { zoneId: 0, serviceConfig: [{ type: 'none', id: 0 }] },
      ...(artifacts !== undefined && { artifacts }),
      ...(volumes !== undefined && { volumes }),
    },
  };
}

const isOurs = ([first, second]: Path): boolean =>
  first === 'metadata' || (first === 'spec' && (second === 'artifacts' || second === 'volumes'));
