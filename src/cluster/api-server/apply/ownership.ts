import type { FieldCause } from '../../../kube/error.js';
import { isEqual, record, text, withAt, type Json } from '../json.js';
import { Refusal } from '../refusal.js';
import { compare, type Comparison } from './compare.js';
import { FieldSet, spelled } from './field-set.js';
import { ManagedFields, type Manager } from './managed-fields.js';
import { merge, Unmergeable } from './merge.js';
import type { MergeType } from './merge-type.js';
import { remove } from './remove.js';
import { fieldSetOf, withNamedFields } from './value-set.js';

/** What is applied does not fit the type of the object. */
export class Untyped extends Error {}

/** A write, as far as it concerns who owns what. */
export interface OwnedWrite {
  readonly type: MergeType;
  /** What is stored, or the empty object of the kind. */
  readonly live: Json;
  readonly empty: Json;
  readonly manager: Manager;
  /** Places that this way of writing resets: nobody comes to own them by it. */
  readonly reset: FieldSet;
  /** Wall time as objects write it. */
  readonly now: string;
}

/** Beside each other: more are one, who has changed the object long ago. */
const MOST_UPDATERS = 10;
const OLD_UPDATERS = 'ancient-changes';
const BEFORE_FIRST_APPLY = 'before-first-apply';

/** Places that belong to nobody. Source: stripmeta.go of managedfields. */
const UNOWNED = FieldSet.read({
  'f:apiVersion': {},
  'f:kind': {},
  'f:metadata': {
    '.': {},
    'f:name': {},
    'f:namespace': {},
    'f:creationTimestamp': {},
    'f:selfLink': {},
    'f:uid': {},
    'f:clusterName': {},
    'f:generation': {},
    'f:managedFields': {},
    'f:resourceVersion': {},
  },
});

/** The managed fields after an object was created, replaced or patched: what has changed belongs to who changed it. */
export function ownedByUpdate(write: OwnedWrite, next: Json): Json {
  const given = ManagedFields.read(record(next['metadata'])['managedFields']);
  const base = isReset(next)
    ? ManagedFields.none
    : given.isEmpty || write.manager.subresource !== ''
      ? liveFields(write)
      : given;
  const isNew = text(record(write.live['metadata'])['uid']) === '';
  if (base.isEmpty && !isNew) return withFields(next, base);
  return withFields(next, afterUpdate(write, base, withoutFields(write.live), withoutFields(next)));
}

/**
 * The object after an apply, with its managed fields.
 *
 * @throws Refusal where another manager owns what would change, unless forced
 * @throws Untyped
 */
export function applied(write: OwnedWrite, configuration: Json, force: boolean): Json {
  const { type, manager, now, reset } = write;
  const live = withoutFields(write.live);
  let fields = liveFields(write);
  const isNew = text(record(write.live['metadata'])['uid']) === '';
  if (fields.isEmpty && !isNew) {
    const before: Manager = { ...manager, name: BEFORE_FIRST_APPLY, operation: 'Update', subresource: '' };
    fields = afterUpdate({ ...write, manager: before }, fields, write.empty, live);
  }
  const last = fields.of(manager);
  const set = fieldSetOf(type, configuration).without(reset);
  const lastTime = fields.timeOf(manager);
  let next: Json;
  try {
    next = record(merge(type, live, configuration));
  } catch (error) {
    if (error instanceof Unmergeable) throw new Untyped(error.message);
    throw error;
  }
  fields = fields.with(manager, set, now);
  next = pruned(type, next, last, fields);
  const changes = comparison(type, live, next, reset);
  const conflicts = fields
    .others(manager)
    .map((entry) => ({ ...entry, set: entry.set.intersection(changes.modified.union(changes.added)) }))
    .filter(({ set: taken }) => !taken.isEmpty);
  if (conflicts.length > 0 && !force) throw conflictRefusal(conflicts);
  fields = taken(fields, manager, changes);
  // What changes nothing is no news, even if somebody comes to own more.
  if (isEqual(live, next)) fields = fields.with(manager, fields.of(manager), lastTime);
  return withFields(
    next,
    fields.map((one) => one.difference(UNOWNED)),
  );
}

/**
 * The managed fields after a scaling to `replicas`, at `place`. A number of 0 is not written, and so belongs to nobody. Source:
 * scalehandler.go of managedfields.
 */
export function ownedByScaling(write: OwnedWrite, next: Json, place: FieldSet, replicas: number): Json {
  const { manager } = write;
  const fields = liveFields(write);
  // Of a number that nobody owns no track is kept.
  if (fields.all.every(({ set }) => set.intersection(place).isEmpty)) return withFields(next, fields);
  if (isEqual(withoutFields(write.live), withoutFields(next))) return withAt(next, FIELDS, apart(fields, place));
  const left = fields.map((set) => set.difference(place));
  return withFields(next, replicas === 0 ? left : left.with(manager, left.of(manager).union(place), undefined));
}

/**
 * Who owned the number before owns it on; who came to it by an update does so in an entry of its own. An oddity of the real server,
 * to which an updater of a Scale is not the updater of its object, and which clients see as a change.
 */
function apart(fields: ManagedFields, place: FieldSet): Json[] {
  const isUpdater = ({ operation }: Manager): boolean => operation === 'Update';
  const owners = fields.all.filter(({ manager, set }) => isUpdater(manager) && !set.intersection(place).isEmpty);
  const own = owners.map(({ manager }) => ManagedFields.none.with(manager, place, undefined).write()[0]!);
  const left = fields.map((set, manager) => (isUpdater(manager) ? set.difference(place) : set));
  return [...own, ...left.write()];
}

const FIELDS = ['metadata', 'managedFields'];

/** Whether two objects differ in nothing but the times of their managed fields. */
export function untimed(object: Json): Json {
  const fields = record(object['metadata'])['managedFields'];
  if (!Array.isArray(fields)) return object;
  const plain = fields.map((entry: unknown) => withAt(record(entry), ['time'], undefined));
  return withAt(object, ['metadata', 'managedFields'], plain);
}

function afterUpdate(write: OwnedWrite, base: ManagedFields, live: Json, next: Json): ManagedFields {
  const { type, manager, now, reset } = write;
  const changes = comparison(type, live, next, reset);
  const gained = changes.modified.union(changes.added).difference(UNOWNED);
  let fields = taken(base, undefined, changes).map((set) => set.difference(UNOWNED));
  if (!gained.isEmpty) fields = fields.with(manager, fields.of(manager).union(gained), now);
  return capped(fields);
}

function comparison(type: MergeType, before: Json, after: Json, reset: FieldSet): Comparison {
  const { added, removed, modified } = compare(type, before, after);
  return { added: added.without(reset), removed: removed.without(reset), modified: modified.without(reset) };
}

/** What others lose by a change. */
function taken(
  fields: ManagedFields,
  by: Manager | undefined,
  { added, removed, modified }: Comparison,
): ManagedFields {
  const changed = modified.union(added);
  const isWriter = (other: Manager): boolean =>
    by !== undefined &&
    other.name === by.name &&
    other.operation === by.operation &&
    other.subresource === by.subresource;
  return fields.map((set, other) => (isWriter(other) ? set : set.difference(changed).difference(removed)));
}

/** What who applies has applied before, does not apply now, and nobody else wants. Source: prune of structured-merge-diff. */
function pruned(type: MergeType, merged: Json, last: FieldSet, fields: ManagedFields): Json {
  if (last.isEmpty) return merged;
  const named = (set: FieldSet): FieldSet => withNamedFields(type, set);
  const mergedSet = named(fieldSetOf(type, merged));
  const without = (places: FieldSet): Json => record(remove(type, merged, places));
  const setOf = (value: Json): FieldSet => named(fieldSetOf(type, value));
  const managed = fields.all.reduce((set, entry) => set.union(entry.set), FieldSet.empty);
  const first = without(named(last));
  const second = without(mergedSet.difference(setOf(first).union(named(managed))));
  return without(mergedSet.difference(setOf(second)).intersection(named(last)));
}

function capped(fields: ManagedFields): ManagedFields {
  const updaters = fields.all.filter(({ manager }) => manager.operation === 'Update');
  if (updaters.length <= MOST_UPDATERS) return fields;
  const oldest = [...updaters].sort((one, other) => ((one.time ?? '') < (other.time ?? '') ? -1 : 1));
  const merged = oldest.slice(0, updaters.length - MOST_UPDATERS + 1);
  const { apiVersion } = merged[0]!.manager;
  const old: Manager = { name: OLD_UPDATERS, operation: 'Update', apiVersion, subresource: '' };
  const set = merged.reduce((all, entry) => all.union(entry.set), FieldSet.empty);
  const rest = merged.reduce((left, entry) => left.with(entry.manager, FieldSet.empty, undefined), fields);
  return rest.with(old, set.union(rest.of(old)), merged.at(-1)!.time);
}

function liveFields({ live }: OwnedWrite): ManagedFields {
  return ManagedFields.read(record(live['metadata'])['managedFields']);
}

/** One empty entry asks to forget all owners. */
function isReset(object: Json): boolean {
  const fields = record(object['metadata'])['managedFields'];
  return Array.isArray(fields) && fields.length === 1 && Object.keys(record(fields[0])).length === 0;
}

function withoutFields(object: Json): Json {
  return record(object['metadata'])['managedFields'] === undefined
    ? object
    : withAt(object, ['metadata', 'managedFields'], undefined);
}

function withFields(object: Json, fields: ManagedFields): Json {
  return fields.isEmpty ? withoutFields(object) : withAt(object, ['metadata', 'managedFields'], fields.write());
}

function conflictRefusal(conflicts: readonly { readonly manager: Manager; readonly set: FieldSet }[]): Refusal {
  const told = conflicts.map(({ manager, set }) => ({
    by: `conflict with ${JSON.stringify(manager.name)}${manager.subresource === '' ? '' : ` with subresource ${JSON.stringify(manager.subresource)}`}${manager.operation === 'Update' ? ` using ${manager.apiVersion}` : ''}`,
    places: [...set.places()].map(spelled),
  }));
  const causes = told.flatMap(({ by, places }) =>
    places.map((field): FieldCause => ({ reason: 'FieldManagerConflict', message: by, field })),
  );
  const number = causes.length;
  const parts = told.map(({ by, places }) =>
    places.length === 1 ? `${by}: ${places[0]!}` : `${by}:\n${places.map((place) => `- ${place}`).join('\n')}`,
  );
  const message = `Apply failed with ${number} conflict${number === 1 ? '' : 's'}: ${parts.join('\n')}`;
  return new Refusal(409, 'Conflict', message, { causes });
}
