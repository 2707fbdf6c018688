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

/** Ids whose workload has another name than before. */
export function movedIds(before: readonly unknown[], after: readonly Manifest[]): MovedId[] {
  const old = workloadOfIds(before);
  return [...workloadOfIds(after)].flatMap(([key, { service, id, name }]) => {
    const from = old.get(key)?.name;
    return from === undefined || from === name ? [] : [{ service, id, from, to: name }];
  });
}

function workloadOfIds(objects: readonly unknown[]): Map<string, { service: string; id: number; name: string }> {
  const workloads = new Map<string, { service: string; id: number; name: string }>();
  for (const object of objects as readonly (Partial<Manifest> | null)[]) {
    if (object?.kind !== 'GameStatefulSet' && object?.kind !== 'StatefulSet') continue;
    const service = object.metadata?.labels?.[LABELS.service];
    const name = object.metadata?.name;
    const spec = (object['spec'] ?? {}) as {
      readonly replicas?: unknown;
      readonly ordinals?: { readonly start?: unknown };
    };
    const start = spec.ordinals?.start ?? 0;
    if (service === undefined || name === undefined || typeof spec.replicas !== 'number' || typeof start !== 'number')
      continue;
    for (let id = start; id < start + spec.replicas; id++) workloads.set(`${service}/${id}`, { service, id, name });
  }
  return workloads;
}
