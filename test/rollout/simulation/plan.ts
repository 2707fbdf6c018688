import { random as randomFrom } from '../../../src/cluster/random.js';
import type { Random } from '../../../src/cluster/random.js';
import { digestOf, isGood } from './images.js';
import type { Event, Timed } from './events.js';
import { WANTED } from './wanted.js';
import type { Wanted } from './wanted.js';
import type { WorldOptions } from './world.js';

/** Everything that happens in one run, besides what the seed of the world decides. */
export interface Plan {
  readonly options: WorldOptions;
  readonly events: readonly Timed[];
  /** What the user wants when the faults have ended: something that can be reached. */
  readonly finally: Partial<Wanted>;
}

/** Milliseconds after which faults end and the user wants nothing more. */
export const CALM_AT = 120_000;

export function planOf(seed: number): Plan {
  const from = randomFrom(seed).fork('plan');
  const options = optionsOf(seed, from);
  const count = 2 + Math.floor(from() * 10);
  const events: Timed[] = [];
  for (let index = 0; index < count; index++) {
    const at = Math.floor(from() * CALM_AT);
    events.push({ at, event: eventOf(from, options) });
    // Quickly one after the other is where races are.
    if (from() < 0.3) events.push({ at: at + Math.floor(from() * 3_000), event: eventOf(from, options) });
  }
  events.sort((a, b) => a.at - b.at);
  const isReplaced = events.some(
    ({ event }) => event.do === 'want' && (event.change.mode ?? event.change.release) !== undefined,
  );
  const isOther = events.some(
    ({ event }) => event.do === 'label' || event.do === 'damageState' || event.do === 'deleteChild',
  );
  const isBroken = events.some(({ event }) => event.do === 'want' && hasBadImage(event.change));
  const needsNewPods =
    isReplaced || isOther || options.wanted.proxy !== '' || (options.wanted.history < 3 && from() < 2);
  return {
    options,
    events,
    finally: {
      paused: false,
      refused: false,
      image: pick(from, ['game:1', 'game:2', 'game:3', 'game:2-again']),
      ...(options.wanted.log !== '' && { log: pick(from, ['log:1', 'log:2']) }),
      ...(options.wanted.init !== '' && { init: pick(from, ['init:1', 'init:2']) }),
      ...((isBroken || from() < 0.7) && { partition: 0 }),
      ...(needsNewPods && { fallback: 'Recreate' as const }),
    },
  };
}

/** A pod that is held back with it serves nobody for ever. */
const hasBadImage = ({ image, log, init }: Partial<Wanted>): boolean =>
  [image, log, init].some((name) => name !== undefined && name !== '' && !isGood(name));

function optionsOf(seed: number, from: Random): WorldOptions {
  const nodes = Array.from({ length: 1 + Math.floor(from() * 3) }, () => pick(from, ['v1.31.2', 'v1.34.1', 'v1.34.1']));
  const wanted: Wanted = {
    ...WANTED,
    replicas: 1 + Math.floor(from() * 6),
    start: pick(from, [0, 0, 0, 1, 4]),
    policy: pick(from, ['OrderedReady', 'Parallel', 'Parallel']),
    type: pick(from, ['InplaceUpdate', 'InplaceUpdate', 'InplaceUpdate', 'InplaceUpdate', 'RollingUpdate', 'OnDelete']),
    partition: pick(from, [0, 0, 0, 1, 2, '50%', '100%']),
    maxUnavailable: pick(from, [1, 1, 2, '25%', '50%', '100%']),
    grace: pick(from, [0, 0, 1, 3, 8]),
    minReady: pick(from, [0, 0, 0, 3]),
    deadline: pick(from, [undefined, undefined, 20]),
    fallback: pick(from, ['Reject', 'Reject', 'Recreate']),
    ungatedPods: pick(from, ['Patch', 'Recreate']),
    gate: from() < 0.85,
    history: pick(from, [10, 10, 1]),
    log: pick(from, ['', '', 'log:1']),
    proxy: pick(from, ['', '', '', 'proxy:1']),
    init: pick(from, ['', '', '', 'init:1']),
    job: pick(from, ['', '', '', 'migrate-1']),
  };
  const isFaulty = from() < 0.6;
  return {
    seed,
    wanted,
    nodes,
    native: { flipsWhenEmpty: from() < 0.3, countsUnavailable: from() < 0.3 },
    historyIsFixed: from() < 0.3,
    reportsGeneration: from() < 0.5,
    hooks: { areThere: from() < 0.4, longest: pick(from, [100, 5_000, 30_000]), never: pick(from, [0, 0, 0.2]) },
    faults: isFaulty
      ? { lostAnswers: 0.02, errors: 0.02, crashes: 0.02, stalls: 0.03 }
      : { lostAnswers: 0, errors: 0, crashes: 0, stalls: 0 },
  };
}

const IMAGES = [
  'game:1',
  'game:2',
  'game:3',
  'game:2-again',
  `game:2@${digestOf('game:2')}`,
  'game:missing',
  'game:crash',
  'game:unready',
  'game:slow',
  'game:big',
] as const;

/** Each with its weight. */
const KINDS: readonly (readonly [number, (from: Random, options: WorldOptions) => Event])[] = [
  [16, (from) => want({ image: pick(from, IMAGES) })],
  [
    3,
    (from, { wanted }) =>
      want(wanted.log === '' ? { image: pick(from, IMAGES) } : { log: pick(from, ['log:1', 'log:2', 'log:missing']) }),
  ],
  [
    2,
    (from, { wanted }) => want(wanted.proxy === '' ? { team: 'blue' } : { proxy: pick(from, ['proxy:1', 'proxy:2']) }),
  ],
  [
    2,
    (from, { wanted }) =>
      want(wanted.init === '' ? { team: 'red' } : { init: pick(from, ['init:1', 'init:2', 'init:missing']) }),
  ],
  [5, (from) => want({ team: pick(from, ['red', 'blue', 'green']) })],
  [2, (from) => want({ release: pick(from, ['1', '2']), image: pick(from, IMAGES) })],
  [2, (from) => want({ mode: pick(from, ['arena', 'duel']) })],
  [8, (from) => want({ replicas: Math.floor(from() * 7) })],
  [6, (from) => want({ partition: pick(from, [0, 0, 1, 2, 3, '50%', '34%', '100%']) })],
  [4, (from) => want({ maxUnavailable: pick(from, [1, 2, 3, '50%']) })],
  [3, () => want({ paused: true })],
  [4, () => want({ paused: false })],
  [3, (from) => want({ start: pick(from, [0, 1, 2, 4]) })],
  [3, (from) => want({ start: pick(from, [0, 1, 2, 4]), replicas: 1 + Math.floor(from() * 5) })],
  [2, (from) => want({ type: pick(from, ['InplaceUpdate', 'InplaceUpdate', 'RollingUpdate', 'OnDelete']) })],
  [2, (from) => want({ fallback: pick(from, ['Reject', 'Recreate']) })],
  [2, (from) => want({ grace: pick(from, [0, 2, 6]) })],
  [1, (from) => want({ refused: from() < 0.5 })],
  [1, (from) => want({ gate: from() < 0.5 })],
  [1, (from) => want({ history: pick(from, [10, 3, 1]) })],
  [1, (from) => want({ policy: pick(from, ['OrderedReady', 'Parallel']) })],
  [1, (from) => want({ job: pick(from, ['migrate-1', 'migrate-2']), image: pick(from, IMAGES) })],
  [5, (from) => ({ do: pick(from, ['delete', 'kill', 'fail']), pod: some(from) })],
  [3, (from) => ({ do: 'crash', pod: some(from), container: pick(from, ['game', 'log']) })],
  [3, (from) => ({ do: pick(from, ['closeGate', 'openGate', 'removeGate']), pod: some(from) })],
  [1, (from) => ({ do: 'label', pod: some(from), revision: 'zone-bogus' })],
  [1, (from) => ({ do: 'damageState', pod: some(from) })],
  [2, (from) => ({ do: 'loseNode', node: some(from), for: 5_000 + Math.floor(from() * 80_000), fenced: from() < 0.5 })],
  [1, (from) => ({ do: 'editChild', partition: pick(from, [0, 1, 2]) })],
  [1, () => ({ do: 'deleteChild' })],
  [2, () => ({ do: 'orphanChild' })],
  [3, (from) => ({ do: 'endController', for: 100 + Math.floor(from() * 20_000) })],
  [2, (from) => ({ do: 'stopNative', for: 1_000 + Math.floor(from() * 20_000) })],
  [
    2,
    (from) => ({
      do: 'stall',
      stream: pick(from, ['pods', 'child', 'revisions', 'workload', 'traffic']),
      for: 500 + Math.floor(from() * 40_000),
    }),
  ],
  [
    1,
    (from) => ({
      do: 'job',
      name: pick(from, ['migrate-1', 'migrate-2']),
      is: pick(from, ['Complete', 'Failed', 'running', 'gone']),
    }),
  ],
];

const TOTAL = KINDS.reduce((sum, [weight]) => sum + weight, 0);

function eventOf(from: Random, options: WorldOptions): Event {
  let left = from() * TOTAL;
  for (const [weight, make] of KINDS) {
    left -= weight;
    if (left < 0) return make(from, options);
  }
  return { do: 'deleteChild' };
}

const want = (change: Partial<Wanted>): Event => ({ do: 'want', change });

const some = (from: Random): number => Math.floor(from() * 6);

function pick<const T>(from: Random, values: readonly T[]): T {
  return values[Math.floor(from() * values.length)]!;
}
