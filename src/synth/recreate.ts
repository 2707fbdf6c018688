import { LABELS } from '../../constructs/manifests/manifest.js';
import type { Manifest } from '../../constructs/manifests/manifest.js';

/** What keeps pods. Where its name or its kind is another one, so are its pods. */
export interface Workload {
  readonly kind: string;
  readonly name: string;
}

/** The pod of one id, or all pods of a service without ids. */
export interface KeptPods {
  readonly service: string;
  readonly id?: number;
  readonly workload: Workload;
}

/** Pods that would be deleted where they are and created anew elsewhere. */
export interface RecreatedPods extends KeptPods {
  readonly to: Workload;
}

const OF_IDS: readonly unknown[] = ['GameStatefulSet', 'StatefulSet'];
const OF_REPLICAS: readonly unknown[] = ['GameDeployment', 'Deployment'];

/** The pods of a zone as its objects say it, whoever wrote these. */
export class ZonePods {
  private readonly pods = new Map<string, KeptPods>();
  private id: string | undefined;

  /** The zone's number; undefined where the objects do not say it. */
  get zoneId(): string | undefined {
    return this.id;
  }

  /** Takes the pods of an object into account; most objects keep none. */
  add(object: unknown): void {
    const { kind, metadata, spec } = (object ?? {}) as WorkloadObject;
    const service = metadata?.labels?.[LABELS.service];
    const name = metadata?.name;
    if (service === undefined || name === undefined) return;
    if (OF_IDS.includes(kind)) {
      const workload = { kind: String(kind), name };
      const start = spec?.ordinals?.start ?? 0;
      const count = spec?.replicas;
      if (typeof count !== 'number' || typeof start !== 'number') return;
      for (let id = start; id < start + count; id++) this.pods.set(`${service}/${id}`, { service, id, workload });
    } else if (OF_REPLICAS.includes(kind)) {
      this.pods.set(service, { service, workload: { kind: String(kind), name } });
    } else return;
    this.id ??= zoneIdIn(spec);
  }

  /** Which of them would be recreated when `after` takes their place; those that are not there any more are not among them. */
  recreatedBy(after: ZonePods): RecreatedPods[] {
    return [...after.pods].flatMap(([key, { workload: to }]) => {
      const before = this.pods.get(key);
      const same = before?.workload.name === to.name && before.workload.kind === to.kind;
      return before === undefined || same ? [] : [{ ...before, to }];
    });
  }
}

/** As much of a workload as is looked at; a file that somebody edited may hold anything. */
interface WorkloadObject {
  readonly kind?: unknown;
  readonly metadata?: Manifest['metadata'];
  readonly spec?: {
    readonly replicas?: unknown;
    readonly ordinals?: { readonly start?: unknown };
    readonly template?: { readonly spec?: { readonly containers?: unknown } };
  };
}

/** The number as the process is told it: by its environment, or by its arguments where the variable has another name. */
function zoneIdIn(spec: WorkloadObject['spec']): string | undefined {
  const { containers } = spec?.template?.spec ?? {};
  const [game] = Array.isArray(containers) ? (containers as unknown[]) : [];
  const { env, args } = (game ?? {}) as { readonly env?: unknown; readonly args?: unknown };
  const variables = Array.isArray(env) ? (env as ({ readonly name?: unknown; readonly value?: unknown } | null)[]) : [];
  const said = variables.find((variable) => variable?.name === 'GAMEZONE_ZONE_ID')?.value;
  const list = Array.isArray(args) ? (args as unknown[]) : [];
  const flag = list.indexOf('--zone');
  const id = said ?? (flag < 0 ? undefined : list[flag + 1]);
  return typeof id === 'string' ? id : undefined;
}

/** A zone and where it comes from. */
export interface SourcedZone {
  readonly name: string;
  readonly source: string;
  readonly pods: ZonePods;
}

/**
 * Zones that were there and are not any more, each with the one that took its place: the same number under another name.
 * Where the objects do not say the number, the same file must have made it. A zone that only went was taken out on purpose.
 */
export function renamedZones<Gone extends SourcedZone, Come extends SourcedZone>(
  gone: readonly Gone[],
  come: readonly Come[],
): (readonly [Gone, Come])[] {
  const left = new Set(come);
  return gone.flatMap((zone) => {
    const candidates = [...left].filter((other) => isSame(zone, other));
    const heir = candidates.find(({ source }) => source === zone.source) ?? candidates[0];
    if (!heir) return [];
    left.delete(heir);
    return [[zone, heir] as const];
  });
}

function isSame(gone: SourcedZone, come: SourcedZone): boolean {
  const [before, after] = [gone.pods.zoneId, come.pods.zoneId];
  return before === undefined || after === undefined ? gone.source === come.source : before === after;
}
