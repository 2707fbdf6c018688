import { artifactEntries, declaredSource } from './artifacts.js';
import type { DeclaredSource } from './artifacts.js';
import { digestOf } from './digest.js';
import { pinnedSettings, pinOf } from './release.js';
import type { Pin } from './release.js';
import type { ZoneDocument } from './resolve.js';
import type { Path, Problem } from '../../src/api/problem.js';

/** The name of the file that stands beside zone files and says what their moving sources were resolved to. */
export const LOCK_FILE = 'gamezone.lock';

/** A source as a zone declares it, and what it was resolved to. */
export interface LockedSource extends DeclaredSource {
  readonly pin: Pin;
}

/** What a lock file says: the moving sources of each zone, by the zone's name. */
export interface Lock {
  readonly zones: Readonly<Record<string, readonly LockedSource[]>>;
}

/** A text that is no lock. */
export interface LockError {
  readonly message: string;
  readonly hint: string;
}

const HINT = 'take it from Git again, or remove it and run `gamezone artifacts lock`';

/** What a lock file says, or why it is none. An empty text says nothing. */
export function parseLock(text: string): Lock | LockError {
  if (text.trim() === '') return { zones: {} };
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    const conflict = /^(<{7}|={7}|>{7})/m.test(text);
    return { message: conflict ? 'it has a merge conflict' : 'it is not JSON', hint: HINT };
  }
  const { version, zones } = (value ?? {}) as { readonly version?: unknown; readonly zones?: unknown };
  if (version !== 1)
    return { message: `its version is ${JSON.stringify(version)}, and this gamezone knows 1`, hint: 'use the gamezone that wrote it, or a newer one' }; // prettier-ignore
  if (
    !isRecord(zones) ||
    !Object.values(zones).every((sources) => Array.isArray(sources) && sources.every(isLockedSource))
  )
    return { message: 'it is not what `gamezone artifacts lock` writes', hint: HINT };
  return { zones: zones as Lock['zones'] };
}

const isRecord = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

const PINS: Readonly<Record<string, (value: unknown) => boolean>> = {
  commit: (value) => typeof value === 'string' && /^([0-9a-f]{40}|[0-9a-f]{64})$/.test(value),
  objects: (value) => typeof value === 'string' && /^[0-9a-f]{64}$/.test(value),
  revisions: (value) => typeof value === 'string' && /^[0-9a-f]{64}$/.test(value),
  changelist: (value) => Number.isSafeInteger(value) && Number(value) > 0,
};

function isLockedSource(value: unknown): boolean {
  if (!isRecord(value) || !isRecord(value['settings']) || !isRecord(value['pin'])) return false;
  const pins = Object.entries(value['pin']);
  return (
    ['git', 'p4', 's3'].includes(String(value['kind'])) &&
    (value['subPath'] === undefined || typeof value['subPath'] === 'string') &&
    pins.length === 1 &&
    pins.every(([field, pin]) => PINS[field]?.(pin) === true)
  );
}

/** The text of a lock file: the same lock gives the same text, one setting a line, so that Git shows what moved. */
export function lockText({ zones }: Lock): string {
  const sorted = Object.fromEntries(
    Object.entries(zones)
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([zone, sources]) => [zone, sources]),
  );
  return `${JSON.stringify({ version: 1, zones: sorted }, undefined, 2)}\n`;
}

/** The sources of a zone that move, each once. */
export function movingSources(document: ZoneDocument): DeclaredSource[] {
  const moving = artifactEntries(document.spec)
    .map(declaredSource)
    .filter((source) => pinOf(source) === undefined);
  return [...new Map(moving.map((source) => [digestOf(source), source])).values()];
}

/** The zone with a pin in place of each source that moves and that the lock knows. */
export function lockedDocument(document: ZoneDocument, lock: Lock | undefined): ZoneDocument {
  const pins = pinsOf(document, lock);
  const { artifacts } = document.spec;
  if (pins.size === 0 || !artifacts) return document;
  const locked = artifacts.map((entry) => {
    if (artifactEntries({ artifacts: [entry] }).length === 0) return entry;
    const declared = declaredSource(entry);
    const pin = pinOf(declared) === undefined ? pins.get(digestOf(declared)) : undefined;
    if (!pin) return entry;
    const settings = {
      kind: declared.kind,
      settings: entry[declared.kind] as object as Readonly<Record<string, unknown>>,
    };
    return { ...entry, [declared.kind]: pinnedSettings(settings, pin) };
  });
  return { ...document, spec: { ...document.spec, artifacts: locked } };
}

const pinsOf = ({ metadata }: ZoneDocument, lock: Lock | undefined): ReadonlyMap<string, Pin> => {
  const sources = lock && Object.hasOwn(lock.zones, metadata.name) ? lock.zones[metadata.name]! : [];
  return new Map(sources.map(({ pin, ...declared }) => [digestOf(declared), pin]));
};

/** A zone that was locked stays locked: a source of it that the lock does not know is a mistake, and not a test zone. */
export function lockProblems(document: ZoneDocument, lock: Lock | undefined): Problem[] {
  const { artifacts = [] } = document.spec;
  const pins = pinsOf(document, lock);
  if (!lock || !Object.hasOwn(lock.zones, document.metadata.name)) return [];
  return artifacts.flatMap((entry, index): Problem[] => {
    if (artifactEntries({ artifacts: [entry] }).length === 0) return [];
    const declared = declaredSource(entry);
    if (pinOf(declared) !== undefined || pins.has(digestOf(declared))) return [];
    const path: Path = ['spec', 'artifacts', index, declared.kind];
    const message = `${LOCK_FILE} has the zone, and not this source as it stands here`;
    return [{ path, message, hint: `run \`gamezone artifacts lock\` and commit ${LOCK_FILE}` }];
  });
}
