/** Texts in the order of their characters, each once. A new one costs a search and a move, not a sort of all. */
export class SortedKeys {
  private readonly keys: string[] = [];

  get all(): readonly string[] {
    return this.keys;
  }

  add(key: string): void {
    const index = this.from(key);
    if (this.keys[index] !== key) this.keys.splice(index, 0, key);
  }

  remove(key: string): void {
    const index = this.from(key);
    if (this.keys[index] === key) this.keys.splice(index, 1);
  }

  /** The index of the first that is not before this text. */
  from(text: string): number {
    return firstFrom(this.keys, text);
  }
}

/** The index of the first of sorted texts that is not before this one. */
export function firstFrom(sorted: readonly string[], text: string): number {
  let [low, high] = [0, sorted.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (sorted[middle]! < text) low = middle + 1;
    else high = middle;
  }
  return low;
}
