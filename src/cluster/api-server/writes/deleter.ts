import type { Stored } from '../../../kube/objects.js';
import { shown, type ServedResource } from '../catalog/served-resource.js';
import type { Core } from '../core.js';
import { frozen, list, record, type Json } from '../json.js';
import { conflict, forbidden, invalid } from '../refusal.js';
import type { Writer } from './writer.js';

export interface Deletion {
  readonly uid?: string | undefined;
  readonly resourceVersion?: string | undefined;
  readonly propagation?: string | undefined;
  readonly gracePeriodSeconds?: number | undefined;
  readonly dryRun: boolean;
}

export interface Deleted {
  readonly object: Stored;
  /** Nothing holds it back: it is no longer there. */
  readonly isGone: boolean;
}

const ORPHAN = 'orphan';
const FOREGROUND = 'foregroundDeletion';
const PROPAGATIONS = ['Background', 'Foreground', 'Orphan'];
const LASTING_NAMESPACES = ['default', 'kube-system', 'kube-public'];

/** Source: Delete of k8s.io/apiserver/pkg/registry/generic/registry, and BeforeDelete. */
export class Deleter {
  constructor(
    private readonly core: Core,
    private readonly writer: Writer,
  ) {}

  delete(resource: ServedResource, namespace: string, name: string, deletion: Deletion): Deleted {
    const live = this.core.stored(resource, namespace, name);
    checkOptions(deletion);
    checkPreconditions(resource, live, deletion);
    if (resource.id === '/namespaces') return this.deleteNamespace(resource, live, deletion);

    const finalizers = finalizersAfter(resource, live, deletion);
    const hasFinalizers = finalizers.length > 0;
    const grace = graceOf(resource, live, deletion);
    if (grace === 'pending') return { object: shown(resource, live), isGone: false };
    if (grace === undefined && !hasFinalizers)
      return { object: this.writer.remove(resource, live, deletion), isGone: true };
    const marked = this.mark(resource, live, finalizers, grace, deletion.dryRun);
    if (hasFinalizers || (grace ?? 0) > 0 || deletion.dryRun) return { object: shown(resource, marked), isGone: false };
    return { object: this.writer.remove(resource, live, deletion), isGone: true };
  }

  /** The object with the time of its end, stored. */
  private mark(
    resource: ServedResource,
    live: Stored,
    finalizers: readonly string[],
    grace: number | undefined,
    dryRun: boolean,
  ): Stored {
    const { core } = this;
    const { deletionTimestamp, deletionGracePeriodSeconds: pending = 0, generation } = live.metadata;
    const seconds = grace ?? 0;
    const metadata: Stored['metadata'] = { ...live.metadata };
    if (finalizers.length > 0) metadata.finalizers = [...finalizers];
    else delete metadata.finalizers;
    if (deletionTimestamp === undefined) {
      metadata.deletionTimestamp = core.now(seconds);
      metadata.deletionGracePeriodSeconds = seconds;
      if (generation !== undefined) metadata.generation = generation + 1;
    } else if (seconds < pending) {
      const shortened = Date.parse(deletionTimestamp) - (pending - seconds) * 1000;
      metadata.deletionTimestamp = new Date(shortened).toISOString().replace(/\.\d+Z$/, 'Z');
      metadata.deletionGracePeriodSeconds = seconds;
    } else if (sameTexts(live.metadata.finalizers ?? [], finalizers)) return live;
    const next = { ...live, metadata };
    return dryRun ? frozen(next) : core.storage.put(core.collection(resource), next);
  }

  /** It goes when its controller has emptied it and taken its own finalizer away. */
  private deleteNamespace(resource: ServedResource, live: Stored, deletion: Deletion): Deleted {
    const { name, deletionTimestamp } = live.metadata;
    if (LASTING_NAMESPACES.includes(name)) throw forbidden(resource, name, 'this namespace may not be deleted');
    const content = live as unknown as Json;
    const isEmptied = list(record(content['spec'])['finalizers']).length === 0;
    if (deletionTimestamp !== undefined && isEmptied && (live.metadata.finalizers ?? []).length === 0)
      return { object: this.writer.remove(resource, live, deletion), isGone: true };
    if (deletionTimestamp !== undefined) return { object: live, isGone: false };
    const { core } = this;
    const metadata = { ...live.metadata, deletionTimestamp: core.now(), deletionGracePeriodSeconds: 0 };
    delete (metadata as { deletionGracePeriodSeconds?: number }).deletionGracePeriodSeconds;
    const next = { ...live, metadata, status: { ...record(content['status']), phase: 'Terminating' } };
    const object = deletion.dryRun ? frozen(next) : core.storage.put(core.collection(resource), next);
    return { object, isGone: false };
  }
}

function checkOptions({ propagation }: Deletion): void {
  if (propagation === undefined || PROPAGATIONS.includes(propagation)) return;
  const message = `Unsupported value: ${JSON.stringify(propagation)}: supported values: "Background", "Foreground", "Orphan"`;
  throw invalid({ group: 'meta.k8s.io', kind: 'DeleteOptions' }, '', [
    { reason: 'FieldValueNotSupported', message, field: 'propagationPolicy' },
  ]);
}

export function checkPreconditions(
  resource: ServedResource,
  { metadata }: Stored,
  { uid, resourceVersion }: Pick<Deletion, 'uid' | 'resourceVersion'>,
): void {
  // The server speaks of kinds here, but for namespaces.
  const subject = resource.id === '/namespaces' ? resource : { ...resource, plural: resource.kind };
  if (uid !== undefined && uid !== metadata.uid) {
    const why = `the UID in the precondition (${uid}) does not match the UID in record (${metadata.uid}). The object might have been deleted and then recreated`;
    throw conflict(subject, metadata.name, why);
  }
  if (resourceVersion === undefined || resourceVersion === metadata.resourceVersion) return;
  const why = `the ResourceVersion in the precondition (${resourceVersion}) does not match the ResourceVersion in record (${metadata.resourceVersion}). The object might have been modified`;
  throw conflict(subject, metadata.name, why);
}

/** What the garbage collector has to do before the object goes is one of its finalizers. */
function finalizersAfter(resource: ServedResource, live: Stored, { propagation }: Deletion): readonly string[] {
  const own = [...(live.metadata.finalizers ?? []), ...(resource.strategy.finalizers?.(live) ?? [])];
  const others = own.filter((finalizer) => finalizer !== ORPHAN && finalizer !== FOREGROUND);
  const policy =
    propagation ??
    (own.includes(ORPHAN)
      ? 'Orphan'
      : own.includes(FOREGROUND)
        ? 'Foreground'
        : (resource.strategy.propagation ?? 'Background'));
  if (policy === 'Orphan') return own.includes(ORPHAN) ? own : [...others, ORPHAN];
  if (policy === 'Foreground') return own.includes(FOREGROUND) ? own : [...others, FOREGROUND];
  return others;
}

/** Seconds; `pending` where it is going already and nothing makes it go faster; undefined for kinds without a grace period. */
function graceOf(
  resource: ServedResource,
  live: Stored,
  { gracePeriodSeconds }: Deletion,
): number | 'pending' | undefined {
  const { strategy } = resource;
  const asked = gracePeriodSeconds !== undefined && gracePeriodSeconds < 0 ? 1 : gracePeriodSeconds;
  const { deletionTimestamp, deletionGracePeriodSeconds } = live.metadata;
  if (strategy.gracePeriod === undefined) return undefined;
  if (deletionTimestamp === undefined) return strategy.gracePeriod(live as unknown as Json, asked);
  if (!deletionGracePeriodSeconds) return undefined;
  return asked === undefined || asked >= deletionGracePeriodSeconds ? 'pending' : asked;
}

function sameTexts(one: readonly string[], other: readonly string[]): boolean {
  return one.length === other.length && one.every((text, index) => text === other[index]);
}
