import { constructFromEvents, CORE_SCHEMA, EVENT_ID, mergeTag, parseEvents, YAMLException } from 'js-yaml';
import type { Event } from 'js-yaml';
import type { Path } from '../../api/problem.js';
import { Lines } from './lines.js';
import type { Position } from './lines.js';
import { Places } from './places.js';

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
    readonly hint: string,
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
    const [, message = error.reason, hint = HINT] = SAID.find(([pattern]) => pattern.test(error.reason)) ?? [];
    throw new YamlError(message, new Lines(text).position(error.mark?.position ?? 0), hint);
  }
  const starts = events.flatMap((event, index) => (event.type === EVENT_ID.DOCUMENT ? [index + 1] : []));
  const aliased = events.some(({ type }) => type === EVENT_ID.ALIAS);
  return values.map((value, index) => {
    const start = starts[index]!;
    const locate = (path: Path): Position => placesIn(text).position(start, path);
    if (aliased) checkAliases(value, locate([]));
    return { value, locate, textAt: (path) => placesIn(text).textAt(start, path) };
  });
}

let lastPlaces: { readonly text: string; readonly places: Places } | undefined;

/** Read once more: most files are right and need no places, and events are larger than all that they say. */
function placesIn(text: string): Places {
  if (lastPlaces?.text !== text) lastPlaces = { text, places: new Places(text, parseEvents(text, {})) };
  return lastPlaces.places;
}

const HINT = 'indent with spaces, close quotes and brackets, and write each key once';

/** What the reader says, for people who have not read the specification of YAML. */
const SAID: readonly (readonly [reason: RegExp, message: string, hint: string])[] = [
  [/^duplicated mapping key/, 'this key stands here twice', 'write each key once'],
  [/^deficient indentation/, 'a quote or a bracket is still open here', 'close it where the value ends'],
  [
    /multiline key|^bad indentation/,
    'this line does not fit the one above it',
    'put a colon behind each key, indent alike what belongs together, and quote texts with a colon in them',
  ],
  [/^tab characters/, 'a tab in the indentation', 'indent with spaces'],
  [/^nesting exceeded/, 'nested more than 100 deep', 'no zone needs more than 20'],
  [/^null byte/, 'a NUL character', 'save the file as UTF-8 text'],
  [/complex keys/, 'a key that is a list or a mapping', 'write plain texts as keys'],
  [
    /^unidentified alias/,
    'an alias without its anchor',
    'write the value out, or put quotes around a text that begins with *',
  ],
  [/^unknown .*tag/, 'a tag that zone files do not have', 'remove it, or put quotes around a text that begins with !'],
];

/** @throws YamlError when a value holds itself, or more than anybody writes */
function checkAliases(value: unknown, position: Position): void {
  const left = countValues(value, MAX_UNFOLDED_VALUES, new Set());
  const hint = 'write the values out';
  if (left === undefined) throw new YamlError('an alias stands within what it stands for', position, hint);
  if (left <= 0) throw new YamlError('its aliases unfold to more than two million values', position, hint);
}

/** Counts down from `left` by one for each value below `value`; stops at zero. Undefined when a value holds itself. */
function countValues(value: unknown, left: number, holders: Set<object>): number | undefined {
  if (typeof value !== 'object' || value === null) return left - 1;
  if (holders.has(value)) return undefined;
  holders.add(value);
  let remaining = left - 1;
  for (const part of Object.values(value)) {
    if (remaining <= 0) return 0;
    const after = countValues(part, remaining, holders);
    if (after === undefined) return undefined;
    remaining = after;
  }
  holders.delete(value);
  return remaining;
}
