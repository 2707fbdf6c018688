/** A place in a text, counted from 1. */
export interface Position {
  readonly line: number;
  readonly column: number;
}

/** The lines of a text, whatever ends them. */
export class Lines {
  private readonly starts: readonly number[];

  constructor(private readonly text: string) {
    this.starts = [0, ...[...text.matchAll(/\r\n?|\n/g)].map(({ index, 0: end }) => index + end.length)];
  }

  /** @param offset in UTF-16 units, from 0 */
  position(offset: number): Position {
    let [low, high] = [0, this.starts.length];
    while (high - low > 1) {
      const middle = (low + high) >> 1;
      if (this.starts[middle]! <= offset) low = middle;
      else high = middle;
    }
    // An editor shows no column for the mark that some put before the first character.
    const start = low === 0 && this.text.startsWith('\uFEFF') ? 1 : this.starts[low]!;
    return { line: low + 1, column: Math.max(0, offset - start) + 1 };
  }
}
