import { planOf } from './plan.js';
import type { Plan } from './plan.js';
import { run } from './run.js';
import { shrink, type Run } from './shrink.js';

/** Something that follows from a seed. */
export interface Simulation {
  readonly planOf: (seed: number) => Plan;
  readonly run: Run;
  /** The program that repeats a seed. */
  readonly replay: string;
}

export const light: Simulation = { planOf, run, replay: 'test/rollout/simulation/replay.ts' };

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
export async function failureIn({ from, to }: Range, simulation = light): Promise<string | undefined> {
  for (let seed = from; seed < to; seed++)
    if ((await simulation.run(simulation.planOf(seed))).violation) return failureOf(seed, simulation);
  return undefined;
}

/** Lines of a trace that are shown: what went wrong is at its end. */
const SHOWN = 120;

/** The run of a seed, with no more events than the violation needs. */
export async function failureOf(seed: number, simulation = light): Promise<string> {
  const plan = simulation.planOf(seed);
  const { violation, trace } = await simulation.run(plan);
  if (!violation) return trace.join('\n');
  const small = await shrink(plan, { invariant: violation.invariant, run: simulation.run });
  const { trace: lines } = small.outcome;
  const left = lines.length - SHOWN;
  return [
    `seed ${seed}: ${violation.message}`,
    ...(left > 0 ? [`... ${left} lines before`] : []),
    ...lines.slice(-SHOWN),
    `${small.plan.events.length} of ${plan.events.length} events are needed`,
    `again: node --import tsx ${simulation.replay} ${seed} --shrink`,
  ].join('\n');
}

/** What a person asks for: a trace, a shrunk one, or which of many seeds fail. @throws RangeError where it is not understood */
export async function* replayed(args: readonly string[], simulation = light): AsyncGenerator<string> {
  const [text = '', option] = args;
  const range = rangeIn(text);
  if (!range || (option !== undefined && option !== '--shrink'))
    throw new RangeError('usage: replay.ts SEED [--shrink], or replay.ts FROM-TO');
  if (option === '--shrink') yield failureOf(range.from, simulation);
  else if (range.to === range.from + 1) yield (await simulation.run(simulation.planOf(range.from))).trace.join('\n');
  else yield* failing(range, simulation);
}

async function* failing({ from, to }: Range, simulation: Simulation): AsyncGenerator<string> {
  const counts = new Map<string, number>();
  for (let seed = from; seed < to; seed++) {
    const { violation } = await simulation.run(simulation.planOf(seed));
    if (!violation) continue;
    counts.set(violation.invariant, (counts.get(violation.invariant) ?? 0) + 1);
    yield `${seed}: ${violation.message.split('\n', 3).join(' ')}`;
  }
  yield [...counts].map(([invariant, count]) => `${invariant} ${count}`).join(', ') || 'none';
}
