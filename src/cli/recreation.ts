import type { Recreation, Recreations } from '../synth/output/recreations.js';
import { UserError } from '../synth/user-error.js';

/** What `--allow-recreate` takes: the pod of an id, a service of a zone, or a whole zone. */
const ALLOWED = /^([-a-z0-9]+\/\d+|[a-z][-a-z0-9]*(\/[-a-z0-9]+(\/\d+)?)?)$/;

/** @throws UserError for a value that can name no pods */
export function checkAllowed(allowed: readonly string[]): void {
  const wrong = allowed.find((pods) => !ALLOWED.test(pods));
  if (wrong === undefined) return;
  throw new UserError(`--allow-recreate ${wrong}: names no pods`, {
    hint: 'write TYPE/ID, such as game/5, or ZONE/TYPE/ID, ZONE/TYPE, ZONE',
  });
}

/** The recreations that nobody has allowed. */
export const refusedOf = ({ pods }: Recreations, allowed: readonly string[]): Recreation[] =>
  pods.filter((recreation) => !namesOf(recreation).some((name) => allowed.includes(name)));

const namesOf = ({ zone, service, id }: Recreation): string[] => [
  zone,
  `${zone}/${service}`,
  ...(id === undefined ? [] : [`${service}/${id}`, `${zone}/${service}/${id}`]),
];

const MOST_LINES = 8;

/** A line for each workload that would lose pods to another one. */
export function recreationLines(folder: string, refused: readonly Recreation[]): string[] {
  const groups = grouped(refused);
  const lines = groups.slice(0, MOST_LINES).map((group) => {
    const { zone, workload, to } = group[0]!;
    const sameKind = workload.kind === to.kind;
    const [from, into] = [workload, to].map(({ kind, name }) => (sameKind ? name : `${kind} ${name}`));
    return `${folder}/${zone}: ${podsOf(group)} would be deleted in ${from} and created anew in ${into}`;
  });
  return groups.length > lines.length ? [...lines, `... and ${groups.length - lines.length} more workloads`] : lines;
}

function grouped(refused: readonly Recreation[]): Recreation[][] {
  const groups = new Map<string, Recreation[]>();
  for (const recreation of refused) {
    const group = groups.get(keyOf(recreation));
    if (group) group.push(recreation);
    else groups.set(keyOf(recreation), [recreation]);
  }
  return [...groups.values()];
}

const keyOf = ({ zone, service, workload, to }: Recreation): string =>
  [zone, service, workload.kind, workload.name, to.kind, to.name].join(' ');

/** `game/1 to game/3, game/7`; `the pods of web` where they have no ids. */
function podsOf(group: readonly Recreation[]): string {
  const { service } = group[0]!;
  const ids = group.flatMap(({ id }) => (id === undefined ? [] : [id])).sort((a, b) => a - b);
  if (ids.length === 0) return `the pods of ${service}`;
  const runs: { readonly first: number; last: number }[] = [];
  for (const id of ids) {
    const run = runs.at(-1);
    if (run?.last === id - 1) run.last = id;
    else runs.push({ first: id, last: id });
  }
  return runs
    .map(({ first, last }) => {
      const between = last === first + 1 ? ' and ' : ' to ';
      return first === last ? `${service}/${first}` : `${service}/${first}${between}${service}/${last}`;
    })
    .join(', ');
}

/** What keeps the pods, and the option that gives them up. */
export function waysOut(refused: readonly Recreation[]): { readonly keep: string; readonly option: string } {
  const reasons = refused.map(reasonOf);
  const keep = [...new Set(reasons.map((reason) => reason.keep))].join(' and ');
  return { keep, option: `--allow-recreate ${[...new Set(reasons.map(({ pods }) => pods))].join(',')}` };
}

/** Why the pods would be recreated, and their shortest name. */
function reasonOf({ zone, zoneAfter, service, id, workload, to }: Recreation): { keep: string; pods: string } {
  if (zone !== zoneAfter) return { keep: `keep the name ${zone} instead of ${zoneAfter}`, pods: zone };
  if (workload.kind !== to.kind) return { keep: `keep the \`runtime\` of ${zone}`, pods: zone };
  const pods = id === undefined ? `${zone}/${service}` : `${service}/${id}`;
  return { keep: 'keep the ids without new gaps', pods };
}
