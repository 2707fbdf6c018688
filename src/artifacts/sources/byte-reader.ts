/**
 * Reads what a program prints, in lines and in stretches of a known length, without ever holding all of it. Whoever has one
 * closes it, whatever happens: the program would wait for its reader for ever.
 */
export class ByteReader {
  private readonly chunks: AsyncIterator<Uint8Array>;
  private rest: Buffer = Buffer.alloc(0);

  constructor(stream: AsyncIterable<Uint8Array>) {
    this.chunks = stream[Symbol.asyncIterator]();
  }

  /** Ends the program where it still runs. */
  async close(): Promise<void> {
    await this.chunks.return?.();
  }

  private async more(): Promise<boolean> {
    const next = await this.chunks.next();
    if (next.done === true) return false;
    this.rest = this.rest.length === 0 ? Buffer.from(next.value) : Buffer.concat([this.rest, next.value]);
    return true;
  }

  /** Up to and without `ending`; undefined at the end. What stands at the end without one counts too. */
  async until(ending: number, limit = 1 << 20): Promise<Buffer | undefined> {
    let from = 0;
    for (;;) {
      const at = this.rest.indexOf(ending, from);
      if (at >= 0) {
        const found = this.rest.subarray(0, at);
        this.rest = this.rest.subarray(at + 1);
        return found;
      }
      from = this.rest.length;
      if (from > limit) throw new Error(`a line of more than ${limit} bytes`);
      if (!(await this.more())) break;
    }
    if (this.rest.length === 0) return undefined;
    const found = this.rest;
    this.rest = Buffer.alloc(0);
    return found;
  }

  /** Exactly so many bytes. */
  async exactly(length: number): Promise<Buffer> {
    while (this.rest.length < length) if (!(await this.more())) throw new Error('the output ends too early');
    const found = this.rest.subarray(0, length);
    this.rest = this.rest.subarray(length);
    return found;
  }

  /** The next so many bytes, as they come. They must be read to the end. */
  async *stretch(length: number): AsyncGenerator<Uint8Array> {
    for (let left = length; left > 0;) {
      if (this.rest.length === 0 && !(await this.more())) throw new Error('the output ends too early');
      const piece = this.rest.subarray(0, Math.min(left, this.rest.length));
      this.rest = this.rest.subarray(piece.length);
      left -= piece.length;
      yield piece;
    }
  }

  /** Whether nothing more comes. */
  async ended(): Promise<boolean> {
    return this.rest.length === 0 && !(await this.more());
  }
}

/** What a program prints, divided by `ending`, and without it. */
export async function* linesOf(stream: AsyncIterable<Uint8Array>, ending: number): AsyncGenerator<Buffer> {
  const reader = new ByteReader(stream);
  try {
    for (let line = await reader.until(ending); line !== undefined; line = await reader.until(ending)) yield line;
  } finally {
    await reader.close();
  }
}
