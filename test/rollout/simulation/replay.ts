// One seed of the simulation, as a trace: node --import tsx test/rollout/simulation/replay.ts SEED [--shrink]
// Many seeds, only those that fail: node --import tsx test/rollout/simulation/replay.ts FROM TO
import { planOf } from './plan.js';
import { run } from './run.js';
import { shrink } from './shrink.js';

const [first, second] = process.argv.slice(2);
const seed = Number(first);
if (second === undefined || second === '--shrink') show();
else search(Number(second));

function show(): void {
  const plan = planOf(seed);
  const outcome = run(plan);
  const { violation } = outcome;
  if (second !== '--shrink' || !violation) {
    console.log(outcome.trace.join('\n'));
    return;
  }
  const small = shrink(plan, violation.invariant);
  console.log(small.outcome.trace.join('\n'));
  console.log(`\n${small.plan.events.length} of ${plan.events.length} events are needed`);
}

function search(to: number): void {
  const counts = new Map<string, number>();
  for (let number = seed; number < to; number++) {
    const { violation } = run(planOf(number));
    if (!violation) continue;
    counts.set(violation.invariant, (counts.get(violation.invariant) ?? 0) + 1);
    console.log(`${number}: ${violation.message.split('\n', 3).join(' ')}`);
  }
  console.log([...counts].map(([invariant, count]) => `${invariant} ${count}`).join(', ') || 'none');
}
