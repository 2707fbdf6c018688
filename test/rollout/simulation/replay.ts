// One seed of the simulation, as a trace: node --import tsx test/rollout/simulation/replay.ts SEED [--shrink]
// Many seeds, only those that fail: node --import tsx test/rollout/simulation/replay.ts FROM-TO
import { replayed } from './search.js';

try {
  for await (const line of replayed(process.argv.slice(2))) console.log(line);
} catch (error) {
  if (!(error instanceof RangeError)) throw error;
  console.error(error.message);
  process.exitCode = 2;
}
