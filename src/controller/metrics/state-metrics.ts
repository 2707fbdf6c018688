import type { EventRecorderMetrics } from '../../kube/event-recorder.js';
import type { ReflectorState } from '../../kube/reflector.js';
import type { Store } from '../../kube/store.js';
import type { WorkQueueMetrics } from '../../kube/work-queue.js';
import type { Workload } from '../game-stateful-set/objects.js';
import type { Family, Sample } from './exposition.js';

const gauge = (name: string, help: string, samples: readonly Sample[]): Family => ({
  type: 'gauge',
  name,
  help,
  samples,
});
const counter = (name: string, help: string, value: number, labels: Sample['labels'] = {}): Family => ({
  type: 'counter',
  name,
  help,
  samples: [{ labels, value }],
});

/** The queue, by the seed system's names. */
export function queueFamilies(metrics: WorkQueueMetrics, name: string): Family[] {
  const labels = { name };
  const prefix = 'bkbcs_workqueue';
  return [
    gauge(`${prefix}_depth`, 'Workloads that wait to be looked at.', [{ labels, value: metrics.depth }]),
    counter(`${prefix}_adds_total`, 'Times that a workload was to be looked at.', metrics.adds, labels),
    counter(`${prefix}_retries_total`, 'Times that a workload came back by itself.', metrics.retries, labels),
    gauge(`${prefix}_longest_running_processor_seconds`, 'How long the oldest look takes.', [
      { labels, value: metrics.longestRun / 1000 },
    ]),
    {
      type: 'histogram',
      name: `${prefix}_queue_duration_seconds`,
      help: 'How long workloads waited.',
      samples: [{ labels, state: metrics.latency }],
    },
    {
      type: 'histogram',
      name: `${prefix}_work_duration_seconds`,
      help: 'How long looks took.',
      samples: [{ labels, state: metrics.duration }],
    },
    gauge('gamezone_failing_workloads', 'Workloads whose last look failed.', [{ labels, value: metrics.failing }]),
  ];
}

export function reflectorFamilies(states: ReadonlyMap<string, ReflectorState>): Family[] {
  const of = (valueOf: (state: ReflectorState) => number | undefined): Sample[] =>
    [...states].flatMap(([resource, state]) => {
      const value = valueOf(state);
      return value === undefined ? [] : [{ labels: { resource }, value }];
    });
  const total = (name: string, help: string, valueOf: (state: ReflectorState) => number): Family => ({
    type: 'counter',
    name,
    help,
    samples: of(valueOf),
  });
  return [
    gauge(
      'gamezone_reflector_synced',
      'Whether all objects have been seen once.',
      of(({ synced }) => Number(synced)),
    ),
    gauge(
      'gamezone_reflector_failures',
      'Failures in a row.',
      of(({ failures }) => failures),
    ),
    gauge(
      'gamezone_reflector_last_contact_timestamp_seconds',
      'When the server said anything last.',
      of(({ lastContactAt }) => (lastContactAt === undefined ? undefined : lastContactAt / 1000)),
    ),
    total('gamezone_reflector_lists_total', 'Whole lists.', ({ lists }) => lists),
    total('gamezone_reflector_watches_total', 'Watches begun.', ({ watches }) => watches),
    total('gamezone_reflector_events_total', 'Changes seen.', ({ events }) => events),
    total('gamezone_reflector_rewinds_total', 'Times that the server had gone back.', ({ rewinds }) => rewinds),
  ];
}

export function recorderFamilies({ recorded, dropped, failed }: EventRecorderMetrics): Family[] {
  return [
    counter('gamezone_events_recorded_total', 'Kubernetes events, repetitions included.', recorded),
    counter('gamezone_events_dropped_total', 'Kubernetes events that were too many.', dropped),
    counter('gamezone_events_failed_total', 'Kubernetes events that the server did not take.', failed),
  ];
}

/** Pods and phases, summed up by namespace. */
export function workloadFamilies(workloads: Pick<Store<Workload, string>, 'list'>): Family[] {
  const phases = new Map<string, number>();
  const sums = new Map<string, Record<keyof typeof COUNTS, number>>();
  for (const { metadata, spec, status } of workloads.list()) {
    const { namespace = '' } = metadata;
    const phase = JSON.stringify([namespace, status?.phase ?? 'Unknown']);
    phases.set(phase, (phases.get(phase) ?? 0) + 1);
    const sum = sums.get(namespace) ?? { ...ZERO };
    sums.set(namespace, sum);
    sum.replicas += spec.replicas ?? 1;
    sum.ready_replicas += status?.readyReplicas ?? 0;
    sum.current_replicas += status?.currentReplicas ?? 0;
    sum.updated_replicas += status?.updatedReplicas ?? 0;
    sum.updated_ready_replicas += status?.updatedReadyReplicas ?? 0;
  }
  return [
    gauge(
      'gamezone_workloads',
      'Workloads by their phase.',
      Array.from(phases, ([key, value]) => {
        const [namespace = '', phase = ''] = JSON.parse(key) as string[];
        return { labels: { kind: 'GameStatefulSet', namespace, phase }, value };
      }),
    ),
    ...Object.entries(COUNTS).map(([name, help]) =>
      gauge(
        `bkbcs_gamestatefulset_${name}`,
        help,
        Array.from(sums, ([namespace, sum]) => ({ labels: { namespace }, value: sum[name as keyof typeof COUNTS] })),
      ),
    ),
  ];
}

const COUNTS = {
  replicas: 'Pods that are wanted.',
  ready_replicas: 'Pods that are ready.',
  current_replicas: 'Pods at the oldest revision that a pod carries.',
  updated_replicas: 'Pods that run the newest revision.',
  updated_ready_replicas: 'Pods that run the newest revision and are ready.',
};
const ZERO = { replicas: 0, ready_replicas: 0, current_replicas: 0, updated_replicas: 0, updated_ready_replicas: 0 };

/** `uptime` and `cpu` in seconds, `memory` in bytes. */
export function processFamilies(process: {
  readonly version: string;
  readonly leads: boolean;
  readonly startedAt: number;
  readonly cpu: number;
  readonly memory: number;
}): Family[] {
  const { version, leads, startedAt, cpu, memory } = process;
  return [
    gauge('gamezone_build_info', 'The version that runs.', [{ labels: { version }, value: 1 }]),
    gauge('gamezone_leader', 'Whether this process is the one that acts.', [{ value: Number(leads) }]),
    gauge('process_start_time_seconds', 'When the process started.', [{ value: startedAt }]),
    counter('process_cpu_seconds_total', 'Processor time.', cpu),
    gauge('process_resident_memory_bytes', 'Memory.', [{ value: memory }]),
  ];
}
