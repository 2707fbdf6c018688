import { REVISION_LABEL } from '../../../src/api/native.js';
import type { Pod } from '../../../src/api/pod.js';
import { gateOf } from '../../../src/rollout/pod/gate.js';
import { Violation } from './checker.js';
import type { Kill } from './controller.js';
import { reach, stayQuiet } from './run.js';
import { WANTED } from './wanted.js';
import type { Wanted } from './wanted.js';
import { NO_FAULTS, World } from './world.js';

/** What a user wants, one thing after the other, and nothing else happens. */
export interface Story {
  readonly title: string;
  readonly begin: Partial<Wanted>;
  readonly changes: readonly StoryChange[];
  /** Hooks take some seconds to agree. Default: there are none. */
  readonly hooks?: boolean;
}

export interface StoryChange {
  readonly want: Partial<Wanted>;
  /**
   * When it is wanted: as soon as a pod is out of traffic, or patched, or all gates are open again. Default: when all that was
   * wanted before is there.
   */
  readonly once?: Moment;
  /** The same, but a little later where that moment does not come. */
  readonly within?: Moment;
}

type Moment = 'draining' | 'patched' | 'open';

/** What came of a story. */
export interface Ending {
  readonly trace: readonly string[];
  readonly violation?: Violation;
  readonly writes: number;
  /** What exists in the end, without identities and times. */
  readonly state: unknown;
  /** How many containers were started, by pod and container. */
  readonly starts: ReadonlyMap<string, number>;
  /** Milliseconds out of traffic before each patch of a pod with a gate and players. */
  readonly drains: readonly number[];
}

/** Milliseconds in which the moment of a change comes. */
const COMES_WITHIN = 120_000;
/** Milliseconds in which it may come. */
const MAY_COME_WITHIN = 5_000;

export function tell({ begin, changes, hooks = false }: Story, kill?: Kill): Ending {
  const world = new World({
    seed: 1,
    wanted: { ...WANTED, ...begin },
    native: { flipsWhenEmpty: false, countsUnavailable: false },
    historyIsFixed: false,
    reportsGeneration: true,
    nodes: ['v1.34.1', 'v1.34.1'],
    hooks: { areThere: hooks, longest: 8_000, never: 0 },
    faults: NO_FAULTS,
    ...(kill && { kill }),
  });
  let violation: Violation | undefined;
  try {
    world.begin();
    reach(world);
    for (const { want, once, within } of changes) {
      if (within) mayCome(world, within);
      else if (once) come(world, once);
      else reach(world);
      world.tell('user', JSON.stringify(want));
      world.want(want);
    }
    reach(world);
    // What is still under way may come to something else.
    world.clock.run(30_000);
    reach(world);
    stayQuiet(world);
  } catch (error) {
    if (!(error instanceof Violation)) throw error;
    violation = error;
  }
  const { trace, controller, kubelets, checker } = world;
  return {
    trace,
    ...(violation && { violation }),
    writes: controller.writes,
    state: stateOf(world),
    starts: kubelets.starts,
    drains: checker.drains,
  };
}

function come(world: World, moment: Moment): void {
  if (!mayCome(world, moment, COMES_WITHIN)) throw new Violation('story', `the moment never comes: ${moment}`);
}

function mayCome(world: World, moment: Moment, time = MAY_COME_WITHIN): boolean {
  const { clock } = world;
  const end = clock.monotonic() + time;
  while (!isThere(world, moment)) {
    if (clock.monotonic() >= end) return false;
    clock.run(20);
  }
  return true;
}

function isThere({ api }: World, moment: Moment): boolean {
  const pods = [...api.pods.values()];
  const isUpdated = ({ metadata }: Pod) => metadata.labels?.[REVISION_LABEL] === api.child?.status?.updateRevision;
  switch (moment) {
    case 'draining':
      return pods.some((pod) => gateOf(pod).kind === 'closed' && !isUpdated(pod));
    case 'patched':
      return pods.some((pod) => gateOf(pod).kind === 'closed' && isUpdated(pod));
    case 'open':
      return pods.every((pod) => gateOf(pod).kind === 'open');
  }
}

function stateOf({ api: { pods, child, workload } }: World): unknown {
  return {
    child: child?.spec,
    pods: [...pods.values()]
      .map(({ metadata: { name, labels, annotations }, spec: { containers, initContainers } }) => ({
        name,
        labels,
        release: annotations?.['release'],
        containers,
        initContainers,
      }))
      .sort((one, other) => one.name!.localeCompare(other.name!)),
    phase: workload?.status?.phase,
    message: workload?.status?.message,
    updated: workload?.status?.updatedReplicas,
  };
}
