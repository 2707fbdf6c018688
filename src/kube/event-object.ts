import { microTime } from './micro-time.js';
import type { KubeObject } from './objects.js';

/** What an event is about: core/v1 ObjectReference. */
export interface ObjectReference {
  apiVersion?: string;
  kind?: string;
  namespace?: string;
  name?: string;
  uid?: string;
}

/** events.k8s.io/v1. All but `series` is immutable. */
export interface EventObject extends KubeObject {
  eventTime: string;
  type: 'Normal' | 'Warning';
  reason: string;
  action: string;
  note: string;
  regarding: ObjectReference;
  related?: ObjectReference;
  reportingController: string;
  reportingInstance: string;
  series?: EventSeries;
}

/** Only from the second time on. */
export interface EventSeries {
  count: number;
  lastObservedTime: string;
}

/** Something that happened to an object. */
export interface Occurrence {
  /** The object, or what names it; apiVersion, kind and metadata suffice. */
  readonly regarding: Regarded;
  /** @default none */
  readonly related?: Regarded;
  /** @default Normal */
  readonly type?: 'Normal' | 'Warning';
  /** Why, for machines: `InPlaceUpdated`. At most 128 bytes are kept. */
  readonly reason: string;
  /** What was done: `Patch`. At most 128 bytes are kept. @default the reason */
  readonly action?: string;
  /** For people. At most 1024 bytes are kept. */
  readonly note: string;
}

/** What of an object an event names. */
export interface Regarded {
  readonly apiVersion?: string;
  readonly kind?: string;
  readonly metadata: { readonly namespace?: string; readonly name?: string; readonly uid?: string };
}

/** The limits of the API, which counts bytes. */
const NOTE_LIMIT = 1024;
const WORD_LIMIT = 128;
const NAME_LIMIT = 253;

/** An event for the API, without a series; `suffix` makes its name its own. */
export function eventObject(
  occurrence: Occurrence,
  reporter: { readonly controller: string; readonly instance: string },
  time: number,
  suffix: string,
): EventObject {
  const { regarding, related, type = 'Normal', reason, action = reason, note } = occurrence;
  const { namespace = 'default', name = '' } = regarding.metadata;
  return {
    apiVersion: 'events.k8s.io/v1',
    kind: 'Event',
    metadata: { namespace, name: `${nameFrom(name, NAME_LIMIT - suffix.length - 1)}.${suffix}` },
    eventTime: microTime(time),
    type,
    reason: clipped(reason, WORD_LIMIT),
    action: clipped(action, WORD_LIMIT),
    note: clipped(note, NOTE_LIMIT),
    regarding: referenceTo(regarding),
    ...(related && { related: referenceTo(related) }),
    reportingController: reporter.controller,
    reportingInstance: clipped(reporter.instance, WORD_LIMIT),
  };
}

export function referenceTo({ apiVersion, kind, metadata: { namespace, name, uid } }: Regarded): ObjectReference {
  return {
    ...(apiVersion !== undefined && { apiVersion }),
    ...(kind !== undefined && { kind }),
    ...(namespace !== undefined && { namespace }),
    ...(name !== undefined && { name }),
    ...(uid !== undefined && { uid }),
  };
}

/** The begin of a text that fits into so many bytes of UTF-8, no character torn; `...` where something is missing. */
export function clipped(text: string, limit: number): string {
  if (Buffer.byteLength(text) <= limit) return text;
  const bytes = Buffer.from(text);
  let end = limit - 3;
  // Bytes 10xxxxxx continue a character.
  while (end > 0 && (bytes[end]! & 0xc0) === 0x80) end--;
  return `${bytes.toString('utf8', 0, end)}...`;
}

/** Names of some kinds hold what names of events must not. */
function nameFrom(name: string, limit: number): string {
  const parts = name
    .toLowerCase()
    .slice(0, limit)
    .split('.')
    .map((part) => part.replaceAll(/[^a-z0-9-]/g, '-').replaceAll(/^-+|-+$/g, ''));
  const usable = parts.filter((part) => part !== '').join('.');
  return usable === '' ? 'event' : usable;
}
