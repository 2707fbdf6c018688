import type { Stored } from '../../kube/objects.js';
import type { Contents } from '../api-server/storage/journal.js';
import { encode } from './record.js';

// A snapshot: what is stored at one revision, an object a line, and how many there are.

interface Head {
  readonly revision: number;
  readonly at: number;
}

interface Item {
  readonly of: string;
  readonly object: Stored;
}

interface Tail {
  readonly objects: number;
}

/** Bytes that are written at once. */
const PART = 1 << 20;

export function* snapshotParts({ revision, at, collections }: Contents): Iterable<Buffer> {
  let part = [encode({ revision, at } satisfies Head)];
  let [size, objects] = [0, 0];
  for (const [of, items] of collections)
    for (const object of items) {
      const line = encode({ of, object } satisfies Item);
      part.push(line);
      size += line.length;
      objects++;
      if (size < PART) continue;
      yield Buffer.concat(part);
      [part, size] = [[], 0];
    }
  yield Buffer.concat([...part, encode({ objects } satisfies Tail)]);
}

/** From its records; undefined where they are not those of a whole snapshot. */
export function readSnapshot(records: readonly unknown[]): (Head & { readonly items: readonly Item[] }) | undefined {
  const [head, tail] = [records[0] as Partial<Head> | undefined, records.at(-1) as Partial<Tail> | undefined];
  const items = records.slice(1, -1) as Item[];
  if (typeof head?.revision !== 'number' || typeof head.at !== 'number' || tail?.objects !== items.length)
    return undefined;
  return { revision: head.revision, at: head.at, items };
}
