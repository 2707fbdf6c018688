import type { Plan } from './plan.js';
import { run } from './run.js';
import type { Outcome } from './run.js';

/** The smallest plan found, by leaving out events, that violates the same invariant. */
export function shrink(plan: Plan, invariant: string): { readonly plan: Plan; readonly outcome: Outcome } {
  let best = { plan, outcome: run(plan) };
  const tryOne = (events: Plan['events']): boolean => {
    const next = { ...best.plan, events };
    const outcome = run(next);
    if (outcome.violation?.invariant !== invariant) return false;
    best = { plan: next, outcome };
    return true;
  };
  for (let size = Math.ceil(plan.events.length / 2); size >= 1; size = size === 1 ? 0 : Math.ceil(size / 2)) {
    for (let from = 0; from < best.plan.events.length;) {
      const { events } = best.plan;
      if (!tryOne([...events.slice(0, from), ...events.slice(from + size)])) from += size;
    }
  }
  return best;
}
