import { statusOf } from '../../../src/cluster/controllers/job/status.js';
import { account, released, TRACKING } from '../../../src/cluster/controllers/job/tracking.js';
import { pauseAfter, verdictOf, wantedActive } from '../../../src/cluster/controllers/job/verdict.js';
import type { Job } from '../../../src/cluster/controllers/objects.js';
import { ago, job, NOW, pod } from './objects.js';

const none = { active: 0, succeeded: 0, failed: 0, restarts: 0 };

describe('whether a Job is over', () => {
  test.each([
    { name: 'it has just begun', spec: {}, counts: none, reason: undefined },
    {
      name: 'enough have succeeded',
      spec: { completions: 2 },
      counts: { ...none, succeeded: 2 },
      reason: 'CompletionsReached',
    },
    { name: 'one is missing', spec: { completions: 2 }, counts: { ...none, succeeded: 1 }, reason: undefined },
    {
      name: 'as many failures as allowed',
      spec: { backoffLimit: 1 },
      counts: { ...none, failed: 1 },
      reason: undefined,
    },
    {
      name: 'a failure too many',
      spec: { backoffLimit: 0 },
      counts: { ...none, failed: 1 },
      reason: 'BackoffLimitExceeded',
    },
    {
      name: 'too long',
      spec: { activeDeadlineSeconds: 60 },
      counts: { ...none, active: 1 },
      reason: 'DeadlineExceeded',
    },
    { name: 'in time', spec: { activeDeadlineSeconds: 61 }, counts: { ...none, active: 1 }, reason: undefined },
  ])('$name', ({ spec, counts, reason }) => {
    expect(verdictOf(job(spec), counts, 60_000)?.reason).toBe(reason);
  });

  test('without a number of completions the first success ends it, when nothing runs any more', () => {
    const { completions: _, ...spec } = job().spec as Job['spec'];
    const open = { ...job(), spec };
    expect(verdictOf(open, { ...none, active: 1, succeeded: 1 }, 0)).toBeUndefined();
    expect(verdictOf(open, { ...none, succeeded: 1 }, 0)?.kind).toBe('complete');
    expect(wantedActive(open, { ...none, active: 1, succeeded: 1 })).toBe(1);
    expect(wantedActive(open, none)).toBe(1);
  });
});

test.each([
  { spec: { completions: 5, parallelism: 3 }, counts: none, wanted: 3 },
  { spec: { completions: 5, parallelism: 3 }, counts: { ...none, succeeded: 4 }, wanted: 1 },
  { spec: { completions: 1, suspend: true }, counts: none, wanted: 0 },
])('of $spec with $counts run $wanted', ({ spec, counts, wanted }) => {
  expect(wantedActive(job(spec), counts)).toBe(wanted);
});

test('failures slow the next pod down, up to ten minutes', () => {
  expect([0, 1, 2, 3, 99].map(pauseAfter)).toEqual([0, 10_000, 20_000, 40_000, 600_000]);
});

describe('the account of ends', () => {
  const ended = pod({ name: 'a', uid: 'a', phase: 'Succeeded', finalizers: [TRACKING] });
  const broken = pod({ name: 'b', uid: 'b', phase: 'Failed', finalizers: [TRACKING] });
  const leaving = pod({ name: 'c', uid: 'c', going: true, finalizers: [TRACKING] });
  const running = pod({ name: 'd', uid: 'd', finalizers: [TRACKING] });
  const pods = [ended, broken, leaving, running];

  test('an end is written down first, and nothing is let go yet', () => {
    const ends = account(job(), pods);
    expect(ends).toEqual({ succeeded: 0, failed: 0, uncounted: { succeeded: ['a'], failed: ['b', 'c'] } });
    expect(released(job(), pods)).toEqual([]);
  });

  test('what is written down is let go, and counted when that is seen', () => {
    const written = job({}, { uncountedTerminatedPods: { succeeded: ['a'], failed: ['b'] } });
    expect(released(written, pods)).toEqual([ended, broken]);
    // While they are held they are not counted.
    expect(account(written, pods)).toEqual({
      succeeded: 0,
      failed: 0,
      uncounted: { succeeded: ['a'], failed: ['b', 'c'] },
    });
    const free = pod({ name: 'a', uid: 'a', phase: 'Succeeded' });
    // `b` is gone altogether.
    expect(account(written, [free, running])).toEqual({
      succeeded: 1,
      failed: 1,
      uncounted: { succeeded: [], failed: [] },
    });
  });

  test('a Job is finished when nothing runs and all is counted', () => {
    const verdict = { kind: 'complete', reason: 'CompletionsReached', message: 'done' } as const;
    const situation = { active: [], pods: [], verdict, announces: true };
    const pending = { succeeded: 0, failed: 0, uncounted: { succeeded: ['a'], failed: [] } };
    const types = (status: NonNullable<Job['status']>): string[] => (status.conditions ?? []).map(({ type }) => type);
    expect(types(statusOf(job(), { ...situation, ends: pending }, NOW))).toEqual(['SuccessCriteriaMet']);
    const done = { succeeded: 1, failed: 0, uncounted: { succeeded: [], failed: [] } };
    const status = statusOf(job(), { ...situation, ends: done }, NOW);
    expect(types(status)).toEqual(['SuccessCriteriaMet', 'Complete']);
    expect(status.completionTime).toBe(ago(0));
    expect(types(statusOf(job(), { ...situation, announces: false, ends: done }, NOW))).toEqual(['Complete']);
  });
});
