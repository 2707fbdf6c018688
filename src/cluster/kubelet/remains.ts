import type { ContainerState, ContainerStateTerminated, ContainerStatus, Pod } from '../../api/pod.js';
import type { Clock } from '../../kube/clock.js';
import type { ContainerEnd, ContainerRuntime, RuntimeContainer } from './container-runtime.js';
import { digestOf, type NodeImages } from './images.js';

// A machine boots that ran in an earlier life of this process. What is on its disk, dead containers and images, is what the statuses
// of its pods say: what a kubelet never reported, nobody has seen.

export function findRemains(
  { metadata, spec, status = {} }: Pod,
  runtime: ContainerRuntime,
  images: NodeImages,
  clock: Clock,
): void {
  const uid = metadata.uid ?? '';
  const sandbox = { id: `sandbox of ${uid}`, ip: status.podIP ?? '', attempt: 0, isReady: false };
  const statuses = [...(status.initContainerStatuses ?? []), ...(status.containerStatuses ?? [])];
  const containers = statuses.flatMap((one) => {
    const image = [...(spec.initContainers ?? []), ...spec.containers].find(({ name }) => name === one.name)?.image;
    return deadOf(one, clock).map(({ id, attempt, startedAt, end }): RuntimeContainer => ({
      id,
      name: one.name,
      sandbox: sandbox.id,
      image: image ?? one.image,
      digest: digestIn(one),
      attempt,
      startedAt,
      startTick: end.tick,
      end,
    }));
  });
  for (const one of statuses)
    if (one.imageID.includes('@')) images.pulled(one.image, digestIn(one));
    else if (one.imageID !== '') images.import(one.image, digestIn(one));
  if (containers.length > 0 || sandbox.ip !== '') runtime.restore(uid, sandbox, containers);
}

type Dead = Pick<RuntimeContainer, 'id' | 'attempt' | 'startedAt'> & { readonly end: ContainerEnd };

/** The newest first. */
function deadOf({ state = {}, lastState = {}, containerID, restartCount }: ContainerStatus, clock: Clock): Dead[] {
  const newest = deadIn(state, containerID, restartCount, clock);
  const before = deadIn(
    { ...(lastState.terminated && { terminated: lastState.terminated }) },
    undefined,
    restartCount - (newest ? 1 : 0),
    clock,
  );
  return [newest, before].filter((one) => one !== undefined);
}

function deadIn(
  { running, terminated }: ContainerState,
  id: string | undefined,
  attempt: number,
  clock: Clock,
): Dead | undefined {
  const now = { finishedAt: clock.now(), tick: clock.monotonic() };
  // Nobody knows when it ended: power was gone.
  if (running && id !== undefined)
    return { id, attempt, startedAt: timeOf(running.startedAt, clock), end: { code: 255, reason: 'Unknown', ...now } };
  if (!terminated?.containerID) return undefined;
  return {
    id: terminated.containerID,
    attempt,
    startedAt: timeOf(terminated.startedAt, clock),
    end: endOf(terminated, clock),
  };
}

function endOf({ exitCode, reason = '', finishedAt }: ContainerStateTerminated, clock: Clock): ContainerEnd {
  const at = timeOf(finishedAt, clock);
  return { code: exitCode, reason, finishedAt: at, tick: clock.monotonic() - (clock.now() - at) };
}

function timeOf(text: string | undefined, clock: Clock): number {
  const time = Date.parse(text ?? '');
  return Number.isNaN(time) ? clock.now() : time;
}

/** Imported images have a configuration for an ID, which is none of a repository. */
function digestIn({ image, imageID }: ContainerStatus): string {
  return imageID.includes('@') ? imageID.slice(imageID.lastIndexOf('@') + 1) : digestOf(image);
}
