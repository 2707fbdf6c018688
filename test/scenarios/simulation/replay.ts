// One seed on the whole embedded cluster: node --import tsx test/scenarios/simulation/replay.ts SEED [--shrink]
// Many seeds, only those that fail: node --import tsx test/scenarios/simulation/replay.ts FROM-TO
import { replayed } from '../../rollout/simulation/search.js';
import { simulation } from './run.js';

try {
  for await (const line of replayed(process.argv.slice(2), simulation)) console.log(line);
} catch (error) {
  if (!(error instanceof RangeError)) throw error;
  console.error(error.message);
  process.exitCode = 2;
}
