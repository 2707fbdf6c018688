import { decode, encode } from '../../../src/cluster/persistence/record.js';

const VALUES = [
  { revision: 1, text: 'a\nb\u2028 {"quoted"} \\ \u0000' },
  { revision: 2, text: 'ä 字 🎮', lonely: '\ud800' },
  { revision: 3, nested: { deep: [1, 2.5, null, true, ''] } },
];
const LINES = VALUES.map((value) => encode(value));
const FILE = Buffer.concat(LINES);
const OFFSETS = LINES.map((_, index) => Buffer.concat(LINES.slice(0, index)).length);
const valuesOf = (bytes: Buffer): unknown[] => decode(bytes).records.map(({ value }) => value);

test('what is written is read, each record on a line', () => {
  expect(valuesOf(FILE)).toEqual(VALUES);
  expect(decode(FILE)).toMatchObject({ whole: FILE.length, records: OFFSETS.map((offset) => ({ offset })) });
  expect(FILE.toString('latin1').split('\n')).toHaveLength(VALUES.length + 1);
  expect(decode(Buffer.alloc(0))).toEqual({ records: [], whole: 0 });
});

test('a last record that was torn at any byte is none, and all before it are whole', () => {
  const last = OFFSETS.at(-1)!;
  for (let length = last; length < FILE.length; length++)
    expect([length, decode(FILE.subarray(0, length))]).toEqual([
      length,
      {
        whole: last,
        records: [expect.objectContaining({ offset: 0 }), expect.objectContaining({ offset: OFFSETS[1] })],
      },
    ]);
});

test('any flipped bit is noticed, at the record in which it is', () => {
  for (let at = 0; at < FILE.length; at++)
    for (let bit = 0; bit < 8; bit++) {
      const bytes = Buffer.from(FILE);
      bytes[at]! ^= 1 << bit;
      const index = OFFSETS.findLastIndex((offset) => offset <= at);
      const { records, damaged } = decode(bytes);
      expect([at, bit, damaged?.offset]).toEqual([at, bit, OFFSETS[index]]);
      expect(records.map(({ value }) => value)).toEqual(VALUES.slice(0, index));
    }
});

test.each([
  ['another length', (line: string) => line.replace(/ \d+ /, ' 8 '), /bytes long and says 8/],
  [
    'another checksum',
    (line: string) => line.replace(/^\w{8}/, '00000000'),
    /its checksum is \w{8} and it says 00000000/,
  ],
  ['none at all', () => 'hello\n', /no record begins here/],
  ['an empty line', () => '\n', /no record begins here/],
])('what is damaged is said: %s', (_, damage, says) => {
  expect(decode(Buffer.from(damage(encode({ a: 1 }).toString()))).damaged?.why).toMatch(says);
});
