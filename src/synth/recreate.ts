import { loadAll } from 'js-yaml';
import { LABELS } from '../../constructs/manifests/manifest.js';
import type { Manifest } from '../../constructs/manifests/manifest.js';

/** An id that would leave its workload for another one: its pod would be deleted and another one created. */
export interface MovedId {
  readonly service: string;
  readonly id: number;
  readonly from: string;
  readonly to: string;
}

/** The objects in a file that synth wrote; undefined when its text is not readable any more. */
export function objectsIn(text: string): unknown[] | undefined {
  try {
    return loadAll(text).flatMap((document) => {
      const items = (document as { readonly items?: unknown } | null)?.items;
      return Array.isArray(items) ? (items as unknown[]) : [document];
    });
  } catch {
    return undefined;
  }
}

/** Which workload each id is in, by `service/id`. */
export type WorkloadsOfIds = Map<string, { readonly service: string; readonly id: number; readonly name: string }>;

/** Ids whose workload has another name than before. */
export function movedIds(before: readonly unknown[], after: WorkloadsOfIds): MovedId[] {
  const old: WorkloadsOfIds = new Map();
  for (const object of before) addWorkload(old, object);
  return [...after].flatMap(([key, { service, id, name }]) => {
    const from = old.get(key)?.name;
    return from === undefined || from === name ? [] : [{ service, id, from, to: name }];
  });
}

/** Adds the ids of an object that is a workload of ids; others, whatever they are, have none. */
export function addWorkload(workloads: WorkloadsOfIds, object: unknown): void {
  const { kind, metadata, spec } = (object ?? {}) as {
    readonly kind?: unknown;
    readonly metadata?: Manifest['metadata'];
    readonly spec?: { readonly replicas?: unknown; readonly ordinals?: { readonly start?: unknown } };
  };
  if (kind !== 'GameStatefulSet' && kind !== 'StatefulSet') return;
  const service = metadata?.labels?.[LABELS.service];
  const name = metadata?.name;
  const start = spec?.ordinals?.start ?? 0;
  const count = spec?.replicas;
  if (service === undefined || name === undefined || typeof count !== 'number' || typeof start !== 'number') return;
  for (let id = start; id < start + count; id++) workloads.set(`${service}/${id}`, { service, id, name });
}
