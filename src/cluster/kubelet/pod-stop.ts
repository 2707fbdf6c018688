import type { Clock } from '../../kube/clock.js';
import { isSidecar, type Pod, type StoredContainer } from '../../api/pod.js';
import { between, type Random } from '../random.js';
import type { ContainerRuntime, RuntimePod } from './container-runtime.js';
import { latest, type StopReason } from './pod-actions.js';
import { either, pause, Signal, together, type Process } from './process.js';
import type { KubeletTimings } from './timings.js';

export interface StopContext {
  readonly uid: string;
  readonly clock: Clock;
  readonly random: Random;
  readonly timings: KubeletTimings;
  readonly runtime: ContainerRuntime;
}

/** Milliseconds; the kubelet gives every container at least this long. */
export const LEAST_GRACE = 2000;

/** preStop hook, SIGTERM, SIGKILL. `limit` in milliseconds overrides the pod's grace. */
export function* stopContainer(
  { uid, clock, random, timings, runtime }: StopContext,
  pod: Pod,
  container: StoredContainer,
  reason: StopReason | undefined,
  limit?: number,
  turn?: (grace: number) => Process,
): Process {
  const id = latest(runtime.inspect(uid), container.name)?.id ?? '';
  const begun = clock.monotonic();
  const grace = limit ?? graceOf(pod, container, reason);
  const left = (): number => grace - (clock.monotonic() - begun);
  const { preStop } = container.lifecycle ?? {};
  if (preStop && grace > 0) {
    const duration = preStop.sleep ? preStop.sleep.seconds * 1000 : runtime.preStopOf(id);
    yield pause(clock, Math.min(duration, grace));
  }
  if (turn && left() > 0) yield* turn(left());
  const rest = Math.max(left(), LEAST_GRACE);
  yield pause(clock, between(random, timings.kill));
  yield runtime.stop(id, rest);
}

/** Milliseconds. */
function graceOf({ metadata, spec }: Pod, container: StoredContainer, reason: StopReason | undefined): number {
  const ofPod = spec.terminationGracePeriodSeconds ?? 30;
  const probe = { startupProbe: container.startupProbe, livenessProbe: container.livenessProbe };
  const ofProbe = reason === 'startupProbe' || reason === 'livenessProbe' ? probe[reason] : undefined;
  return (metadata.deletionGracePeriodSeconds ?? ofProbe?.terminationGracePeriodSeconds ?? ofPod) * 1000;
}

/** Stops all that runs, sidecars after the others and the last of them first, and the sandbox. */
export function* stopPod(context: StopContext, pod: Pod, observed: RuntimePod, grace?: number): Process {
  const { initContainers = [], containers } = pod.spec;
  const isRunning = ({ name }: StoredContainer): boolean => {
    const last = latest(observed, name);
    return last !== undefined && last.end === undefined;
  };
  const running = [...initContainers, ...containers].filter(isRunning);
  const ended = new Map(running.map(({ name }) => [name, new Signal()]));
  const sidecars = initContainers.filter((one) => isSidecar(one) && isRunning(one));
  const turnOf = (container: StoredContainer) =>
    function* (left: number): Process {
      const index = sidecars.indexOf(container);
      if (index < 0) return;
      const others = [...containers, ...sidecars.slice(index + 1, index + 2)];
      const signals = others.flatMap(({ name }) => ended.get(name) ?? []);
      const all = together(signals.map((signal) => waiting(signal)));
      yield either(all, pause(context.clock, left));
    };
  const stopping = running.map(function* (container): Process {
    yield* stopContainer(context, pod, container, undefined, grace, turnOf(container));
    ended.get(container.name)?.done();
  });
  yield together(stopping);
  context.runtime.stopSandbox(context.uid);
}

function* waiting(signal: Signal): Process {
  yield signal.wait;
}
