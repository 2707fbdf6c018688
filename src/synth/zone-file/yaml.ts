import {
  constructFromEvents,
  CORE_SCHEMA,
  EVENT_ID,
  getScalarValue,
  mergeTag,
  parseEvents,
  YAMLException,
} from 'js-yaml';
import type { Event } from 'js-yaml';
import type { Path } from '../../api/problem.js';

/** A place in a text, counted from 1. */
export interface Position {
  readonly line: number;
  readonly column: number;
}

/** One YAML document of a file: what it says, and where it says it. */
export interface YamlDocument {
  readonly value: unknown;
  /** Where a path's key stands; for something that is missing, the nearest parent that exists. */
  readonly locate: (path: Path) => Position;
  /** The text of a scalar as it was written, before YAML took it for a number or a boolean. Undefined when there is none at `path`. */
  readonly textAt: (path: Path) => string | undefined;
}

/** Text that is not YAML, or YAML that we refuse to read. */
export class YamlError extends Error {
  constructor(
    message: string,
    readonly position: Position,
  ) {
    super(message);
  }
}

const SCHEMA = CORE_SCHEMA.withTags(mergeTag);
/** What aliases may unfold to; a few lines of nested aliases can otherwise stand for billions of values. */
const MAX_UNFOLDED_VALUES = 2_000_000;

/**
 * The documents of a file, in order.
 *
 * @throws YamlError with the place of the first mistake
 */
export function parseYaml(text: string): YamlDocument[] {
  let events: Event[];
  let values: unknown[];
  try {
    events = parseEvents(text, {});
    values = constructFromEvents(events, { source: text, schema: SCHEMA });
  } catch (error) {
    if (!(error instanceof YAMLException)) throw error;
    const { line = 0, column = 0 } = error.mark ?? {};
    throw new YamlError(error.reason, { line: line + 1, column: column + 1 });
  }
  const starts = events.flatMap((event, index) => (event.type === EVENT_ID.DOCUMENT ? [index + 1] : []));
  return values.map((value, index) => {
    const start = starts[index]!;
    const locate = (path: Path): Position => positionAt(text, find(text, events, start, path).offset);
    const textAt = (path: Path): string | undefined => {
      const { index, whole } = find(text, events, start, path);
      const event = events[index];
      return whole && event?.type === EVENT_ID.SCALAR ? getScalarValue(text, event) : undefined;
    };
    const aliased = events.some(({ type }) => type === EVENT_ID.ALIAS);
    if (aliased && countValues(value, MAX_UNFOLDED_VALUES) <= 0)
      throw new YamlError('the aliases of this document unfold to more than two million values', locate([]));
    return { value, locate, textAt };
  });
}

/** Counts down from `left` by one for each value below `value`; stops at zero. */
function countValues(value: unknown, left: number): number {
  if (typeof value !== 'object' || value === null) return left - 1;
  let remaining = left - 1;
  for (const part of Object.values(value)) {
    if (remaining <= 0) return 0;
    remaining = countValues(part, remaining);
  }
  return remaining;
}

/** Follows `path` through the events of one document as far as it exists. */
function find(
  text: string,
  events: readonly Event[],
  start: number,
  path: Path,
): { readonly index: number; readonly offset: number; readonly whole: boolean } {
  let index = start;
  let offset = startOf(events[index]);
  for (const segment of path) {
    const found = childOf(text, events, index, segment);
    if (!found) return { index, offset, whole: false };
    ({ index, offset } = found);
  }
  return { index, offset, whole: true };
}

function childOf(
  text: string,
  events: readonly Event[],
  parent: number,
  segment: string | number,
): { readonly index: number; readonly offset: number } | undefined {
  const type = events[parent]?.type;
  let index = parent + 1;
  if (type === EVENT_ID.SEQUENCE) {
    for (let item = 0; events[index] && events[index]!.type !== EVENT_ID.POP; item++) {
      if (item === segment) return { index, offset: startOf(events[index]) };
      index = afterNode(events, index);
    }
  }
  if (type === EVENT_ID.MAPPING) {
    while (events[index] && events[index]!.type !== EVENT_ID.POP) {
      const key = events[index]!;
      const value = afterNode(events, index);
      if (key.type === EVENT_ID.SCALAR && getScalarValue(text, key) === String(segment))
        return { index: value, offset: key.valueStart };
      index = afterNode(events, value);
    }
  }
  return undefined;
}

/** The index of the event that follows the whole node at `index`. */
function afterNode(events: readonly Event[], index: number): number {
  let depth = 0;
  let next = index;
  do {
    const type = events[next]?.type;
    if (type === EVENT_ID.MAPPING || type === EVENT_ID.SEQUENCE) depth++;
    if (type === EVENT_ID.POP) depth--;
    next++;
  } while (depth > 0 && next < events.length);
  return next;
}

function startOf(event: Event | undefined): number {
  if (!event) return 0;
  if ('valueStart' in event) return Math.max(0, event.valueStart);
  if ('start' in event) return Math.max(0, event.start);
  return 'anchorStart' in event ? Math.max(0, event.anchorStart) : 0;
}

function positionAt(text: string, offset: number): Position {
  const before = text.slice(0, offset);
  const lineStart = before.lastIndexOf('\n') + 1;
  return { line: before.split('\n').length, column: offset - lineStart + 1 };
}
