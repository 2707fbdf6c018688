import { conditionOf } from '../../api/pod.js';
import type { PodChange } from '../diff.js';
import { unprovenContainers } from '../pod/completion.js';
import { containersBefore } from '../pod/update-state.js';
import { timestamp } from '../time.js';
import type { PodView } from './pod-view.js';
import type { Round } from './round.js';

/** Patches a pod to a revision, and remembers in it what is to be proven. */
export function updatePod({ draft, observed, now }: Round, view: PodView, change: PodChange, revision: string): void {
  const { pod, state, at, name } = view;
  const changed = [...Object.keys(change.images), ...Object.keys(change.sidecars)];
  const unproven = state
    ? unprovenContainers(pod, state, observed, now).filter((before) => !changed.includes(before.name))
    : [];
  const hasStarted = conditionOf(pod.status, 'Initialized')?.status === 'True';
  draft.do({
    kind: 'updatePod',
    pod: at,
    change: { ...change, initImages: hasStarted ? {} : change.initImages },
    state: {
      revision,
      updateTimestamp: timestamp(now),
      containers: [...unproven, ...containersBefore(pod, changed)],
    },
    why: `${name} becomes ${revision}`,
  });
}
