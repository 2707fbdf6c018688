import type { Scenario } from '../runner/scenario.js';
import type { Cluster } from '../runner/cluster.js';
import { runAs } from '../runner/run.js';
import { StageSession } from './stage-session.js';

function withBreaches(error: unknown, breaches: string): unknown {
  if (!(error instanceof Error) || breaches === '' || error.message.includes(breaches)) return error;
  error.message += `\n${breaches}`;
  error.stack = `${error.name}: ${error.message}`;
  return error;
}

/** Runs a scenario under the eyes of the checker, which has the last word. */
export async function play(cluster: Cluster, namespace: string, scenario: Scenario): Promise<void> {
  const session = new StageSession(cluster, namespace);
  const { stage } = session;
  const [first, last] = [scenario.steps[0]!, scenario.steps.at(-1)!];
  const steps = [
    { ...first, action: () => stage.begin(), refusals: [] },
    ...scenario.steps,
    { ...last, action: () => stage.finish(), refusals: [] },
  ];
  try {
    await runAs(session, { ...scenario, steps });
  } catch (error) {
    if (process.env['GAMEZONE_SCENARIO_LOG']) process.stderr.write(stage.log);
    // What should never happen often comes before what does not come true.
    throw withBreaches(error, stage.breaches());
  } finally {
    await cluster.pass(stage.close());
  }
}
