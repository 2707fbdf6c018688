// One seed of the simulation, as a trace: node --import tsx test/rollout/simulation/replay.ts SEED [--shrink]
// Many seeds, only those that fail: node --import tsx test/rollout/simulation/replay.ts FROM-TO
import { planOf } from './plan.js';
import { run } from './run.js';
import { failureOf, rangeIn } from './search.js';

const [text = '', option] = process.argv.slice(2);
const range = rangeIn(text);
if (!range || (option !== undefined && option !== '--shrink')) {
  console.error('usage: replay.ts SEED [--shrink], or replay.ts FROM-TO');
  process.exitCode = 2;
} else if (option === '--shrink') console.log(failureOf(range.from));
else if (range.to === range.from + 1) console.log(run(planOf(range.from)).trace.join('\n'));
else {
  const counts = new Map<string, number>();
  for (let seed = range.from; seed < range.to; seed++) {
    const { violation } = run(planOf(seed));
    if (!violation) continue;
    counts.set(violation.invariant, (counts.get(violation.invariant) ?? 0) + 1);
    console.log(`${seed}: ${violation.message.split('\n', 3).join(' ')}`);
  }
  console.log([...counts].map(([invariant, count]) => `${invariant} ${count}`).join(', ') || 'none');
}
