import { runsOf } from '../model/ids.js';
import { furtherWorkloadName, workloadName } from '../model/names.js';
import { ENTRY_FIELDS } from '../model/services.js';
import type { ServiceEntry } from '../model/resolve.js';
import type { Problem } from '../../src/api/problem.js';
import { isReplicated, placesOf } from './context.js';
import type { PlacedEntry, ServiceOfType, ZoneCheck } from './context.js';

/** An entry whose ids make sense by themselves. */
interface Range extends PlacedEntry {
  readonly first: number;
  readonly last: number;
}

/** Every pod of a type lists its ids one by one in the manifests of the API server; far beyond this lies a typing error. */
const MAX_IDS_OF_TYPE = 10_000;

/** Ids: given or replaced by `replicas`, the right way round, each once. */
export const checkIds: ZoneCheck = ({ services }) => services.flatMap(checkType);

function checkType(service: ServiceOfType): Problem[] {
  if (isReplicated(service)) return checkReplicated(service);
  const problems: Problem[] = [];
  const ranges: Range[] = [];
  for (const { entry, path } of service.entries) {
    const { id, endId } = entry;
    if (id === undefined) {
      problems.push(
        endId === undefined
          ? {
              path,
              message: `${entry.type} has no id`,
              hint: 'set `id` (and `endId` for a range), or `replicas`',
              missing: [[...path, 'id'], ...placesOf(service, 'replicas')],
            }
          : {
              path: [...path, 'endId'],
              message: '`endId` without `id`',
              hint: 'set `id` to the first id',
              value: endId,
              missing: [[...path, 'id']],
            },
      );
      continue;
    }
    const last = endId ?? id;
    if (last < id) {
      const message = `the ids run backwards, from ${id} to ${last}`;
      problems.push({ path: [...path, 'endId'], message, hint: `write id: ${last} and endId: ${id}`, value: endId });
      continue;
    }
    if (last - id >= MAX_IDS_OF_TYPE) {
      const message = `${last - id + 1} ids of one type are more than ${MAX_IDS_OF_TYPE}`;
      problems.push({ path: [...path, 'endId'], message, hint: 'use several types or zones', value: endId });
      continue;
    }
    ranges.push({ entry, path, first: id, last });
  }
  problems.push(...strayOverrides(ranges));
  return ranges.length < 2 ? problems : [...problems, ...overlaps(ranges), ...gaps(service.type, ranges)];
}

function checkReplicated({ type, entries }: ServiceOfType): Problem[] {
  return entries.flatMap(({ entry, path }, index): Problem[] => {
    if (index > 0) {
      const message = `${type} has \`replicas\` and so only one entry`;
      return [{ path: [...path, 'type'], message, hint: 'merge the entries, or give all of them ids', value: type }];
    }
    return (['id', 'endId', 'overrides'] as const)
      .filter((field) => entry[field] !== undefined)
      .map((field) => ({
        path: [...path, field],
        message: `\`${field}\` and \`replicas\` exclude each other`,
        hint: 'ids make pods with an identity, `replicas` interchangeable ones: keep one of them',
        value: entry[field],
      }));
  });
}

function overlaps(ranges: readonly Range[]): Problem[] {
  const sorted = [...ranges].sort((a, b) => a.first - b.first || a.last - b.last);
  const problems: Problem[] = [];
  let widest = sorted[0];
  for (const range of sorted.slice(1)) {
    if (widest && range.first <= widest.last) problems.push(overlap(widest, range));
    if (!widest || range.last > widest.last) widest = range;
  }
  return problems;
}

/** Shows how the two entries would have to be cut so that each id stands in one of them. */
function overlap(outer: Range, inner: Range): Problem {
  const shared = span(inner.first, Math.min(inner.last, outer.last));
  const parts = [
    ...(outer.first < inner.first ? [span(outer.first, inner.first - 1)] : []),
    span(inner.first, inner.last),
    ...(inner.last < outer.last ? [span(inner.last + 1, outer.last)] : []),
  ];
  const type = inner.entry.type;
  const split = `split the entries into ids ${parts.join(', ')}`;
  const override = `or keep ${span(outer.first, outer.last)} and give single ids their image by \`overrides\``;
  const hint = parts.length === 1 ? 'remove one of them' : `${split}, ${override}`;
  return {
    path: [...inner.path, 'id'],
    message: `${type} ${shared} stands in two entries, ${span(outer.first, outer.last)} and ${span(inner.first, inner.last)}`,
    hint,
    value: inner.first,
  };
}

const span = (first: number, last: number): string => (first === last ? String(first) : `${first}-${last}`);

function strayOverrides(ranges: readonly Range[]): Problem[] {
  return ranges.flatMap(({ entry, path, first, last }) =>
    Object.keys(entry.overrides ?? {})
      .filter((id) => !/^(0|[1-9]\d*)$/.test(id) || Number(id) < first || Number(id) > last)
      .map((id) => ({
        path: [...path, 'overrides', id],
        message: `${entry.type} has no id ${id} in this entry`,
        hint: `the entry's ids are ${span(first, last)}`,
        value: id,
        missing: [
          [...path, 'id'],
          [...path, 'endId'],
        ],
      })),
  );
}

function gaps(type: string, ranges: readonly Range[]): Problem[] {
  const ids = ranges.flatMap(({ first, last, path }) =>
    Array.from({ length: last - first + 1 }, (_, offset) => ({ id: first + offset, path })),
  );
  return runsOf(ids)
    .slice(1)
    .map((run) => ({
      severity: 'warning',
      path: [...run[0]!.path, 'id'],
      message: `the ids of ${type} have a gap before ${run[0]!.id}: they become a workload of their own, ${furtherWorkloadName('<zone>', type, run[0]!.id)}`,
      hint: `ids without gaps stay in one workload, ${workloadName('<zone>', type)}`,
    }));
}

/** The entries of a type share one workload: a setting stands in one of them, or is the same in all. */
export const checkSharedSettings: ZoneCheck = ({ services }) =>
  services.flatMap((service) => {
    const { type, entries } = service;
    // A second entry beside one with replicas is told to go as a whole.
    if (entries.length === 1 || isReplicated(service)) return [];
    const given = new Map<string, { readonly text: string; readonly index: number }>();
    return entries.flatMap(({ entry, path }, index) =>
      Object.entries(entry)
        .filter(([field]) => !ENTRY_FIELDS.has(field))
        .flatMap(([field, value]): Problem[] => {
          const text = JSON.stringify(value);
          const before = given.get(field);
          if (!before) given.set(field, { text, index });
          if (!before || before.text === text) return [];
          const message = `\`${field}\` of ${type} differs from the one in an earlier entry of that type`;
          const hint = 'all ids of a type share one workload: keep one of them, or use another type';
          return [{ path: [...path, field], message, hint }];
        }),
    );
  });

/** Every id runs some image. */
export const checkImagesGiven: ZoneCheck = ({ document, services }) =>
  document.spec.gameZone.defaultImage !== undefined
    ? []
    : services.flatMap(({ entries }) =>
        entries
          .filter(({ entry }) => entry.image === undefined && !overridesEveryId(entry))
          .map(({ entry, path }) => ({
            path,
            message: `${entry.type} has no image`,
            hint: 'set `image` here, or `defaultImage` for the zone',
            missing: [
              [...path, 'image'],
              [...path, 'overrides'],
              ['spec', 'gameZone', 'defaultImage'],
            ],
          })),
      );

function overridesEveryId({ id, endId, overrides = {} }: ServiceEntry): boolean {
  if (id === undefined) return false;
  const count = (endId ?? id) - id + 1;
  return Object.keys(overrides).length >= count;
}

/** The runs of neighbouring ids, as far as the entries make sense. */
export function runsOfEntries(entries: readonly PlacedEntry[]): { first: number; last: number }[] {
  const ranges = entries
    .flatMap(({ entry: { id, endId } }) => (id === undefined ? [] : [{ first: id, last: endId ?? id }]))
    .filter(({ first, last }) => first <= last && last - first < MAX_IDS_OF_TYPE)
    .sort((a, b) => a.first - b.first);
  const runs: { first: number; last: number }[] = [];
  for (const range of ranges) {
    const run = runs.at(-1);
    if (run && range.first <= run.last + 1) run.last = Math.max(run.last, range.last);
    else runs.push({ ...range });
  }
  return runs;
}
