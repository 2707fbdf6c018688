import type { KubeError } from '../../src/kube/error.js';
import { RateLimit } from '../../src/kube/rate.js';
import { VirtualClock } from './virtual-clock.js';

const HOUR = 3_600_000;

function start(perSecond: number, burst: number) {
  const clock = new VirtualClock();
  const rate = new RateLimit({ perSecond, burst }, clock);
  const gone: string[] = [];
  const take = (name: string, more: { urgent?: boolean; signal?: AbortSignal; timeout?: number } = {}): void => {
    const waiting = rate.take({ where: name, timeout: HOUR, ...more });
    if (!waiting) gone.push(name);
    else
      waiting.then(
        () => gone.push(name),
        (error: unknown) => gone.push(`${name} ${(error as KubeError).kind}`),
      );
  };
  return { clock, gone, take };
}

test('a burst goes at once, the others one by one in their order', async () => {
  const { clock, gone, take } = start(10, 2);
  for (const name of ['a', 'b', 'c', 'd']) take(name);
  expect(gone).toEqual(['a', 'b']);
  await clock.advance(99);
  expect(gone).toEqual(['a', 'b']);
  await clock.advance(1);
  expect(gone).toEqual(['a', 'b', 'c']);
  await clock.advance(100);
  expect(gone).toEqual(['a', 'b', 'c', 'd']);
  expect(clock.pending).toBe(0);
});

test('in the long run as many as were allowed, and no more than a burst after a pause', async () => {
  const { clock, gone, take } = start(50, 5);
  for (let call = 0; call < 500; call++) take(String(call));
  await clock.advance(2000);
  expect(gone.length).toBe(105);
  await clock.advance(HOUR);
  expect(gone.length).toBe(500);
  for (let call = 0; call < 10; call++) take('again');
  expect(gone.length).toBe(505);
});

test('urgent ones go before the others, among themselves in their order', async () => {
  const { clock, gone, take } = start(1, 1);
  take('first');
  for (const name of ['a', 'b']) take(name);
  for (const name of ['lease 1', 'lease 2']) take(name, { urgent: true });
  await clock.advance(4000);
  expect(gone).toEqual(['first', 'lease 1', 'lease 2', 'a', 'b']);
});

test('who gives up or has no time leaves the row to the others', async () => {
  const { clock, gone, take } = start(1, 1);
  const controller = new AbortController();
  take('first');
  take('a', { signal: controller.signal });
  take('b', { timeout: 500 });
  take('c');
  controller.abort();
  await clock.advance(1000);
  expect(gone).toEqual(['first', 'a aborted', 'b timeout', 'c']);
  expect(clock.pending).toBe(0);
});

test('aborted before: it does not stand in the row', async () => {
  const { clock, gone, take } = start(1, 1);
  take('first');
  take('a', { signal: AbortSignal.abort() });
  await clock.advance(0);
  expect(gone).toEqual(['first', 'a aborted']);
  expect(clock.pending).toBe(0);
});

test('a rate that lets nothing pass is a mistake', () => {
  expect(() => start(0, 1)).toThrow(RangeError);
  expect(() => start(1, 0)).toThrow('lets nothing pass');
  expect(() => start(Number.NaN, 1)).toThrow(RangeError);
});
