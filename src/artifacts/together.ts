/** Does something with each item, `most` at a time. The first failure ends it, when what is under way has ended. */
export async function together<T>(
  items: Iterable<T> | AsyncIterable<T>,
  most: number,
  use: (item: T) => Promise<void>,
): Promise<void> {
  const iterator = Symbol.asyncIterator in items ? items[Symbol.asyncIterator]() : items[Symbol.iterator]();
  const failures: unknown[] = [];
  const worker = async (): Promise<void> => {
    while (failures.length === 0) {
      const next = await iterator.next();
      if (next.done === true) return;
      await use(next.value);
    }
  };
  await Promise.all(Array.from({ length: most }, () => worker().catch((error: unknown) => failures.push(error))));
  if (failures.length > 0) throw failures[0];
}
