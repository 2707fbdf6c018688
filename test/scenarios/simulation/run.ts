import { REVISION_LABEL } from '../../../src/api/native.js';
import { Violation } from '../../rollout/simulation/checker.js';
import { textOf as eventText } from '../../rollout/simulation/events.js';
import { CALM_AT, planOf, type Plan } from '../../rollout/simulation/plan.js';
import { missingIn } from '../../rollout/simulation/reached.js';
import type { Outcome } from '../../rollout/simulation/run.js';
import type { Simulation } from '../../rollout/simulation/search.js';
import { textOf } from '../checker/checker.js';
import { apply, happens } from './events.js';
import { World } from './world.js';

/** Virtual milliseconds within which the desired state is reached when all faults have ended: I8. */
const REACHED_WITHIN = 15 * 60_000;
/** Virtual milliseconds in which nothing is written when all is done: I9. */
const QUIET_FOR = 10 * 60_000;
/** Milliseconds in which the last writes have come into sight: an Event that is repeated is written again after half a minute. */
const SETTLES = 40_000;

async function run(plan: Plan): Promise<Outcome> {
  const world = await World.start(plan.options);
  let violation: Violation | undefined;
  try {
    await play(world, plan);
  } catch (error) {
    violation =
      error instanceof Violation
        ? error
        : new Violation('throws', error instanceof Error ? error.stack! : String(error));
  }
  const trace = world.stage.log.trimEnd().split('\n');
  await world.stop();
  return { trace: violation ? [...trace, `VIOLATION ${violation.message}`] : trace, ...(violation && { violation }) };
}

async function play(world: World, { events, finally: last }: Plan): Promise<void> {
  const { cluster, stage } = world;
  stage.note(`begins with ${JSON.stringify(world.wanted)}`);
  if (world.wanted.job !== '') await cluster.pass(world.job(world.wanted.job, 'Complete'));
  for (const { at, event } of events) {
    await pass(world, at - world.time);
    if (!happens(event)) continue;
    stage.note(eventText(event));
    await cluster.pass(apply(world, event));
  }
  await pass(world, CALM_AT - world.time);
  stage.note(`calm: ${JSON.stringify(last)}`);
  await cluster.pass(world.calm());
  await cluster.pass(world.want(last));
  for (const name of ['migrate-1', 'migrate-2']) await cluster.pass(world.job(name, 'Complete'));
  await reach(world);
  await pass(world, SETTLES);
  await reach(world);
  stage.beginSteady();
  await pass(world, QUIET_FOR);
  stage.endSteady();
  stage.breaches();
  judge(world);
}

/** Lets time pass, and stops when something is broken. */
async function pass(world: World, duration: number): Promise<void> {
  const end = world.time + duration;
  while (world.time < end) {
    await world.advance(Math.min(1000, end - world.time));
    judge(world);
  }
}

function judge({ stage }: World): void {
  const [breach] = stage.found;
  if (breach) throw new Violation(breach.invariant, textOf(breach));
}

/** Lets time pass until all is as it was wanted. */
async function reach(world: World): Promise<void> {
  const end = world.time + REACHED_WITHIN;
  for (;;) {
    const missing = missingIn(await world.cluster.pass(world.reached()));
    if (missing === undefined) return;
    if (world.time >= end) throw new Violation('I8', missing);
    await pass(world, 1000);
    if (world.wanted.type === 'OnDelete') await world.cluster.pass(deleteOutdated(world));
  }
}

/** With OnDelete it is for the user to delete pods. */
async function deleteOutdated(world: World): Promise<void> {
  const { child, pods } = await world.reached();
  const revision = child?.status?.updateRevision;
  for (const { metadata } of pods.values()) {
    const isOutdated = metadata.labels?.[REVISION_LABEL] !== revision;
    if (isOutdated && metadata.deletionTimestamp === undefined) await world.remove({ name: metadata.name! });
  }
}

/** The same generator as the light one; nobody here refuses a template. */
export const simulation: Simulation = {
  planOf: (seed) => {
    const plan = planOf(seed);
    const events = plan.events.filter(({ event }) => !(event.do === 'want' && event.change.refused));
    return { ...plan, events };
  },
  run,
  replay: 'test/scenarios/simulation/replay.ts',
};
