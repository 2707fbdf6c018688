import { describe, expect, test } from '@jest/globals';
import type { PrerequisiteStatus } from '../../../src/api/generated/types/status.js';
import type { Job } from '../../../src/api/native.js';
import { prerequisitesOf } from '../../../src/rollout/game-stateful-set/prerequisites.js';
import { jobOf } from '../fixtures.js';

const jobs = (...some: Job[]) => new Map(some.map((job) => [job.metadata.name!, job]));
const done = (name: string): PrerequisiteStatus => ({ name, uid: `${name}-uid`, completed: true });
const open = (name: string): PrerequisiteStatus => ({ name, uid: `${name}-uid`, completed: false });

test.each<
  [
    what: string,
    names: string[],
    jobs: Map<string, Job>,
    recorded: PrerequisiteStatus[],
    waiting: string | undefined,
    status: PrerequisiteStatus[],
  ]
>([
  ['none', [], jobs(), [], undefined, []],
  ['one that completed', ['a'], jobs(jobOf('a', 'Complete')), [], undefined, [done('a')]],
  ['one that runs', ['a'], jobs(jobOf('a', 'running')), [], 'waiting for Job a to complete', [open('a')]],
  [
    'one that is not there',
    ['a'],
    jobs(),
    [],
    'waiting for Job a, which does not exist',
    [{ name: 'a', completed: false }],
  ],
  [
    'two of three',
    ['a', 'b', 'c'],
    jobs(jobOf('a', 'running'), jobOf('b', 'Complete')),
    [],
    'waiting for Job a to complete and Job c, which does not exist',
    [open('a'), done('b'), { name: 'c', completed: false }],
  ],
  ['one that was seen completed and is gone', ['a'], jobs(), [done('a')], undefined, [done('a')]],
  [
    'one that was seen completed and runs again',
    ['a'],
    jobs(jobOf('a', 'running', 'other')),
    [done('a')],
    undefined,
    [done('a')],
  ],
  [
    'one that was seen open and is gone',
    ['a'],
    jobs(),
    [open('a')],
    'waiting for Job a, which does not exist',
    [open('a')],
  ],
  [
    'one that failed',
    ['a'],
    jobs(jobOf('a', 'Failed')),
    [],
    'Job a failed (Because): mend it, or delete and apply it again',
    [open('a')],
  ],
  [
    'one that failed counts more than one that runs',
    ['a', 'b'],
    jobs(jobOf('a', 'running'), jobOf('b', 'Failed')),
    [],
    'Job b failed (Because): mend it, or delete and apply it again',
    [open('a'), open('b')],
  ],
  [
    'one that nobody names any more is remembered for a rollback',
    ['b'],
    jobs(jobOf('b', 'running')),
    [done('a'), open('x')],
    'waiting for Job b to complete',
    [open('b'), done('a')],
  ],
  ['and found again', ['a'], jobs(), [done('b'), done('a')], undefined, [done('a'), done('b')]],
])('%s', (_, names, existing, recorded, waiting, status) => {
  const found = prerequisitesOf(names, existing, recorded);
  expect(found.waiting).toBe(waiting);
  expect(found.status).toEqual(status);
  expect(found.failed).toBe(waiting?.includes('failed') === true);
});

describe('what is remembered', () => {
  test('ten at most, the newest first', () => {
    let recorded: readonly PrerequisiteStatus[] = [];
    for (let index = 0; index < 30; index++) {
      const name = `migrate-${index}`;
      recorded = prerequisitesOf([name], jobs(jobOf(name, 'Complete')), recorded).status;
    }
    expect(recorded.map(({ name }) => name)).toEqual(Array.from({ length: 11 }, (_, index) => `migrate-${29 - index}`));
  });
});
