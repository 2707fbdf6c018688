import type { Plan } from './plan.js';
import type { Outcome } from './run.js';

export type Run = (plan: Plan) => Outcome | Promise<Outcome>;

/** The smallest plan found, by leaving out events, that violates the same invariant. */
export async function shrink(
  plan: Plan,
  { invariant, run }: { readonly invariant: string; readonly run: Run },
): Promise<{ readonly plan: Plan; readonly outcome: Outcome }> {
  let best = { plan, outcome: await run(plan) };
  const tryOne = async (events: Plan['events']): Promise<boolean> => {
    const next = { ...best.plan, events };
    const outcome = await run(next);
    if (outcome.violation?.invariant !== invariant) return false;
    best = { plan: next, outcome };
    return true;
  };
  for (let size = Math.ceil(plan.events.length / 2); size >= 1; size = size === 1 ? 0 : Math.ceil(size / 2)) {
    for (let from = 0; from < best.plan.events.length;) {
      const { events } = best.plan;
      if (!(await tryOne([...events.slice(0, from), ...events.slice(from + size)]))) from += size;
    }
  }
  return best;
}
