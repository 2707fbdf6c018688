import { isSidecar, type StoredContainer } from '../../../../api/pod.js';
import { list, record, text, type Json } from '../../json.js';
import { age } from '../age.js';
import { AGE, column, conditionOf, field, isTrue, wide, type Column } from './column.js';

interface Told {
  readonly ready: string;
  readonly status: string;
  readonly restarts: string;
}

export const podColumns: readonly Column[] = [
  column('Ready', (pod, now) => told(pod, now).ready),
  column('Status', (pod, now) => told(pod, now).status),
  column('Restarts', (pod, now) => told(pod, now).restarts),
  AGE,
  field('IP', 'status.podIP', 1, '<none>'),
  field('Node', 'spec.nodeName', 1, '<none>'),
  field('Nominated Node', 'status.nominatedNodeName', 1, '<none>'),
  wide('Readiness Gates', readinessGates),
];

/** What there is to say of a pod that has ended. */
export function podRowConditions({ status }: Json): readonly Json[] {
  const { phase } = record(status);
  if (phase !== 'Succeeded' && phase !== 'Failed') return [];
  const message = phase === 'Failed' ? 'The pod failed.' : 'The pod has completed successfully.';
  return [{ type: 'Completed', status: 'True', reason: phase, message }];
}

/** Source: printPod of pkg/printers/internalversion of Kubernetes. */
function told(pod: Json, now: number): Told {
  const [spec, status] = [record(pod['spec']), record(pod['status'])];
  const initContainers = list(spec['initContainers']).map(record);
  const sidecars = new Set(
    initContainers.filter((one) => isSidecar(one as unknown as StoredContainer)).map((one) => one['name']),
  );
  const total = list(spec['containers']).length + sidecars.size;
  const statuses = list(status['initContainerStatuses']).map(record);
  const started = statuses.filter((one) => sidecars.has(one['name']) && one['started'] === true);
  const init = initialisation(statuses, sidecars, initContainers.length);
  const containers = list(status['containerStatuses']).map(record);
  const isInitialised = init === undefined || isTrue(status, 'Initialized');
  const counted = isInitialised ? [...statuses.filter((one) => sidecars.has(one['name'])), ...containers] : statuses;
  const running = containers.filter((one) => one['ready'] === true && isIn(one, 'running'));
  const ready = started.filter((one) => one['ready'] === true).length + (isInitialised ? running.length : 0);
  const isGated = conditionOf(status, 'PodScheduled')?.['reason'] === 'SchedulingGated';
  const beginning = init ?? (isGated ? 'SchedulingGated' : text(status['reason']) || text(status['phase']));
  const reason = isInitialised
    ? reasonOf(containers, beginning, running.length > 0, isTrue(status, 'Ready'))
    : beginning;
  return { ready: `${ready}/${total}`, status: leaving(pod, reason), restarts: restartsOf(counted, now) };
}

/** `Init:0/2` and the like, while init containers have not all done their part. */
function initialisation(statuses: readonly Json[], sidecars: ReadonlySet<unknown>, total: number): string | undefined {
  for (const [index, one] of statuses.entries()) {
    const { waiting, terminated } = record(one['state']);
    const ended = record(terminated);
    if (terminated !== undefined && ended['exitCode'] === 0) continue;
    if (sidecars.has(one['name']) && one['started'] === true) continue;
    if (terminated !== undefined) return `Init:${endOf(ended)}`;
    const why = text(record(waiting)['reason']);
    return why !== '' && why !== 'PodInitializing' ? `Init:${why}` : `Init:${index}/${total}`;
  }
  return undefined;
}

function reasonOf(containers: readonly Json[], beginning: string, isRunning: boolean, isReady: boolean): string {
  // The first container has the last word.
  const reason = containers.reduceRight<string>((said, one) => {
    const { waiting, terminated } = record(one['state']);
    const why = text(record(waiting)['reason']);
    if (why !== '') return why;
    return terminated === undefined ? said : endOf(record(terminated));
  }, beginning);
  if (reason !== 'Completed' || !isRunning) return reason;
  return isReady ? 'Running' : 'NotReady';
}

function endOf({ reason, signal, exitCode }: Json): string {
  if (text(reason) !== '') return text(reason);
  return signal ? `Signal:${String(signal)}` : `ExitCode:${String(exitCode)}`;
}

function leaving({ metadata, status }: Json, reason: string): string {
  if (record(metadata)['deletionTimestamp'] === undefined) return reason;
  const { phase, reason: why } = record(status);
  if (why === 'NodeLost') return 'Unknown';
  return phase === 'Succeeded' || phase === 'Failed' ? reason : 'Terminating';
}

function restartsOf(statuses: readonly Json[], now: number): string {
  let [count, last] = [0, ''];
  for (const { restartCount, lastState } of statuses) {
    if (typeof restartCount === 'number') count += restartCount;
    const finished = text(record(record(lastState)['terminated'])['finishedAt']);
    if (finished > last) last = finished;
  }
  return count > 0 && last !== '' ? `${count} (${age(last, now)} ago)` : String(count);
}

function readinessGates({ spec, status }: Json): string {
  const gates = list(record(spec)['readinessGates']).map((one) => text(record(one)['conditionType']));
  if (gates.length === 0) return '<none>';
  return `${gates.filter((gate) => isTrue(status, gate)).length}/${gates.length}`;
}

function isIn(status: Json, state: string): boolean {
  return record(status['state'])[state] !== undefined;
}
