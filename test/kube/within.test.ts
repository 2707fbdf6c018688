import { Interruptible } from '../../src/kube/interruptible.js';
import { Recent } from '../../src/kube/recent.js';
import { within } from '../../src/kube/within.js';
import { VirtualClock } from './virtual-clock.js';

const clock = new VirtualClock();
const never = (): Promise<never> => new Promise(() => undefined);
const { signal } = new AbortController();

afterEach(() => expect(clock.pending).toBe(0));

test('a call that ends in time is the call', async () => {
  await expect(within(clock, 1000, signal, 'x', () => Promise.resolve(7))).resolves.toBe(7);
  await expect(within(clock, 1000, signal, 'x', () => Promise.reject(new Error('no')))).rejects.toThrow('no');
  const thrown = within(clock, 1000, signal, 'x', () => {
    throw new Error('at once');
  });
  await expect(thrown).rejects.toThrow('at once');
});

test('a call that does not end is left, and told', async () => {
  const own: AbortSignal[] = [];
  const late = within(clock, 1000, signal, 'list pods', (mine) => {
    own.push(mine);
    return never();
  }).catch((error: unknown) => error);
  await clock.advance(1000);
  expect(await late).toMatchObject({ kind: 'timeout', message: 'list pods: no answer within 1000 ms' });
  expect(own[0]?.aborted).toBe(true);
});

test('the signal ends it, also before it began', async () => {
  const stop = new AbortController();
  const calls: AbortSignal[] = [];
  const run = (mine: AbortSignal): Promise<never> => {
    calls.push(mine);
    return never();
  };
  const ended = within(clock, 1000, stop.signal, 'x', run).catch((error: unknown) => error);
  stop.abort(new Error('why'));
  expect(await ended).toMatchObject({ kind: 'aborted', cause: new Error('why') });
  await expect(within(clock, 1000, stop.signal, 'x', run)).rejects.toMatchObject({ kind: 'aborted' });
  expect(calls.map(({ aborted }) => aborted)).toEqual([true]);
});

test('an iterator that hangs is left, and asked to end', async () => {
  let returned = 0;
  const hanging = {
    [Symbol.asyncIterator]: () => ({
      next: never,
      return: () => {
        returned++;
        return Promise.reject(new Error('ignored'));
      },
    }),
  };
  const reader = new Interruptible(hanging);
  const next = reader.next().catch((error: unknown) => error);
  reader.interrupt(new Error('enough'));
  expect(await next).toEqual(new Error('enough'));
  reader.interrupt(new Error('again'));
  await expect(reader.next()).rejects.toThrow('enough');
  await clock.settle();
  expect(returned).toBeGreaterThan(0);
});

test('what was not used for longest is forgotten', () => {
  const recent = new Recent<number>(2);
  recent.set('a', 1);
  recent.set('b', 2);
  recent.get('a');
  recent.set('c', 3);
  expect(['a', 'b', 'c'].map((key) => recent.get(key))).toEqual([1, undefined, 3]);
  recent.delete('a');
  expect(recent.size).toBe(1);
});
