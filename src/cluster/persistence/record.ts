import { crc32 } from 'node:zlib';

// A record is a line: the CRC-32 of its JSON, the length of that in bytes, the JSON. One flipped bit anywhere is noticed, in the
// length and in the line's end too, and a record that was not written to its end is told from one that was damaged later.

export function encode(value: unknown): Buffer {
  const json = Buffer.from(JSON.stringify(value));
  return Buffer.concat([Buffer.from(`${checksum(json)} ${json.length} `), json, END]);
}

export interface Decoded {
  readonly records: readonly { readonly value: unknown; readonly offset: number }[];
  /** Bytes up to the end of the last whole record. */
  readonly whole: number;
  /** The first one that is no record though it was written to its end. */
  readonly damaged?: { readonly offset: number; readonly why: string };
}

/** What a file holds. A last record without its end is none. */
export function decode(bytes: Buffer): Decoded {
  const records: { value: unknown; offset: number }[] = [];
  let offset = 0;
  while (offset < bytes.length) {
    const end = bytes.indexOf(NEWLINE, offset);
    const line = bytes.subarray(offset, end < 0 ? bytes.length : end);
    if (end < 0 && !isLongerThanItSays(line)) break;
    const found = end < 0 ? { why: 'no end of the line after it' } : parse(line);
    if ('why' in found) return { records, whole: offset, damaged: { offset, why: found.why } };
    records.push({ value: found.value, offset });
    offset = end + 1;
  }
  return { records, whole: offset };
}

const NEWLINE = 0x0a;
const END = Buffer.from('\n');
const HEADER = /^([0-9a-f]{8}) ([1-9]\d{0,9}) /;
/** Bytes. */
const LONGEST_HEADER = 8 + 1 + 10 + 1;

function parse(line: Buffer): { readonly value: unknown } | { readonly why: string } {
  const header = headerOf(line);
  if (header === undefined) return { why: 'no record begins here' };
  const json = line.subarray(header.size);
  if (json.length !== header.length) return { why: `it is ${json.length} bytes long and says ${header.length}` };
  if (checksum(json) !== header.sum) return { why: `its checksum is ${checksum(json)} and it says ${header.sum}` };
  return { value: JSON.parse(json.toString()) };
}

/** Something stands where its end should be. */
function isLongerThanItSays(line: Buffer): boolean {
  const header = headerOf(line);
  return header !== undefined && line.length > header.size + header.length;
}

function headerOf(line: Buffer): { readonly sum: string; readonly length: number; readonly size: number } | undefined {
  const found = HEADER.exec(line.toString('latin1', 0, LONGEST_HEADER));
  if (!found) return undefined;
  const [{ length: size }, sum = '', length = ''] = found;
  return { sum, length: Number(length), size };
}

function checksum(bytes: Buffer): string {
  return crc32(bytes).toString(16).padStart(8, '0');
}
