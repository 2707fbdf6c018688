import { expect, test } from '@jest/globals';
import { ByteReader, linesOf } from '../../src/artifacts/sources/byte-reader.js';

/** A program that prints for ever, and whether it was ended. */
class Program {
  isOver = false;

  async *output(): AsyncGenerator<Uint8Array> {
    try {
      for (;;) yield await Promise.resolve(Buffer.from('one\ntwo\n'));
    } finally {
      this.isOver = true;
    }
  }
}

test('lines that nobody wants any more end the program', async () => {
  const program = new Program();
  const seen: string[] = [];
  for await (const line of linesOf(program.output(), 10)) {
    seen.push(line.toString());
    if (seen.length === 3) break;
  }
  expect(seen).toEqual(['one', 'two', 'one']);
  expect(program.isOver).toBe(true);
});

test('so does an error in the midst of them', async () => {
  const program = new Program();
  const read = async (): Promise<void> => {
    for await (const line of linesOf(program.output(), 10)) throw new Error(`no room for ${line.toString()}`);
  };
  await expect(read()).rejects.toThrow('no room for one');
  expect(program.isOver).toBe(true);
});

test('a reader is closed in the midst of a stretch', async () => {
  const program = new Program();
  const reader = new ByteReader(program.output());
  for await (const piece of reader.stretch(1000)) {
    expect(piece.length).toBeGreaterThan(0);
    break;
  }
  await reader.close();
  expect(program.isOver).toBe(true);
});
