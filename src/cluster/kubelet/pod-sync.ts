import { isSidecar, type Pod, type PodStatus, type StoredContainer } from '../../api/pod.js';
import { between } from '../random.js';
import type { Backoff } from './backoff.js';
import type { Behaviour, ContainerStart, PodIdentity } from './behaviour.js';
import type { RuntimePod } from './container-runtime.js';
import type { WaitReason } from './container-status.js';
import { environmentOf, mountsOf } from './environment.js';
import type { ImagePuller } from './image-puller.js';
import { latest, podActions, restartPolicyOf } from './pod-actions.js';
import { stopContainer, stopPod, type StopContext } from './pod-stop.js';
import type { PodProbes } from './probes.js';
import { pause, type Process } from './process.js';
import type { StatusCache } from './status-cache.js';
import { isFinal } from './status-patch.js';
import { finishedStatus } from './status.js';

// One look at a pod: say what is, then do what is to be done. Source: SyncPod, SyncTerminatingPod and SyncTerminatedPod of the kubelet.

export interface SyncContext extends StopContext {
  readonly node: string;
  readonly hostIP: string;
  readonly behaviour: Behaviour;
  readonly puller: ImagePuller;
  readonly crashes: Backoff;
  readonly probes: PodProbes;
  readonly statuses: StatusCache;
  /** Why containers could not be started the last time. */
  readonly reasons: Map<string, WaitReason>;
  readonly generate: (pod: Pod, observed: RuntimePod, isOver: boolean) => PodStatus;
}

/** The status is written from what was seen before anything is done: so a reason to wait shows one look later. */
export function* syncPod(context: SyncContext, pod: Pod, observed: RuntimePod): Process<'done' | 'failed' | 'over'> {
  const { uid, clock, random, timings, runtime, statuses, probes, generate } = context;
  const status = generate(pod, observed, false);
  statuses.set(pod, status);
  if (isFinal(status)) return 'over';
  probes.add(pod);
  const actions = podActions(pod, observed, probes);
  if (actions.stopPod) {
    yield* stopPod(context, pod, observed);
    const init = (pod.spec.initContainers ?? []).map(({ name }) => name);
    if (actions.createSandbox) runtime.removeContainers(uid, init);
  } else {
    for (const { container, reason } of actions.stop) yield* stopContainer(context, pod, container, reason);
  }
  if (actions.createSandbox) {
    yield pause(clock, between(random, timings.sandbox));
    runtime.createSandbox(uid, pod.spec.hostNetwork === true ? context.hostIP : undefined);
  }
  let hasFailed = false;
  const results = new Map<string, WaitReason | undefined>();
  for (const container of actions.startInit) {
    const reason = yield* startContainer(context, pod, container, observed);
    results.set(container.name, reason);
    if (reason === undefined) continue;
    hasFailed = true;
    if (container.restartPolicy === 'Always') continue;
    remember(context, results);
    return 'failed';
  }
  for (const container of actions.start) {
    const reason = yield* startContainer(context, pod, container, observed);
    results.set(container.name, reason);
    hasFailed ||= reason !== undefined;
  }
  remember(context, results);
  return hasFailed ? 'failed' : 'done';
}

function remember({ reasons }: SyncContext, results: ReadonlyMap<string, WaitReason | undefined>): void {
  for (const [name, reason] of results) {
    if (reason === undefined) reasons.delete(name);
    else reasons.set(name, reason);
  }
}

function* startContainer(
  context: SyncContext,
  pod: Pod,
  container: StoredContainer,
  observed: RuntimePod,
): Process<WaitReason | undefined> {
  const { uid, node, hostIP, clock, random, timings, runtime, behaviour, puller } = context;
  const crash = crashLoop(context, pod, container, observed);
  if (crash) return crash;
  const pulled = yield* puller.ensure(uid, container);
  if ('reason' in pulled) return pulled;
  const { name = '', namespace = '', labels = {}, annotations = {} } = pod.metadata;
  const identity: PodIdentity = { uid, namespace, name, node };
  const podIP = runtime.inspect(uid).sandbox?.ip ?? '';
  const env = environmentOf(pod, container, { podIP, hostIP });
  const mounts = mountsOf(identity, container, env, behaviour);
  if ('message' in mounts) return { reason: 'CreateContainerConfigError', message: mounts.message };
  yield pause(clock, between(random, timings.start));
  const last = latest(observed, container.name);
  const start: ContainerStart = {
    pod: identity,
    container: container.name,
    isTask: isTask(pod, container),
    id: runtime.newContainerID(),
    image: container.image,
    digest: pulled.digest,
    attempt: last === undefined ? runtime.attemptsOf(uid, container.name) : last.attempt + 1,
    env,
    labels: { ...labels },
    annotations: { ...annotations },
    mounts,
  };
  const failure = runtime.start(start);
  return failure && { reason: failure.failure, message: failure.message };
}

function isTask(pod: Pod, container: StoredContainer): boolean {
  const isInit = pod.spec.initContainers?.some(({ name }) => name === container.name) ?? false;
  return isInit ? !isSidecar(container) : restartPolicyOf(pod) !== 'Always';
}

/**
 * The wait is kept per pod, container and image, and counts from the end of the last container of that name, whatever its image:
 * so an image that crashed before keeps its wait when it comes back, and by then its replacement has been stopped already.
 */
function crashLoop(
  { uid, crashes }: SyncContext,
  { metadata }: Pod,
  container: StoredContainer,
  observed: RuntimePod,
): WaitReason | undefined {
  const ended = observed.containers.find(({ name, end }) => name === container.name && end !== undefined)?.end;
  if (ended === undefined) return undefined;
  const key = [uid, container.name, container.image].join('/');
  if (!crashes.isWaiting(key, ended.tick)) {
    crashes.next(key, ended.tick);
    return undefined;
  }
  const pod = `${metadata.name}_${metadata.namespace}(${uid})`;
  const wait = goDuration(crashes.delayOf(key));
  return {
    reason: 'CrashLoopBackOff',
    message: `back-off ${wait} restarting failed container=${container.name} pod=${pod}`,
  };
}

/** `10s`, `2m40s`, `5m0s`. */
function goDuration(milliseconds: number): string {
  const seconds = Math.round(milliseconds / 1000);
  return seconds < 60 ? `${seconds}s` : `${Math.floor(seconds / 60)}m${seconds % 60}s`;
}

/** Stops a pod that is to go, for as long as `grace` milliseconds. */
export function* terminatePod(context: SyncContext, pod: Pod, observed: RuntimePod, grace: number): Process {
  const { uid, runtime, statuses, probes, generate } = context;
  statuses.set(pod, generate(pod, observed, false));
  probes.stop('liveness', 'startup');
  yield* stopPod(context, pod, observed, grace);
  probes.stop('readiness', 'liveness', 'startup');
  statuses.set(pod, generate(pod, runtime.inspect(uid), true));
}

/** After the last container has ended. */
export function* finishPod(context: SyncContext, pod: Pod, observed: RuntimePod): Process {
  const { clock, random, timings, statuses, generate } = context;
  const status = generate(pod, observed, true);
  statuses.set(pod, status);
  yield pause(clock, between(random, timings.cleanup));
  statuses.set(pod, finishedStatus(pod, statuses.get(context.uid)?.status ?? status), true);
}
