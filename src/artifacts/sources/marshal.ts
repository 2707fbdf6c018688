import type { ByteReader } from './byte-reader.js';

/** One dictionary as `p4 -G` prints it: texts and bytes by name. */
export type Marshalled = ReadonlyMap<string, Buffer | number>;

const CODES = { dictionary: 0x7b, end: 0x30, text: 0x73, interned: 0x74, short: 0x75, integer: 0x69 };

/**
 * Reads what `p4 -G` prints: dictionaries of Python's marshal format, version 0 (Python/marshal.c), of which p4 uses texts
 * with their length before them and integers of four bytes. Unlike its other formats it can carry any content.
 *
 * @throws Error for anything else
 */
export async function readMarshalled(reader: ByteReader): Promise<Marshalled | undefined> {
  if (await reader.ended()) return undefined;
  expectCode(await code(reader), CODES.dictionary);
  const entries = new Map<string, Buffer | number>();
  for (;;) {
    const kind = await code(reader);
    if (kind === CODES.end) return entries;
    const name = await value(reader, kind);
    entries.set(String(name), await value(reader, await code(reader)));
  }
}

const code = async (reader: ByteReader): Promise<number> => (await reader.exactly(1))[0]!;

function expectCode(found: number, wanted: number): void {
  if (found !== wanted) throw new Error(`p4 -G printed the code ${found} where ${wanted} belongs`);
}

async function value(reader: ByteReader, kind: number): Promise<Buffer | number> {
  if (kind === CODES.integer) return (await reader.exactly(4)).readInt32LE();
  if (![CODES.text, CODES.interned, CODES.short].includes(kind))
    throw new Error(`p4 -G printed a value of the kind ${kind}`);
  const length = (await reader.exactly(4)).readInt32LE();
  if (length < 0 || length > LONGEST) throw new Error(`p4 -G printed a text of ${length} bytes`);
  return Buffer.from(await reader.exactly(length));
}

/** p4 prints contents in pieces of some kilobytes. */
const LONGEST = 64 << 20;
