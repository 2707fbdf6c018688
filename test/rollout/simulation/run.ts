import { REVISION_LABEL } from '../../../src/api/native.js';
import { Violation } from './checker.js';
import { apply, textOf } from './events.js';
import { CALM_AT } from './plan.js';
import type { Plan } from './plan.js';
import { missingIn, type Reached } from './reached.js';
import { isLeaving } from './stateful-set-controller.js';
import { World } from './world.js';

export interface Outcome {
  readonly trace: readonly string[];
  /** Absent where nothing went wrong. */
  readonly violation?: Violation;
}

/** Virtual milliseconds within which the desired state is reached when all faults have ended: I8. */
const REACHED_WITHIN = 15 * 60_000;
/** Virtual milliseconds in which nothing is written when all is done: I9. */
const QUIET_FOR = 10 * 60_000;

export function run(plan: Plan): Outcome {
  const world = new World(plan.options);
  try {
    play(world, plan);
    return { trace: world.trace };
  } catch (error) {
    const violation =
      error instanceof Violation
        ? error
        : new Violation('throws', error instanceof Error ? error.stack! : String(error));
    world.tell('VIOLATION', violation.message);
    return { trace: world.trace, violation };
  }
}

function play(world: World, { events, finally: last }: Plan): void {
  world.tell('user', `begins with ${JSON.stringify(world.wanted)}`);
  world.begin();
  if (world.wanted.job !== '') apply(world, { do: 'job', name: world.wanted.job, is: 'Complete' });
  for (const { at, event } of events) {
    world.clock.run(Math.max(0, at - world.time));
    world.tell('event', textOf(event));
    apply(world, event);
  }
  world.clock.run(Math.max(0, CALM_AT - world.time));
  world.tell('calm', JSON.stringify(last));
  world.calm();
  world.want(last);
  for (const name of ['migrate-1', 'migrate-2']) apply(world, { do: 'job', name, is: 'Complete' });
  reach(world);
  world.clock.run(10_000);
  reach(world);
  stayQuiet(world);
}

export function stayQuiet({ clock, controller }: World): void {
  const { writes } = controller;
  clock.run(QUIET_FOR);
  if (controller.writes !== writes) throw new Violation('I9', 'something is written although all is done');
}

/** Lets time pass until all is as it was wanted. */
export function reach(world: World): void {
  const end = world.time + REACHED_WITHIN;
  for (;;) {
    const missing = missingIn(stateOf(world));
    if (missing === undefined) return;
    if (world.time >= end) throw new Violation('I8', missing);
    world.clock.run(1_000);
    if (world.wanted.type === 'OnDelete') deleteOutdated(world);
  }
}

/** With OnDelete it is for the user to delete pods. */
function deleteOutdated({ api, checker }: World): void {
  const revision = api.child?.status?.updateRevision;
  for (const pod of [...api.pods.values()]) {
    const isOutdated = pod.metadata.labels?.[REVISION_LABEL] !== revision;
    const isStrange = checker.touchedByOthers.has(pod.metadata.uid!);
    if ((isOutdated || isStrange) && !isLeaving(pod)) api.deletePod(pod.metadata.name!);
  }
}

const stateOf = ({ api, wanted, kubelets }: World): Reached => ({
  wanted,
  workload: api.workload!,
  child: api.child,
  pods: api.pods,
  historyIsFixed: api.historyIsFixed,
  runsSpec: ({ metadata }) => kubelets.runtimeOf(metadata.uid!)?.runsSpec() === true,
});
