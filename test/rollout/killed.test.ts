import { describe, expect, test } from '@jest/globals';
import { isDeepStrictEqual } from 'node:util';
import type { Kill } from './simulation/controller.js';
import { tell } from './simulation/story.js';
import type { Ending, Story } from './simulation/story.js';

// I10: whichever write the process ends before or after, what comes of it is the same.

const grace = { grace: 4, maxUnavailable: 2 } as const;
const STORIES: readonly Story[] = [
  { title: 'another image', begin: grace, changes: [{ want: { image: 'game:2' } }] },
  { title: 'one by one, with hooks', begin: { grace: 1 }, hooks: true, changes: [{ want: { image: 'game:2' } }] },
  {
    title: 'two containers, a label and an annotation that the game reads',
    begin: { ...grace, replicas: 2, log: 'log:1' },
    changes: [{ want: { image: 'game:2', log: 'log:2', team: 'blue', release: '2' } }],
  },
  { title: 'another name of the same image', begin: grace, changes: [{ want: { image: 'game:1-again' } }] },
  { title: 'without a gate', begin: { gate: false }, changes: [{ want: { image: 'game:2' } }] },
  { title: 'only a label', begin: {}, changes: [{ want: { team: 'blue' } }] },
  {
    title: 'part of the pods, then all',
    begin: { ...grace, partition: 2 },
    changes: [{ want: { image: 'game:2' } }, { want: { partition: 0 } }],
  },
  {
    title: 'made anew, in batches',
    begin: { type: 'RollingUpdate', replicas: 4, maxUnavailable: 2 },
    hooks: true,
    changes: [{ want: { mode: 'duel' } }],
  },
  {
    title: 'a pod that only a new one can replace',
    begin: { ...grace, fallback: 'Recreate' },
    changes: [{ want: { mode: 'duel', image: 'game:2' } }],
  },
  {
    title: 'more pods and fewer, in order',
    begin: { policy: 'OrderedReady', replicas: 1 },
    hooks: true,
    changes: [{ want: { replicas: 3 } }, { want: { replicas: 2 } }],
  },
  { title: 'other ordinals', begin: { replicas: 2 }, hooks: true, changes: [{ want: { start: 1 } }] },
];

/** Another wish comes in the middle: how far the first one got depends on when. */
const INTERRUPTED: readonly Story[] = [
  {
    title: 'taken back while a pod is out of traffic',
    begin: { ...grace },
    changes: [{ want: { image: 'game:2' } }, { once: 'draining', want: { image: 'game:1' } }],
  },
  {
    title: 'another image while one is being started',
    begin: { ...grace },
    changes: [{ want: { image: 'game:2' } }, { once: 'patched', want: { image: 'game:3' } }],
  },
  {
    title: 'paused while a pod is out of traffic, and on',
    begin: grace,
    changes: [
      { want: { image: 'game:2' } },
      { once: 'draining', want: { paused: true } },
      { once: 'open', want: { paused: false } },
    ],
  },
  {
    title: 'fewer pods in the middle',
    begin: { ...grace, replicas: 4 },
    changes: [{ want: { image: 'game:2' } }, { once: 'draining', want: { replicas: 2 } }],
  },
];

/** Before and after each write, with another process at once or only after a while. */
const killsOf = (writes: number): Kill[] =>
  Array.from({ length: writes }, (_, index) => index + 1).flatMap((write) =>
    (['before', 'after'] as const).map((when) => ({ write, when, downFor: write % 3 === 0 ? 20_000 : 300 })),
  );

/** What must not depend on when the process ended. */
function whatCame({ drains, state, starts }: Ending, { begin: { grace = 0 } }: Story) {
  return { state, starts, drained: drains.map((milliseconds) => milliseconds >= grace * 1000) };
}

/** Fails with the whole story. */
function compare(kill: Kill, ending: Ending, found: object, wanted: object): void {
  const { violation, trace } = ending;
  const text = `killed ${kill.when} write ${kill.write}, down for ${kill.downFor} ms`;
  if (violation) throw new Error([text, violation.message, ...trace].join('\n'));
  if (!isDeepStrictEqual(found, wanted)) expect({ text, ...found, trace }).toEqual({ text, ...wanted, trace: [] });
}

describe.each([...STORIES, ...INTERRUPTED])('$title', (story) => {
  const whole = tell(story);

  test('told to its end', () => {
    expect(whole.violation?.message).toBeUndefined();
    expect(whole.writes).toBeGreaterThan(10);
  });

  test(`ends the same, killed around each of its ${whole.writes} writes`, () => {
    const { state, starts, drained } = whatCame(whole, story);
    for (const kill of killsOf(whole.writes)) {
      const ending = tell(story, kill);
      const came = whatCame(ending, story);
      expect(came.drained).not.toContain(false);
      if (INTERRUPTED.includes(story)) compare(kill, ending, { state: came.state }, { state });
      else compare(kill, ending, came, { state, starts, drained });
    }
  });
});
