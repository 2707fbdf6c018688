import type { Story } from './story.js';

const grace = { grace: 4, maxUnavailable: 2 } as const;
/** What comes of them does not depend on when something happens. */
export const STORIES: readonly Story[] = [
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
export const INTERRUPTED: readonly Story[] = [
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
