import { REVISION_LABEL } from '../../../src/api/native.js';
import { isReady } from '../../../src/api/pod.js';
import { CLOSED } from '../../../src/rollout/game-stateful-set/child.js';
import { partitionOf } from '../../../src/rollout/count.js';
import { Violation } from './checker.js';
import { apply, textOf } from './events.js';
import { CALM_AT } from './plan.js';
import type { Plan } from './plan.js';
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
    const missing = missingIn(world);
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

/** What the desired state lacks, in a sentence. */
function missingIn({ api, wanted, kubelets }: World): string | undefined {
  const { child, workload, pods } = api;
  const { status } = workload!;
  if (!child) return 'there is no child';
  const { replicas, ordinals, updateStrategy } = child.spec;
  if (replicas !== wanted.replicas || (ordinals?.start ?? 0) !== wanted.start)
    return `the child has ${replicas} replicas from ${ordinals?.start ?? 0} on`;
  if (child.spec.revisionHistoryLimit !== wanted.history && !api.historyIsFixed)
    return `the child has a history of ${child.spec.revisionHistoryLimit}`;
  for (let index = 0; index < wanted.replicas; index++) {
    const name = `zone-${wanted.start + index}`;
    const pod = pods.get(name);
    if (!pod || isLeaving(pod)) return `${name} is missing`;
    if (!isReady(pod)) return `${name} is not ready`;
    if (kubelets.runtimeOf(pod.metadata.uid!)?.runsSpec() !== true) return `${name} does not run its spec`;
  }
  if (pods.size !== wanted.replicas) return `there are ${pods.size} pods`;
  const held = wanted.type === 'OnDelete' ? 0 : partitionOf(wanted.partition, wanted.replicas);
  const revision = child.status?.updateRevision;
  const updated = [...pods.values()].filter((pod) => pod.metadata.labels?.[REVISION_LABEL] === revision);
  if (updated.length < wanted.replicas - held)
    return `${updated.length} pods have the update, and ${held} are held back`;
  const stable = status?.stableRevision;
  for (const { metadata } of pods.values()) {
    const has = metadata.labels?.[REVISION_LABEL];
    const index = Number(metadata.name!.split('-').at(-1)) - wanted.start;
    const isHeld = revision !== stable && (index < held || has === stable);
    if (has !== revision && !isHeld) return `${metadata.name} is left behind at ${has}`;
  }
  for (const { metadata, spec } of updated) {
    const [game, log] = spec.containers;
    const isAsWanted =
      game!.image === wanted.image &&
      (log?.image ?? '') === wanted.log &&
      (spec.initContainers?.find(({ name }) => name === 'proxy')?.image ?? '') === wanted.proxy &&
      metadata.labels?.['team'] === wanted.team &&
      metadata.annotations?.['release'] === wanted.release &&
      game!.env?.[0]?.value === wanted.mode;
    if (!isAsWanted) return `${metadata.name} is at ${revision}, and not as the template wants it`;
  }
  const isAll = updated.length === wanted.replicas;
  const partition = updateStrategy?.rollingUpdate?.partition;
  if (isAll && wanted.type !== 'OnDelete' && partition !== CLOSED) return `the partition is ${partition}`;
  if (status?.phase !== 'Healthy' || status.observedGeneration !== workload!.metadata.generation)
    return `the status is ${status?.phase}: ${status?.message}`;
  return undefined;
}
