import { Health, STUCK_AFTER, type Vitals } from '../../src/controller/health.js';
import type { ReflectorState } from '../../src/kube/reflector.js';
import { WorkQueue } from '../../src/kube/work-queue.js';
import { VirtualClock } from '../kube/virtual-clock.js';

const well: ReflectorState = {
  activity: 'watching',
  synced: true,
  lastEventAt: 1,
  lastContactAt: 1,
  lastError: undefined,
  failures: 0,
  lists: 1,
  watches: 1,
  events: 1,
  rewinds: 0,
};

function vitals(clock: VirtualClock, state: Partial<ReflectorState> = {}, longestRun = 0): Vitals {
  const { metrics } = new WorkQueue({ clock, handler: () => Promise.resolve() });
  const reflectors = new Map([['pods', { ...well, ...state }]]);
  return { leads: true, leader: 'me', work: { reflectors, queue: { ...metrics, longestRun } } };
}

test('a reflector that shows no sign of life for ten minutes is stuck', async () => {
  const clock = new VirtualClock();
  const health = new Health(clock);
  expect(health.stuck(vitals(clock))).toEqual([]);
  await clock.advance(STUCK_AFTER - 1);
  expect(health.stuck(vitals(clock))).toEqual([]);
  await clock.advance(1);
  expect(health.stuck(vitals(clock))).toEqual(['the reflector of pods is stuck: watching']);
  expect(health.stuck(vitals(clock, { lastContactAt: 2 }))).toEqual([]);
});

test('one that fails again and again is at work: a restart would not help', async () => {
  const clock = new VirtualClock();
  const health = new Health(clock);
  for (let failures = 1; failures < 100; failures++) {
    const lastError = { message: 'refused', error: undefined, at: clock.now() };
    expect(health.stuck(vitals(clock, { activity: 'waiting', failures, lastError, synced: false }))).toEqual([]);
    await clock.advance(60_000);
  }
});

test('the wall clock may jump', () => {
  const clock = new VirtualClock();
  const health = new Health(clock);
  expect(health.stuck(vitals(clock))).toEqual([]);
  clock.jumpWall(STUCK_AFTER * 10);
  expect(health.stuck(vitals(clock))).toEqual([]);
});

test('a look at a workload that does not end is stuck', () => {
  const clock = new VirtualClock();
  expect(new Health(clock).stuck(vitals(clock, {}, STUCK_AFTER))).toEqual(['a workload has been looked at for 600 s']);
  expect(new Health(clock).stuck(vitals(clock, {}, STUCK_AFTER - 1))).toEqual([]);
});

test('a term that ends takes its age with it', async () => {
  const clock = new VirtualClock();
  const health = new Health(clock);
  health.stuck(vitals(clock));
  health.stuck({ leads: false, leader: 'other' });
  await clock.advance(STUCK_AFTER);
  expect(health.stuck(vitals(clock))).toEqual([]);
});

test.each<[string, (clock: VirtualClock) => Vitals, string[]]>([
  ['the leader that has seen everything', (clock) => vitals(clock), []],
  [
    'the leader before that',
    (clock) => vitals(clock, { synced: false, lastError: { message: '404', error: undefined, at: 0 } }),
    ['pods have not been seen: 404'],
  ],
  ['one that just began to lead', () => ({ leads: true, leader: 'me' }), ['it has begun to lead just now']],
  ['one that stands by', () => ({ leads: false, leader: 'other' }), []],
  ['one that has seen nobody', () => ({ leads: false, leader: '' }), ['no leader has been seen']],
])('ready: %s', (_, of, problems) => {
  const clock = new VirtualClock();
  expect(new Health(clock).unready(of(clock))).toEqual(problems);
});
