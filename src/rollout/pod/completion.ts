import type { ContainerStatus, Pod } from '../../api/pod.js';
import type { Observations } from '../observations.js';
import { statusesOf } from './update-state.js';
import type { ContainerBefore, UpdateState } from './update-state.js';

/** Milliseconds for which a new container of an old image must have stood: only its ID tells it from the one before. */
export const SAME_IMAGE_SETTLES = 5_000;
/** Milliseconds, on top of the pod's own termination grace, within which a kubelet acts on a patch. */
export const KUBELET_ACTS = 60_000;

export type Completion =
  | { readonly kind: 'complete' }
  | (Pending & { readonly kind: 'pending' })
  /** The kubelet should have acted by now. */
  | { readonly kind: 'overdue'; readonly why: string };

interface Pending {
  readonly why: string;
  /** Whether every changed container has been replaced, or waits: only then another image may be patched in. */
  readonly acted: boolean;
  /** When to look again, if nothing happens before. */
  readonly at?: number;
}

/**
 * Whether a pod runs what it was patched to: rollout.md section 3, rule 5. `status.image` and Ready prove nothing: for several
 * seconds the status shows the old container, running and ready (research/inplace-lab.md D).
 */
export function completionOf(pod: Pod, state: UpdateState, observed: Observations, now: number): Completion {
  const statuses = statusesOf(pod);
  const pending = state.containers.flatMap(
    (before) => containerPending(pod, before, statuses.get(before.name), observed, now) ?? [],
  );
  const [first] = pending;
  if (!first) return generationPending(pod) ?? { kind: 'complete' };
  const untouched = pending.find(({ acted }) => !acted);
  if (!untouched) return { kind: 'pending', ...first };
  const patched = Date.parse(state.updateTimestamp);
  const overdueAt = patched + terminationGrace(pod) + KUBELET_ACTS;
  if (now < overdueAt) return { kind: 'pending', ...untouched, at: overdueAt };
  const seconds = Math.floor((overdueAt - patched) / 1000);
  return { kind: 'overdue', why: `the kubelet did not act on the patch in ${seconds} s: ${untouched.why}` };
}

function generationPending({ metadata: { generation }, status }: Pod): Completion | undefined {
  const { observedGeneration } = status ?? {};
  if (observedGeneration === undefined || generation === undefined || observedGeneration >= generation)
    return undefined;
  return {
    kind: 'pending',
    acted: true,
    why: `the kubelet has seen generation ${observedGeneration} of ${generation}`,
  };
}

function containerPending(
  pod: Pod,
  before: ContainerBefore,
  status: ContainerStatus | undefined,
  observed: Observations,
  now: number,
): Pending | undefined {
  const { name } = before;
  if (!status) return { why: `container ${name} has no status yet`, acted: false };
  const waiting = status.state?.waiting;
  if (waiting) {
    const reason = waiting.reason ?? 'no reason given';
    const detail = waiting.message === undefined ? '' : `: ${firstLine(waiting.message)}`;
    return { why: `container ${name} waits (${reason}${detail})`, acted: true };
  }
  const { containerID = '' } = status;
  if (containerID === '' || before.containerIDs.includes(containerID))
    return { why: `container ${name} is still the one from before the patch`, acted: false };
  if (!status.state?.running) return { why: `container ${name} has ended again`, acted: true };
  if (status.started === false) return { why: `container ${name} has not passed its startup probe`, acted: true };
  if (!status.ready) return { why: `container ${name} is not ready`, acted: true };
  if (status.imageID !== before.imageID) return undefined;
  const settledAt = observed.since(`${pod.metadata.uid!}/${containerID}`, now) + SAME_IMAGE_SETTLES;
  if (now >= settledAt) return undefined;
  return { why: `container ${name} runs the same image as before and must stand for 5 s`, acted: true, at: settledAt };
}

export const terminationGrace = ({ spec }: Pod): number => (spec.terminationGracePeriodSeconds ?? 30) * 1000;

const firstLine = (text: string): string => {
  const line = text.split('\n', 1)[0]!;
  return line.length > 160 ? `${line.slice(0, 157)}...` : line;
};
