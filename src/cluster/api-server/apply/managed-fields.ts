import { isRecord, list, text, type Json } from '../json.js';
import { FieldSet } from './field-set.js';

/** Who writes. */
export interface Manager {
  readonly name: string;
  readonly operation: 'Apply' | 'Update';
  readonly apiVersion: string;
  readonly subresource: string;
}

interface Entry {
  readonly manager: Manager;
  readonly time: string | undefined;
  readonly set: FieldSet;
}

/** Who owns which fields of an object: `metadata.managedFields`. Immutable. */
export class ManagedFields {
  private constructor(private readonly entries: ReadonlyMap<string, Entry>) {}

  static readonly none = new ManagedFields(new Map());

  static read(value: unknown): ManagedFields {
    const entries = new Map<string, Entry>();
    // One entry that cannot be read makes nothing of all.
    if (list(value).some((one) => isRecord(one) && one['fieldsType'] !== 'FieldsV1')) return ManagedFields.none;
    for (const one of list(value)) {
      if (!isRecord(one) || !isRecord(one['fieldsV1'])) continue;
      const manager: Manager = {
        name: text(one['manager']),
        operation: one['operation'] === 'Apply' ? 'Apply' : 'Update',
        apiVersion: text(one['apiVersion']),
        subresource: text(one['subresource']),
      };
      const time = typeof one['time'] === 'string' ? one['time'] : undefined;
      // Of two entries of one manager the last is what counts.
      entries.set(keyOf(manager), { manager, time, set: FieldSet.read(one['fieldsV1']) });
    }
    return new ManagedFields(entries);
  }

  get isEmpty(): boolean {
    return this.entries.size === 0;
  }

  get all(): readonly Entry[] {
    return [...this.entries.values()];
  }

  of(manager: Manager): FieldSet {
    return this.entries.get(keyOf(manager))?.set ?? FieldSet.empty;
  }

  timeOf(manager: Manager): string | undefined {
    return this.entries.get(keyOf(manager))?.time;
  }

  others(manager: Manager): readonly Entry[] {
    return this.all.filter((entry) => keyOf(entry.manager) !== keyOf(manager));
  }

  with(manager: Manager, set: FieldSet, time: string | undefined): ManagedFields {
    const entries = new Map(this.entries);
    if (set.isEmpty) entries.delete(keyOf(manager));
    else entries.set(keyOf(manager), { manager, time, set });
    return new ManagedFields(entries);
  }

  /** With each set changed; who has nothing left is gone. */
  map(change: (set: FieldSet, manager: Manager) => FieldSet): ManagedFields {
    const entries = [...this.entries].flatMap(([key, entry]): [string, Entry][] => {
      const set = change(entry.set, entry.manager);
      if (set === entry.set) return [[key, entry]];
      return set.isEmpty ? [] : [[key, { ...entry, set }]];
    });
    return new ManagedFields(new Map(entries));
  }

  /** Those who apply first, then by time and name. */
  write(): Json[] {
    const sorted = [...this.entries.values()].sort((one, other) => compareEntries(one, other));
    return sorted.map(({ manager: { name, operation, apiVersion, subresource }, time, set }) => ({
      manager: name,
      operation,
      apiVersion,
      ...(time !== undefined && { time }),
      fieldsType: 'FieldsV1',
      fieldsV1: set.write(),
      ...(subresource !== '' && { subresource }),
    }));
  }
}

/** Who applies is the same whatever the version. */
function keyOf({ name, operation, apiVersion, subresource }: Manager): string {
  return JSON.stringify([name, operation, operation === 'Apply' ? '' : apiVersion, subresource]);
}

function compareEntries(one: Entry, other: Entry): number {
  const [left, right] = [one.manager, other.manager];
  return (
    compareTexts(left.operation, right.operation) ||
    compareTexts(one.time ?? '', other.time ?? '') ||
    compareTexts(left.name, right.name) ||
    compareTexts(left.apiVersion, right.apiVersion) ||
    compareTexts(left.subresource, right.subresource)
  );
}

function compareTexts(one: string, other: string): number {
  return one === other ? 0 : one < other ? -1 : 1;
}
