import { REVISION_LABEL } from '../../../src/api/native.js';
import type { Pod } from '../../../src/api/pod.js';
import type { PodChange } from '../../../src/rollout/diff.js';
import type { Action } from '../../../src/rollout/game-stateful-set/action.js';
import { closedGate, openGate } from '../../../src/rollout/pod/gate.js';
import { UPDATE_STATE, updateStateText } from '../../../src/rollout/pod/update-state.js';
import type { UpdateState } from '../../../src/rollout/pod/update-state.js';
import { timestamp } from '../../../src/rollout/time.js';
import { withCondition } from './api-server.js';
import type { Answer, ApiServer } from './api-server.js';
import type { Stream } from './objects.js';

/** Where the result of a write is to be seen. */
export function streamOf(action: Action): Stream {
  switch (action.kind) {
    case 'createChild':
    case 'changeChild':
      return 'child';
    case 'writeStatus':
    case 'resolveTemplate':
      return 'workload';
    default:
      return 'pods';
  }
}

/** Writes what an action says, if the object is still at its version. `before` is called when it is, and sees the objects as they were. */
export function perform(api: ApiServer, action: Action, now: number, before: () => void): Answer {
  const onPod = (change: (pod: Pod) => Pod): Answer => {
    const { pod } = action as Action & { kind: 'openGate' };
    return api.changePod(
      pod.name,
      (current) => {
        before();
        return change(current);
      },
      pod,
    );
  };
  switch (action.kind) {
    case 'openGate':
      return onPod((pod) => withCondition(pod, openGate(action.reason, timestamp(now))));
    case 'closeGate':
      return onPod((pod) => withCondition(pod, closedGate(action.plan, action.since ?? timestamp(now))));
    case 'updatePod':
      return onPod((pod) => updated(pod, action.change, action.state));
    case 'deletePod': {
      const { uid, resourceVersion } = api.pods.get(action.pod.name)?.metadata ?? {};
      if (uid === action.pod.uid && resourceVersion === action.pod.resourceVersion) before();
      return api.deletePod(action.pod.name, action.pod);
    }
    case 'createChild':
      if (!api.child) before();
      return api.createChild(action.child);
    case 'changeChild': {
      const { uid, resourceVersion } = api.child?.metadata ?? {};
      if (uid === action.child.uid && resourceVersion === action.child.resourceVersion) before();
      return api.changeChild(action.change, action.child);
    }
    case 'writeStatus':
      before();
      return api.writeStatus(action.status, action.workload);
    case 'resolveTemplate':
      throw new TypeError('nothing is written');
  }
}

function updated(pod: Pod, change: PodChange, state: UpdateState): Pod {
  const metadata = {
    ...pod.metadata,
    labels: merged(pod.metadata.labels, { ...change.labels, [REVISION_LABEL]: state.revision }),
    annotations: merged(pod.metadata.annotations, { ...change.annotations, [UPDATE_STATE]: updateStateText(state) }),
  };
  const images = { ...change.images, ...change.sidecars, ...change.initImages };
  if (Object.keys(images).length === 0) return { ...pod, metadata };
  const patched = <T extends { name: string; image: string }>(containers: readonly T[]): T[] =>
    containers.map((container) => ({ ...container, image: images[container.name] ?? container.image }));
  const { initContainers } = pod.spec;
  const spec = {
    ...pod.spec,
    containers: patched(pod.spec.containers),
    ...(initContainers && { initContainers: patched(initContainers) }),
  };
  return { ...pod, metadata, spec };
}

function merged(
  now: Readonly<Record<string, string>> = {},
  changes: Readonly<Record<string, string | null>>,
): Record<string, string> {
  const entries = Object.entries({ ...now, ...changes });
  return Object.fromEntries(entries.filter((entry): entry is [string, string] => entry[1] !== null));
}
