import { DEFAULTS } from '../../../../constructs/model/defaults.js';
import { checkWith } from '../../../api/explain.js';
import type { CompiledSchema } from '../../../api/compiled-schema.js';
import { under } from '../../../api/problem.js';
import type { Path, Problem } from '../../../api/problem.js';
import type { UpdateStrategySpec } from '../../../rollout/steps.js';
import { entryWith, isReplicated, placesOf, settingsOf } from '../../../../constructs/checks/context.js';
import type { ServiceOfType, ZoneContext } from '../../../../constructs/checks/context.js';
import { runsOfEntries } from '../../../../constructs/checks/ids.js';
import type { Rules } from '../rules.js';

/** One updateStrategy and the workloads that it will govern. */
interface PlacedStrategy {
  readonly strategy: Readonly<Record<string, unknown>>;
  readonly path: Path;
  readonly kind: 'GameStatefulSet' | 'GameDeployment';
  /** The pods of each workload. */
  readonly counts: readonly number[];
  readonly progressDeadlineSeconds: number;
  /** Where the kind and the counts come from. */
  readonly from: readonly Path[];
}

/** Whether there is any updateStrategy to check. */
export const hasUpdates = (zone: ZoneContext): boolean => strategiesOf(zone).length > 0;

/** `update`: the fields of its kind of workload, and steps that do something at this number of pods. */
export function checkUpdates(zone: ZoneContext, { updates }: Rules): Problem[] {
  if (!updates) return [];
  const { checkUpdateStrategy, schemas } = updates;
  const problems: Problem[] = [];
  for (const { strategy, path, kind, counts, progressDeadlineSeconds, from } of strategiesOf(zone)) {
    const add = (found: readonly Problem[]): void => {
      problems.push(...under(path, found).map((problem) => ({ ...problem, missing: from })));
    };
    const shape = shapeProblems(strategy, kind, schemas[kind]);
    add(shape);
    if (shape.length > 0) continue;
    const effective: UpdateStrategySpec = { type: 'InplaceUpdate', ...strategy };
    const found = counts.flatMap((replicas) =>
      checkUpdateStrategy(effective, { kind, replicas, progressDeadlineSeconds }),
    );
    add(uniqueByPlace(found));
  }
  return problems;
}

/** The schema of the whole kind knows what its updateStrategy may hold. */
function shapeProblems(strategy: object, kind: PlacedStrategy['kind'], schema: CompiledSchema): Problem[] {
  const prefix: Path = ['spec', 'updateStrategy'];
  const object = {
    apiVersion: 'tkex.tencent.com/v1alpha1',
    kind,
    metadata: { name: 'x' },
    spec: { serviceName: 'x', selector: {}, template: {}, updateStrategy: strategy },
  };
  const problems = checkWith(schema, object);
  return problems
    .filter(({ path }) => prefix.every((segment, index) => path[index] === segment))
    .map((problem) => ({ ...problem, path: problem.path.slice(prefix.length) }));
}

function strategiesOf(zone: ZoneContext): PlacedStrategy[] {
  const zoneDefault = zone.document.spec.defaults?.progressDeadlineSeconds ?? DEFAULTS.progressDeadlineSeconds;
  const placed = (strategy: object, path: Path, service: ServiceOfType): PlacedStrategy => ({
    strategy: strategy as Readonly<Record<string, unknown>>,
    path,
    kind: isReplicated(service) ? 'GameDeployment' : 'GameStatefulSet',
    counts: podCounts(service),
    progressDeadlineSeconds:
      entryWith(service, 'progressDeadlineSeconds')?.entry.progressDeadlineSeconds ?? zoneDefault,
    from: placesOf(service, 'id', 'endId', 'replicas', 'autoscale'),
  });
  const byDefault = zone.document.spec.defaults?.update;
  const governed = zone.services.filter((service) => !isReplicated(service) && !entryWith(service, 'update'));
  return [
    ...settingsOf(zone, 'update').map(({ value, path, service }) => placed(value, path, service)),
    ...(byDefault && governed.length > 0
      ? [{ ...placed(byDefault, ['spec', 'defaults', 'update'], governed[0]!), counts: governed.flatMap(podCounts) }]
      : []),
  ];
}

function podCounts(service: ServiceOfType): number[] {
  const autoscale = entryWith(service, 'autoscale')?.entry.autoscale;
  if (isReplicated(service)) return [autoscale?.maxReplicas ?? entryWith(service, 'replicas')!.entry.replicas!];
  return [...new Set(runsOfEntries(service.entries).map(({ first, last }) => last - first + 1))];
}

const uniqueByPlace = (problems: readonly Problem[]): Problem[] => [
  ...new Map(problems.map((problem) => [problem.path.join('.'), problem])).values(),
];
