import { EVENT_ID, getScalarValue, SCALAR_STYLE } from 'js-yaml';
import type { Event } from 'js-yaml';
import type { Path } from '../../api/problem.js';
import { Lines } from './lines.js';
import type { Position } from './lines.js';

/** A node among the events, and where in the text its key (or, in a list, the node itself) begins. */
interface Place {
  readonly index: number;
  readonly offset: number;
}

/** Finds paths in a text again. A file with thousands of mistakes asks thousands of times, so that nothing is walked twice. */
export class Places {
  private readonly children = new Map<number, ReadonlyMap<string | number, Place>>();
  private readonly lines: Lines;

  constructor(
    private readonly text: string,
    private readonly events: readonly Event[],
  ) {
    this.lines = new Lines(text);
  }

  /**
   * Where a path's key stands; for something that is missing, the nearest parent that exists.
   *
   * @param start the index of the first event of a document
   */
  position(start: number, path: Path): Position {
    return this.lines.position(this.find(start, path).offset);
  }

  /** The text of a scalar as it was written. Undefined when there is none at `path`. */
  textAt(start: number, path: Path): string | undefined {
    const { index, whole } = this.find(start, path);
    const event = this.events[index];
    return whole && event?.type === EVENT_ID.SCALAR ? getScalarValue(this.text, event) : undefined;
  }

  /** Follows `path` through one document as far as it exists. */
  private find(start: number, path: Path): Place & { readonly whole: boolean } {
    let place: Place = { index: start, offset: startOf(this.events[start]) ?? 0 };
    for (const segment of path) {
      const found = this.childrenOf(place.index).get(segment);
      if (!found) return { ...place, whole: false };
      place = found;
    }
    return { ...place, whole: true };
  }

  private childrenOf(parent: number): ReadonlyMap<string | number, Place> {
    const known = this.children.get(parent);
    if (known) return known;
    const type = this.events[parent]?.type;
    const found =
      type === EVENT_ID.SEQUENCE
        ? this.itemsOf(parent)
        : type === EVENT_ID.MAPPING
          ? this.fieldsOf(parent)
          : new Map<string, Place>();
    this.children.set(parent, found);
    return found;
  }

  private itemsOf(parent: number): Map<number, Place> {
    const { text, events } = this;
    const items = new Map<number, Place>();
    let after = startOf(events[parent]) ?? 0;
    for (let index = parent + 1; !this.isEnd(index);) {
      const offset = startOf(events[index]) ?? hyphenFrom(text, after);
      items.set(items.size, { index, offset });
      const next = afterNode(events, index);
      after = offset + 1;
      for (let inner = index; inner < next; inner++) after = Math.max(after, endOf(events[inner]!));
      index = next;
    }
    return items;
  }

  private fieldsOf(parent: number): Map<string, Place> {
    const { text, events } = this;
    const fields = new Map<string, Place>();
    for (let index = parent + 1; !this.isEnd(index);) {
      const key = events[index]!;
      const value = afterNode(events, index);
      if (key.type === EVENT_ID.SCALAR)
        fields.set(getScalarValue(text, key), { index: value, offset: startOf(key) ?? 0 });
      index = afterNode(events, value);
    }
    return fields;
  }

  private isEnd(index: number): boolean {
    return index >= this.events.length || this.events[index]!.type === EVENT_ID.POP;
  }
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

const QUOTED: readonly number[] = [SCALAR_STYLE.SINGLE_QUOTED, SCALAR_STYLE.DOUBLE_QUOTED];

/** Where a person would put the finger: at the quote of a quoted text, not behind it. Undefined for what has no text. */
function startOf(event: Event | undefined): number | undefined {
  let start = -1;
  if (event?.type === EVENT_ID.SCALAR) start = event.valueStart - (QUOTED.includes(event.style) ? 1 : 0);
  else if (event && 'start' in event) start = event.start;
  else if (event && 'anchorStart' in event) start = event.anchorStart;
  return start < 0 ? undefined : start;
}

function endOf(event: Event): number {
  if (event.type === EVENT_ID.SCALAR) return event.valueEnd;
  return 'anchorEnd' in event ? event.anchorEnd : 0;
}

/** An item with nothing in it is only a hyphen. */
function hyphenFrom(text: string, from: number): number {
  for (const { 0: found, index } of text.slice(from).matchAll(/#[^\n]*|-(?=\s|$)/g))
    if (found === '-') return from + index;
  return from;
}
