import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { Budget, type Taken } from '../../../src/rollout/game-stateful-set/budget.js';

const up = { available: true, ready: true, needsShare: true };
const down = { available: false, ready: false, needsShare: true };
const justReady = { available: false, ready: true, needsShare: true };

describe('what may be taken', () => {
  test.each<
    [what: string, max: number, spent: [atTarget: number, unavailable: number, share: number], up: Taken, down: Taken]
  >([
    ['nothing is out', 1, [0, 0, 9], 'taken', 'taken'],
    ['an old one is broken: it may be mended, a healthy one waits', 1, [0, 1, 9], 'busy', 'taken'],
    ['all old ones are broken', 2, [0, 9, 9], 'busy', 'taken'],
    ['a new one is broken: the image may be bad', 1, [1, 1, 9], 'busy', 'busy'],
    ['one of two', 2, [1, 1, 9], 'taken', 'taken'],
    ['an old and a new one of two', 2, [1, 2, 9], 'busy', 'taken'],
    ['the partition holds all others', 3, [0, 0, 0], 'held', 'held'],
    ['more have it than may', 3, [0, 0, -2], 'held', 'held'],
  ])('%s', (_, max, [atTarget, unavailable, share], whenUp, whenDown) => {
    const budget = () => new Budget(max, { atTarget, unavailable, share });
    expect(budget().take(up)).toBe(whenUp);
    expect(budget().take(down)).toBe(whenDown);
  });

  test('one that is Ready, and not available yet, is broken no more: it waits while others are unavailable', () => {
    const budget = (unavailable: number) => new Budget(2, { atTarget: 0, unavailable, share: 9 });
    expect(budget(2).take(justReady)).toBe('taken');
    expect(budget(3).take(justReady)).toBe('busy');
    expect(budget(3).take(down)).toBe('taken');
  });

  test('broken ones that wait for this one are excused', () => {
    const budget = new Budget(1, { atTarget: 0, unavailable: 1, share: 9 });
    expect(budget.take(up, 1)).toBe('taken');
    expect(budget.take(up, 1)).toBe('busy');
  });

  test('a share alone takes nothing out of service', () => {
    const budget = new Budget(1, { atTarget: 1, unavailable: 1, share: 2 });
    expect([budget.takeShare(up), budget.takeShare(up), budget.takeShare(up)]).toEqual([true, true, false]);
  });

  test('who serves nobody and is only relabelled counts at the target at once', () => {
    const budget = () => new Budget(1, { atTarget: 0, unavailable: 1, share: 9 });
    const [one, other] = [budget(), budget()];
    expect([one.relabel(down), one.take(down)]).toEqual([true, 'busy']);
    expect([other.relabel(up), other.take(down)]).toEqual([true, 'taken']);
  });

  test('who has left the stable revision already needs no share, and uses one up', () => {
    const left = { ...up, needsShare: false };
    const budget = () => new Budget(9, { atTarget: 0, unavailable: 0, share: 0 });
    expect(budget().take(left)).toBe('taken');
    expect(budget().takeShare(left)).toBe(true);
    const one = new Budget(9, { atTarget: 0, unavailable: 0, share: 1 });
    expect([one.take(left), one.take(up)]).toEqual(['taken', 'held']);
  });

  test.each<[atTarget: number, unavailable: number, sentence: string]>([
    [1, 1, '1 on their way to the update, or unavailable after it, of at most 1'],
    [0, 3, '3 unavailable of at most 1'],
  ])('%p at the target, %p unavailable', (atTarget, unavailable, sentence) => {
    expect(new Budget(1, { atTarget, unavailable, share: 1 }).sentence).toBe(sentence);
  });
});

describe('whatever is taken', () => {
  const counts = fc.nat({ max: 12 });
  const spent = fc.record({ atTarget: counts, old: counts, share: counts });
  const wishes = fc.array(fc.boolean(), { maxLength: 30 });

  test('never more than allowed, and never fewer than possible', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 12 }), spent, wishes, (max, { atTarget, old, share }, available) => {
        const unavailable = atTarget + old;
        const budget = new Budget(max, { atTarget, unavailable, share });
        const taken = available.filter((is) => budget.take(is ? up : down) === 'taken');
        const healthy = taken.filter(Boolean).length;
        expect(taken.length).toBeLessThanOrEqual(share);
        if (healthy > 0) expect(unavailable + healthy).toBeLessThanOrEqual(max);
        if (taken.length > 0) expect(atTarget + taken.length).toBeLessThanOrEqual(max);
        const broken = available.length - available.filter(Boolean).length;
        expect(taken.length).toBeGreaterThanOrEqual(Math.min(broken, share, Math.max(0, max - atTarget)) - healthy);
      }),
    );
  });
});
