import { compiledSchema, isKind } from '../../api/check.js';
import type { Kind } from '../../api/check.js';
import type { CompiledSchema } from '../../api/compiled-schema.js';
import { gameObjectChecks } from '../check-objects.js';
import { checkObject } from '../../kubernetes/index.js';
import type { LocatedProblem } from '../problem-report.js';
import { judgeZoneFiles, shapeOf } from '../zone-file/read.js';
import { loadRules } from '../zone-file/rules.js';
import { inProps } from '../../../constructs/checks/in-props.js';
import type { Speaker } from '../../../constructs/checks/in-props.js';
import type { BuiltManifest } from './serialize.js';
import { walk } from './tree.js';
import type { BuiltConstruct, BuiltZone } from './tree.js';

/** What the constructs themselves say (`node.addValidation`). A validation may still change the tree, as that of a zone does. */
export const validate = (file: string, root: BuiltConstruct): LocatedProblem[] =>
  walk(root).constructs.flatMap(({ node }) =>
    node.validate().map((message): LocatedProblem => ({ file, construct: node.path, path: [], message })),
  );

/** What is wrong with a zone is wrong with its zone file: the same checks, in the words of the constructs. */
export async function checkZones(file: string, zones: readonly BuiltZone[]): Promise<LocatedProblem[]> {
  const schema = await compiledSchema('GameZone');
  const documents = zones.map((zone) => {
    const value = zone._lockedDocument?.() ?? zone._document();
    const { shape, ...judged } = shapeOf(value, schema);
    const all = [...shape, ...(zone._lockProblems?.() ?? [])];
    return { value, file: zone.node.path, locate: () => ({ line: 1, column: 1 }), ...judged, shape: all };
  });
  const rules = await loadRules(documents.flatMap(({ beyond }) => (beyond ? [beyond.zone] : [])));
  const problems = documents.flatMap((document, index) => {
    const { problems: found } = judgeZoneFiles({ documents: [document], problems: [] }, rules);
    const said = inProps(
      document.value,
      found.map(({ position: _, file: __, ...problem }) => problem),
    );
    return said.map(({ by, ...problem }): LocatedProblem => ({
      ...problem,
      file,
      construct: pathOf(zones[index]!, by),
    }));
  });
  return onceForAllZones(problems);
}

/** The path of the construct that said something; its id is not always the name that it goes by in the zone. */
function pathOf({ node }: BuiltZone, by: Speaker | undefined): string {
  if (!by) return node.path;
  const named = { service: 'type', hookTemplate: 'templateName', volume: 'volumeName' }[by.kind];
  const speaker = node.children.find((child) => (child as unknown as Record<string, unknown>)[named] === by.name);
  return speaker?.node.path ?? `${node.path}/${by.name}`;
}

/** What a loop does for each zone is told once: a warning that all zones of a world share would hide every other one. */
function onceForAllZones(problems: readonly LocatedProblem[]): LocatedProblem[] {
  const told = new Map<string, { readonly first: LocatedProblem; count: number }>();
  for (const problem of problems) {
    const { severity, message, path } = problem;
    const key = severity === 'warning' ? `${message} ${path.join()}` : told.size;
    const known = told.get(String(key));
    if (known) known.count++;
    else told.set(String(key), { first: problem, count: 1 });
  }
  return [...told.values()].map(({ first, count }) =>
    count === 1 ? first : { ...first, message: `${first.message} (here and in ${count - 1} more)` },
  );
}

export type ManifestCheck = (manifests: readonly BuiltManifest[]) => Promise<LocatedProblem[]>;

/** What an API server would refuse in the objects of a chart, patches included. */
export function manifestCheck(file: string): ManifestCheck {
  const schemas = new Map<Kind, CompiledSchema>();
  return async (manifests) => {
    for (const { object } of manifests) {
      const { kind } = (object ?? {}) as { readonly kind?: unknown };
      if (isKind(kind) && !schemas.has(kind)) schemas.set(kind, await compiledSchema(kind));
    }
    const custom = gameObjectChecks(schemas);
    const told = new Set<string>();
    return manifests.flatMap(({ object, construct }) =>
      checkObject(object, { custom }).flatMap(({ path, message, value }): LocatedProblem[] => {
        // What stands in every object of a chart was written once.
        const refusal = `${path}: ${message}`;
        if (told.has(refusal)) return [];
        told.add(refusal);
        const { kind, metadata } = (object ?? {}) as { kind?: unknown; metadata?: { name?: unknown } };
        const said = `${String(kind)} ${String(metadata?.name)} would be refused: ${refusal}`;
        const shown = value !== undefined && kind !== 'Secret';
        return [{ file, construct, path: [], message: said, ...(shown && { value }) }];
      }),
    );
  };
}
