import { describe, expect, test } from '@jest/globals';
import { isDeepStrictEqual } from 'node:util';
import type { Kill } from './simulation/controller.js';
import { INTERRUPTED, STORIES } from './simulation/stories.js';
import { tell } from './simulation/story.js';
import type { Ending, Story } from './simulation/story.js';

// I10: whichever write the process ends before or after, what comes of it is the same.

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
