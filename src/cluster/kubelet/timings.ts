import type { Clock } from '../../kube/clock.js';

/** Milliseconds, drawn evenly between the two. */
export type Range = readonly [least: number, most: number];

/**
 * How long a kubelet and its container runtime take. Milliseconds throughout. The letters name the sections of the lab
 * measurements behind a number; "kubelet" is a constant of its source (1.34).
 */
export interface KubeletTimings {
  /** Between two looks at what really runs; the reason why the status lags. @default 1000 (D: PLEG relist) */
  readonly relist: number;
  /** From a change of the pod in the API to the kubelet acting on it. @default 5 to 8 (D: gate latency) */
  readonly observe: Range;
  /** From a status computed to the status patch sent. @default 10 to 14 (D: a gate is answered after 15-22 ms in all) */
  readonly report: Range;
  /** From the decision to stop a container to its SIGTERM. @default 8 to 16 (D: killed 22-37 ms after the patch) */
  readonly kill: Range;
  /** Creating and starting a container. @default 100 to 150 (A: between real exit and start in place) */
  readonly start: Range;
  /** Making a new pod's sandbox and volumes. @default 150 to 350 (A: a lost pod is back after 0.5-1.4 s in all) */
  readonly sandbox: Range;
  /** From the last container's end to the deletion of the pod object. @default 1000 to 7500 (A: 3.0, 7.3, 9.9 s in all; newer kubelets are quicker) */
  readonly cleanup: Range;
  /** Until a pod where nothing happens is looked at again; up to half more. @default 60000 (kubelet: syncFrequency) */
  readonly resync: number;
  /** Until a failed start is tried again; up to half more. @default 10000 (kubelet: backOffPeriod; D: 12.98 s, 27.6 s) */
  readonly retry: number;
  /** Between two looks for work that is due. @default 1000 (kubelet: the ticker of its sync loop) */
  readonly work: number;
  /** Between two looks for pods that the API no longer knows. @default 2000 (kubelet: housekeepingPeriod) */
  readonly housekeeping: number;
  /** Between two repairs of statuses that somebody else changed, or whose patch failed. @default 10000 (kubelet: status syncPeriod) */
  readonly reconcile: number;
  /** Of a crashed container: the first wait, doubled each time, and the longest. It is forgotten after twice the longest. @default 10000, 300000 (D) */
  readonly crashBackoff: Range;
  /** Of an image that could not be pulled. @default 10000, 300000 (kubelet) */
  readonly pullBackoff: Range;
  /** Requests about statuses that a node's kubelet sends per second; twice as many at once. @default 50 (kubelet: kubeAPIQPS; 5 in the lab's 1.20) */
  readonly requests: number;
  /** How much faster than the clock everything above goes, and what a pod's spec says in seconds. @default 1 */
  readonly speed: number;
}

/** A kubelet as it was measured. */
export const labTimings: KubeletTimings = {
  relist: 1000,
  observe: [5, 8],
  report: [10, 14],
  kill: [8, 16],
  start: [100, 150],
  sandbox: [150, 350],
  cleanup: [1000, 7500],
  resync: 60_000,
  retry: 10_000,
  work: 1000,
  housekeeping: 2000,
  reconcile: 10_000,
  crashBackoff: [10_000, 300_000],
  pullBackoff: [10_000, 300_000],
  requests: 50,
  speed: 1,
};

/** The same kubelet, `factor` times as fast: for a real control plane, whose own clock cannot be hurried. */
export function accelerated(factor: number, timings: KubeletTimings = labTimings): KubeletTimings {
  if (!(factor > 0)) throw new RangeError(`speed ${factor} is not more than 0`);
  return { ...timings, speed: timings.speed * factor };
}

/** A clock on which `speed` seconds pass in one of the given clock's. Its wall time stays the given clock's, because others read it. */
export function hurried(clock: Clock, speed: number): Clock {
  if (speed === 1) return clock;
  return {
    now: () => clock.now(),
    monotonic: () => clock.monotonic() * speed,
    after: (delay, run) => clock.after(delay / speed, run),
  };
}
