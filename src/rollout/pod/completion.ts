import type { ContainerStatus, Pod } from '../../api/pod.js';
import type { Observations } from '../observations.js';
import { firstLine } from '../text.js';
import { statusesOf } from './update-state.js';
import type { ContainerBefore, UpdateState } from './update-state.js';

/** Milliseconds for which a new container must have stood where its image does not tell it from the one before. */
export const SAME_IMAGE_SETTLES = 5_000;
/**
 * The same, where nothing is known of the one before, and the status does not show the image that was asked for: what is shown
 * may be yet another container, that has ended while the kubelet pulls the image.
 */
export const UNKNOWN_IMAGE_SETTLES = 60_000;
/** Milliseconds, on top of the pod's own termination grace, within which a kubelet acts on a patch. */
export const KUBELET_ACTS = 60_000;

export type Completion =
  | { readonly kind: 'complete' }
  | {
      readonly kind: 'pending';
      readonly why: string;
      /** Whether every changed container has been replaced, or cannot be: only then another image may be patched in. */
      readonly acted: boolean;
      /** Milliseconds since 1970 at which to look again, if nothing happens before. */
      readonly at?: number;
    }
  /** The kubelet should have acted by now. */
  | { readonly kind: 'overdue'; readonly why: string };

/** A container of which it is not proven that it runs what was patched in. */
interface Unproven {
  readonly before: ContainerBefore;
  readonly why: string;
  /** `untouched`: the kubelet has done nothing yet. `creating`: it is about to start some container. `acted`: it has tried. */
  readonly progress: 'untouched' | 'creating' | 'acted';
  readonly at?: number;
}

/**
 * Whether a pod runs what it was patched to: rollout.md section 3, rule 5. `status.image` and Ready prove nothing: for several
 * seconds the status shows the old container, running and ready (research/inplace-lab.md D).
 */
export function completionOf(pod: Pod, state: UpdateState, observed: Observations, now: number): Completion {
  const unproven = unprovenOf(pod, state, observed, now);
  const [first] = unproven;
  if (!first) return generationPending(pod) ?? { kind: 'complete' };
  const untouched = unproven.find(({ progress }) => progress === 'untouched');
  if (untouched) return kubeletPending(pod, state, untouched, now);
  const creating = unproven.find(({ progress }) => progress === 'creating');
  const { why, at } = creating ?? first;
  return { kind: 'pending', why, acted: !creating, ...(at !== undefined && { at }) };
}

/** Containers of the last patch that may still become something else. */
export const unprovenContainers = (
  pod: Pod,
  state: UpdateState,
  observed: Observations,
  now: number,
): ContainerBefore[] => unprovenOf(pod, state, observed, now).map(({ before }) => before);

/** Whether the kubelet is about to start a container, of which image nobody can tell: a patch could come too late for it. */
export function isBeingCreated({ spec, status }: Pod): boolean {
  if (spec.nodeName === undefined) return false;
  const statuses = status?.containerStatuses ?? [];
  return statuses.length === 0 || statuses.some(isCreating);
}

const isCreating = ({ state }: ContainerStatus): boolean => state?.waiting?.reason === 'ContainerCreating';

function unprovenOf(pod: Pod, state: UpdateState, observed: Observations, now: number): Unproven[] {
  const statuses = statusesOf(pod);
  return state.containers.flatMap((before) => {
    const doubt = doubtOf(pod, before, statuses.get(before.name), observed, now);
    return doubt ? [{ before, ...doubt }] : [];
  });
}

function doubtOf(
  pod: Pod,
  { name, imageID, containerIDs }: ContainerBefore,
  status: ContainerStatus | undefined,
  observed: Observations,
  now: number,
): Omit<Unproven, 'before'> | undefined {
  if (pod.spec.nodeName === undefined) return { why: 'it is not scheduled yet', progress: 'acted' };
  if (!status) return { why: `container ${name} has no status yet`, progress: 'untouched' };
  const waiting = status.state?.waiting;
  if (waiting) {
    const reason = waiting.reason ?? 'no reason given';
    const detail = waiting.message === undefined ? '' : `: ${firstLine(waiting.message)}`;
    return {
      why: `container ${name} waits (${reason}${detail})`,
      progress: isCreating(status) ? 'creating' : 'acted',
    };
  }
  const { containerID = '' } = status;
  if (containerID === '' || containerIDs.includes(containerID))
    return { why: `container ${name} is still the one from before the patch`, progress: 'untouched' };
  if (!status.state?.running) return { why: `container ${name} has ended again`, progress: 'acted' };
  if (status.started === false) return { why: `container ${name} has not passed its startup probe`, progress: 'acted' };
  if (!status.ready) return { why: `container ${name} is not ready`, progress: 'acted' };
  if ((imageID !== '' && status.imageID !== imageID) || isPinned(pod, status)) return undefined;
  const settles = imageID !== '' || showsImage(pod, status) ? SAME_IMAGE_SETTLES : UNKNOWN_IMAGE_SETTLES;
  const settledAt = observed.since(`${pod.metadata.uid!}/${containerID}`, now) + settles;
  if (now >= settledAt) return undefined;
  const seconds = settles / 1000;
  return {
    why: `container ${name} cannot be told from another by its image and must stand for ${seconds} s`,
    progress: 'acted',
    at: settledAt,
  };
}

/** An image named by its digest is proof when that digest runs; a different one is none of the contrary. */
function isPinned(pod: Pod, { name, imageID }: ContainerStatus): boolean {
  const digest = /@(sha\d+:[0-9a-f]+)$/.exec(imageOf(pod, name))?.[1];
  return digest !== undefined && imageID.endsWith(digest);
}

/** Whether the status shows the image that was asked for. Another name may be of the same image. */
function showsImage(pod: Pod, { name, image }: ContainerStatus): boolean {
  const wanted = imageOf(pod, name);
  return image === wanted || image.endsWith(`/${wanted}`);
}

const imageOf = ({ spec }: Pod, name: string): string =>
  [...spec.containers, ...(spec.initContainers ?? [])].find((container) => container.name === name)?.image ?? '';

function kubeletPending(pod: Pod, state: UpdateState, { why }: Unproven, now: number): Completion {
  const patched = Date.parse(state.updateTimestamp);
  const at = patched + terminationGrace(pod) + KUBELET_ACTS;
  if (now < at) return { kind: 'pending', why, acted: false, at };
  return {
    kind: 'overdue',
    why: `the kubelet did not act on the patch in ${Math.floor((at - patched) / 1000)} s: ${why}`,
  };
}

function generationPending({ metadata: { generation }, status }: Pod): Completion | undefined {
  const { observedGeneration } = status ?? {};
  if (observedGeneration === undefined || generation === undefined || observedGeneration >= generation)
    return undefined;
  const why = `the kubelet has seen generation ${observedGeneration} of ${generation}`;
  return { kind: 'pending', acted: true, why };
}

const terminationGrace = ({ spec }: Pod): number => (spec.terminationGracePeriodSeconds ?? 30) * 1000;
