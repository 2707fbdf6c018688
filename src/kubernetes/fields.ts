import type { FieldPath, Problems } from './problem.js';
import { Settled } from './settled.js';
import { isRecord } from './structure.js';

const settled = new Settled<(element: Fields) => void>();

/**
 * The fields of one object in a manifest, read as Go's decoder reads them: absent, null and mistyped values are the zero value.
 * A mistyped value has been reported by then, so a rule never has to ask twice.
 */
export class Fields {
  private constructor(
    private readonly values: Readonly<Record<string, unknown>>,
    readonly path: FieldPath,
    private readonly problems: Problems,
  ) {}

  static of(value: unknown, path: FieldPath, problems: Problems): Fields {
    return new Fields(isRecord(value) ? value : {}, path, problems);
  }

  has(name: string): boolean {
    const value = this.values[name];
    return value !== undefined && value !== null;
  }

  value(name: string): unknown {
    return this.values[name];
  }

  text(name: string): string {
    const value = this.values[name];
    return typeof value === 'string' ? value : '';
  }

  number(name: string): number | undefined {
    const value = this.values[name];
    return typeof value === 'number' ? value : undefined;
  }

  isTrue(name: string): boolean {
    return this.values[name] === true;
  }

  object(name: string): Fields | undefined {
    return this.has(name) ? Fields.of(this.values[name], this.path.at(name), this.problems) : undefined;
  }

  /** As `object`; an absent one reads as empty, as Go's structs that are not pointers do. */
  objectOrEmpty(name: string): Fields {
    return Fields.of(this.values[name], this.path.at(name), this.problems);
  }

  /** The object under one key of the map in a field. */
  entryObject(name: string, key: string): Fields {
    const map = this.values[name];
    return Fields.of(isRecord(map) ? map[key] : undefined, this.path.at(name).key(key), this.problems);
  }

  list(name: string): readonly unknown[] {
    const value = this.values[name];
    return Array.isArray(value) ? value : [];
  }

  objects(name: string): Fields[] {
    const list = this.list(name);
    if (list.length === 0) return [];
    const path = this.path.at(name);
    return list.map((value, index) => Fields.of(value, path.at(index), this.problems));
  }

  /** Looks at each object of a list; at a frozen one in which `check` found nothing wrong before, not again. */
  each(name: string, check: (element: Fields) => void): void {
    const list = this.list(name);
    if (list.length === 0) return;
    const path = this.path.at(name);
    for (let index = 0; index < list.length; index++) this.unlessSettled(list[index], path, index, check);
  }

  /** Looks at the object in a field, if there is one; at a frozen one in which `check` found nothing wrong before, not again. */
  part(name: string, check: (part: Fields) => void): void {
    if (this.has(name)) this.unlessSettled(this.values[name], this.path, name, check);
  }

  private unlessSettled(value: unknown, path: FieldPath, step: string | number, check: (part: Fields) => void): void {
    if (settled.has(check, value)) return;
    const before = this.problems.found.length;
    check(Fields.of(value, path.at(step), this.problems));
    if (this.problems.found.length === before) settled.add(check, value);
  }

  texts(name: string): string[] {
    return this.list(name).map((value) => (typeof value === 'string' ? value : ''));
  }

  /** The entries of a map of strings; other values read as the empty string. */
  entries(name: string): [key: string, value: string][] {
    const entries: [string, string][] = [];
    this.eachEntry(name, (key, value) => entries.push([key, value]));
    return entries;
  }

  eachEntry(name: string, visit: (key: string, value: string) => void): void {
    const value = this.values[name];
    if (!isRecord(value)) return;
    for (const key of Object.keys(value)) {
      const entry = value[key];
      visit(key, typeof entry === 'string' ? entry : '');
    }
  }

  /** The names of the fields that were given: a union is told by which of its fields is there. */
  keysGiven(): string[] {
    return Object.keys(this.values).filter((name) => this.has(name));
  }

  keys(name: string): string[] {
    const value = this.values[name];
    return isRecord(value) ? Object.keys(value) : [];
  }

  /** Says what is wrong with one of the fields. */
  wrong(name: string, message: string): void {
    this.problems.add(this.path.at(name), message, this.values[name]);
  }

  wrongElement(name: string, index: number, message: string): void {
    this.problems.add(this.path.at(name).at(index), message, this.list(name)[index]);
  }

  wrongEntry(name: string, key: string, message: string): void {
    const map = this.values[name];
    this.problems.add(this.path.at(name).key(key), message, isRecord(map) ? map[key] : undefined);
  }

  /** Says what is wrong with the object as a whole. */
  wrongHere(message: string): void {
    this.problems.add(this.path, message);
  }

  required(name: string, advice: string): boolean {
    if (this.has(name) && this.values[name] !== '') return true;
    this.wrong(name, `is missing: ${advice}`);
    return false;
  }

  /** Numbers that must not be negative. */
  notNegative(...names: string[]): void {
    for (const name of names) {
      const value = this.number(name);
      if (value !== undefined && value < 0) this.wrong(name, 'must not be negative: use 0 or more');
    }
  }

  /** The value must be one of these. What the server fills in when it is not given may be left out; `''` never counts as given. */
  oneOf(name: string, values: readonly string[], { required = false } = {}): void {
    const value = this.text(name);
    if (value === '' ? !required && !this.has(name) : values.includes(value)) return;
    if (value === '' && !required && this.values[name] === '') return;
    const listed = values.join(', ');
    this.wrong(
      name,
      value === '' ? `is missing: use one of ${listed}` : `"${value}" is not allowed: use one of ${listed}`,
    );
  }
}
