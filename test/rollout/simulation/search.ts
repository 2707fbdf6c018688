import { planOf } from './plan.js';
import { run } from './run.js';
import { shrink } from './shrink.js';

/** Seeds from `from` on, up to and without `to`. */
export interface Range {
  readonly from: number;
  readonly to: number;
}

/** `FROM-TO`, or one seed; undefined where it is neither. */
export function rangeIn(text: string): Range | undefined {
  const [, from, to = String(Number(from) + 1)] = /^(\d{1,15})(?:-(\d{1,15}))?$/.exec(text) ?? [];
  return from === undefined || Number(to) <= Number(from) ? undefined : { from: Number(from), to: Number(to) };
}

/** A range in parts of at most `size` seeds. */
export function partsOf({ from, to }: Range, size: number): Range[] {
  const count = Math.ceil((to - from) / size);
  return Array.from({ length: count }, (_, index) => ({
    from: from + index * size,
    to: Math.min(to, from + (index + 1) * size),
  }));
}

/** What goes wrong with the first seed of a range with which something does: enough to understand and to repeat it. */
export function failureIn({ from, to }: Range): string | undefined {
  for (let seed = from; seed < to; seed++) if (run(planOf(seed)).violation) return failureOf(seed);
  return undefined;
}

/** Lines of a trace that are shown: what went wrong is at its end. */
const SHOWN = 120;

/** The run of a seed, with no more events than the violation needs. */
export function failureOf(seed: number): string {
  const plan = planOf(seed);
  const { violation, trace } = run(plan);
  if (!violation) return trace.join('\n');
  const small = shrink(plan, violation.invariant);
  const { trace: lines } = small.outcome;
  const left = lines.length - SHOWN;
  return [
    `seed ${seed}: ${violation.message}`,
    ...(left > 0 ? [`... ${left} lines before`] : []),
    ...lines.slice(-SHOWN),
    `${small.plan.events.length} of ${plan.events.length} events are needed`,
    `again: node --import tsx test/rollout/simulation/replay.ts ${seed} --shrink`,
  ].join('\n');
}
