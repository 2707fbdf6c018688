import { furtherWorkloadName, workloadName } from './names.js';
import type { Workload } from './zone.js';

/** One service id and the image that it runs. */
export interface IdImage {
  readonly id: number;
  readonly image: string;
}

/**
 * One workload per run of neighbouring ids. The run with the lowest id has the short name, so that a later gap renames nothing.
 *
 * @param ids in any order, each id once
 */
export function workloadsOfIds(
  zone: string,
  type: string,
  ids: readonly IdImage[],
  defaultImage: string | undefined,
): Workload[] {
  return runsOf(ids).map((run, index) => {
    const firstId = run[0]!.id;
    const image = templateImage(run, defaultImage);
    return {
      kind: 'ids',
      name: index === 0 ? workloadName(zone, type) : furtherWorkloadName(zone, type, firstId),
      firstId,
      count: run.length,
      image,
      instances: run.filter((entry) => entry.image !== image),
    };
  });
}

/** Ids in rising order, split wherever one is missing. */
export function runsOf<T extends { readonly id: number }>(ids: readonly T[]): T[][] {
  const runs: T[][] = [];
  for (const entry of [...ids].sort((a, b) => a.id - b.id)) {
    const run = runs.at(-1);
    if (run && run.at(-1)!.id + 1 === entry.id) run.push(entry);
    else runs.push([entry]);
  }
  return runs;
}

/** The zone's default where any id runs it, since that is what a new id would run; else the lowest id's. */
function templateImage(run: readonly IdImage[], defaultImage: string | undefined): string {
  const usesDefault = defaultImage !== undefined && run.some((entry) => entry.image === defaultImage);
  return usesDefault ? defaultImage : run[0]!.image;
}
