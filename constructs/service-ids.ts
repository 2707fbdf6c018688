/** Which ids a service has: one pod for each, named after it. */
export class ServiceIds {
  /**
   * Every id from `first` to `last`, both included.
   *
   * @throws Error when the ids run backwards, are no whole numbers, or are negative
   */
  public static range(first: number, last: number): ServiceIds {
    const [from, to] = [wholeId(first), wholeId(last)];
    if (to < from)
      throw new Error(`ServiceIds.range(${first}, ${last}): the ids run backwards; write range(${to}, ${from})`);
    return new ServiceIds(Array.from({ length: to - from + 1 }, (_, offset) => from + offset));
  }

  /**
   * A single id.
   *
   * @throws Error when it is no whole number, or negative
   */
  public static of(id: number): ServiceIds {
    return new ServiceIds([wholeId(id)]);
  }

  /**
   * These ids, in any order. Ids without a gap stay in one workload; each gap begins another one.
   *
   * @throws Error when there is none, one stands there twice, or one is no whole number
   */
  public static list(...ids: number[]): ServiceIds {
    if (ids.length === 0) throw new Error('ServiceIds.list(): no ids; give at least one');
    const twice = ids.find((id, index) => ids.indexOf(id) !== index);
    if (twice !== undefined) throw new Error(`ServiceIds.list(): id ${twice} stands there twice`);
    return new ServiceIds(ids.map(wholeId).sort((a, b) => a - b));
  }

  /** The ids in rising order. */
  public readonly ids: number[];

  private constructor(ids: number[]) {
    this.ids = ids;
  }
}

function wholeId(id: number): number {
  if (Number.isInteger(id) && id >= 0 && id < 2 ** 31) return id;
  throw new Error(`${id} is no service id; use a whole number from 0 to 2147483647`);
}
