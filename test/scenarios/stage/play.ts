import type { Scenario } from '../runner/scenario.js';
import { runIn } from '../runner/run.js';
import type { RolloutCluster } from './rollout-cluster.js';

function withBreaches(error: unknown, breaches: string): unknown {
  if (!(error instanceof Error) || breaches === '' || error.message.includes(breaches)) return error;
  error.message += `\n${breaches}`;
  error.stack = `${error.name}: ${error.message}`;
  return error;
}

/** Runs a scenario under the eyes of the checker, which has the last word. */
export async function play(cluster: RolloutCluster, namespace: string, scenario: Scenario): Promise<void> {
  const stage = cluster.stage(namespace);
  const [first, last] = [scenario.steps[0]!, scenario.steps.at(-1)!];
  const steps = [
    { ...first, action: () => stage.begin(), refusals: [] },
    ...scenario.steps,
    { ...last, action: () => stage.finish(), refusals: [] },
  ];
  try {
    await runIn(cluster, namespace, { ...scenario, steps });
  } catch (error) {
    if (process.env['GAMEZONE_SCENARIO_LOG']) process.stderr.write(stage.log);
    // What should never happen often comes before what does not come true.
    throw withBreaches(error, stage.breaches());
  } finally {
    await stage.close();
  }
}
