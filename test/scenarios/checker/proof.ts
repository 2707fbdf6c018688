import type { ContainerStatus, Pod } from '../../../src/api/pod.js';
import type { Invariant } from './invariant.js';
import { changedImages, gateOf, imagesOf, statusesOf } from './readings.js';
import { JITTER } from './timeline.js';
import type { World } from './world.js';

/** Milliseconds that a new container must have stood where its image proves nothing. */
const SETTLES = 5000;

interface Memory {
  /** Per container name, what ran there so far. */
  readonly seen: Map<string, Set<string>>;
  /** Containers of which it is not proven that they run what was patched in. */
  readonly unproven: Map<string, { readonly ids: ReadonlySet<string>; readonly imageID: string }>;
  /** When a container ID was seen first. */
  readonly since: Map<string, number>;
}

/** I3: a gate opens by the completion rule, by a cancel before the patch, or on a pod that was never patched. */
export function proof(): Invariant {
  const memories = new Map<string, Memory>();
  return {
    name: 'I3',
    step: (step, world) => {
      if (step.resource !== 'pods') return undefined;
      const { object, old, by, at } = step;
      const { uid = '', name = '' } = object.metadata;
      const memory = memories.get(uid) ?? { seen: new Map(), unproven: new Map(), since: new Map() };
      memories.set(uid, memory);
      if (old) for (const container of changedImages(old, object)) forget(memory, old, container);
      observe(memory, object, at);
      const opens = by !== undefined && old !== undefined && gateOf(object) === 'open' && gateOf(old) !== 'open';
      if (!opens) return undefined;
      const [unproven] = memory.unproven.keys();
      if (unproven !== undefined)
        return `${name} goes back into traffic, and container ${unproven} is not proven to run its image`;
      return lie(world, object, by.at, name);
    },
  };
}

function forget(memory: Memory, old: Pod, container: string): void {
  const status = statusesOf(old).find(({ name }) => name === container);
  memory.unproven.set(container, {
    ids: new Set(memory.seen.get(container) ?? []),
    imageID: status?.imageID ?? '',
  });
}

function observe(memory: Memory, pod: Pod, at: number): void {
  for (const status of statusesOf(pod)) {
    const { name, containerID = '' } = status;
    if (containerID === '') continue;
    memory.seen.set(name, (memory.seen.get(name) ?? new Set()).add(containerID));
    if (!memory.since.has(containerID)) memory.since.set(containerID, at);
    const before = memory.unproven.get(name);
    if (before && !before.ids.has(containerID) && isUp(status) && isTold(memory, pod, status, before.imageID, at))
      memory.unproven.delete(name);
  }
}

const isUp = ({ state, started, ready }: ContainerStatus): boolean =>
  state?.running !== undefined && started !== false && ready;

function isTold(
  memory: Memory,
  pod: Pod,
  { name, imageID, containerID = '' }: ContainerStatus,
  before: string,
  at: number,
): boolean {
  if (before !== '' && imageID !== before) return true;
  const pinned = /@(sha256:\w+)$/.exec(imagesOf(pod).get(name) ?? '')?.[1];
  if (pinned !== undefined && imageID.endsWith(pinned)) return true;
  // The gate itself is a step: by then the container has stood for long enough, or not.
  return at - memory.since.get(containerID)! >= SETTLES - JITTER;
}

/** What runs there in truth, where the kubelets are modelled. */
function lie({ oracle }: World, pod: Pod, at: number, podName: string): string | undefined {
  for (const [container, image] of imagesOf(pod)) {
    const started = (oracle?.instances(pod.metadata.uid ?? '') ?? []).filter(
      (one) => one.container === container && one.startedAt <= at,
    );
    const last = started.at(-1);
    if (last && last.image !== image) return `${podName} goes back into traffic and runs ${last.image}, not ${image}`;
  }
  return undefined;
}
