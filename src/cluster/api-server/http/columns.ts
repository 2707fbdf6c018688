import type { ServedResource } from '../catalog/served-resource.js';
import { at, isRecord, list, record, text, type Json } from '../json.js';
import { age } from './age.js';

/** A column of `kubectl get`. */
export interface Column {
  readonly name: string;
  readonly type: string;
  readonly format?: string;
  /** Above 0 only with `-o wide`. */
  readonly priority: number;
  readonly description?: string;
  cell(object: Json, now: number): unknown;
}

/** The columns of a resource, its name first. Source: pkg/printers/internalversion of Kubernetes. */
export function columnsOf(resource: ServedResource): readonly Column[] {
  if (resource.custom) return [NAME, ...customColumns(resource)];
  return [NAME, ...(columns[resource.id] ?? [AGE])];
}

const column = (name: string, cell: (object: Json, now: number) => unknown, priority = 0, type = 'string'): Column => ({
  name,
  type,
  priority,
  cell,
});
const field = (name: string, path: string, priority = 0, otherwise: unknown = ''): Column =>
  column(name, (object) => at(object, ...path.split('.')) ?? otherwise, priority);
const number = (name: string, path: string): Column =>
  column(name, (object) => at(object, ...path.split('.')) ?? 0, 0, 'integer');

const NAME: Column = { ...field('Name', 'metadata.name'), format: 'name' };
const AGE = column('Age', (object, now) => age(at(object, 'metadata', 'creationTimestamp'), now));

const columns: Readonly<Record<string, readonly Column[]>> = {
  '/pods': [
    column('Ready', podReady),
    column('Status', podStatus),
    column('Restarts', podRestarts),
    AGE,
    field('IP', 'status.podIP', 1, '<none>'),
    field('Node', 'spec.nodeName', 1, '<none>'),
  ],
  '/namespaces': [field('Status', 'status.phase'), AGE],
  '/nodes': [column('Status', nodeStatus), AGE, field('Version', 'status.nodeInfo.kubeletVersion')],
  '/configmaps': [column('Data', ({ data, binaryData }) => sizeOf(data) + sizeOf(binaryData)), AGE],
  '/secrets': [field('Type', 'type'), column('Data', ({ data }) => sizeOf(data)), AGE],
  '/services': [
    field('Type', 'spec.type'),
    field('Cluster-IP', 'spec.clusterIP', 0, '<none>'),
    column('External-IP', () => '<none>'),
    column('Port(s)', servicePorts),
    AGE,
  ],
  '/serviceaccounts': [AGE],
  '/persistentvolumeclaims': [
    field('Status', 'status.phase'),
    field('Volume', 'spec.volumeName'),
    field('Capacity', 'status.capacity.storage'),
    AGE,
  ],
  '/events': [
    column('Last Seen', (event, now) =>
      age(
        event['lastTimestamp'] ??
          event['eventTime'] ??
          event['firstTimestamp'] ??
          at(event, 'metadata', 'creationTimestamp'),
        now,
      ),
    ),
    field('Type', 'type'),
    field('Reason', 'reason'),
    column('Object', (event) => {
      const about = record(event['involvedObject'] ?? event['regarding']);
      return `${text(about['kind']).toLowerCase()}/${text(about['name'])}`;
    }),
    column('Message', (event) => text(event['message'] ?? event['note']).trim()),
  ],
  'apps/statefulsets': [column('Ready', ready), AGE, column('Containers', names, 1), column('Images', images, 1)],
  'apps/deployments': [
    column('Ready', ready),
    number('Up-to-date', 'status.updatedReplicas'),
    number('Available', 'status.availableReplicas'),
    AGE,
    column('Containers', names, 1),
    column('Images', images, 1),
  ],
  'apps/replicasets': [
    number('Desired', 'spec.replicas'),
    number('Current', 'status.replicas'),
    number('Ready', 'status.readyReplicas'),
    AGE,
    column('Images', images, 1),
  ],
  'apps/controllerrevisions': [
    column('Controller', (object) => {
      const owner = list(at(object, 'metadata', 'ownerReferences'))
        .map(record)
        .find((one) => one['controller'] === true);
      return owner ? `${text(owner['kind']).toLowerCase()}.apps/${text(owner['name'])}` : '<none>';
    }),
    number('Revision', 'revision'),
    AGE,
  ],
  'batch/jobs': [
    column('Status', jobStatus),
    column(
      'Completions',
      (job) => `${shownNumber(at(job, 'status', 'succeeded'))}/${shownNumber(at(job, 'spec', 'completions') ?? 1)}`,
    ),
    AGE,
  ],
  'policy/poddisruptionbudgets': [
    field('Min Available', 'spec.minAvailable', 0, 'N/A'),
    field('Max Unavailable', 'spec.maxUnavailable', 0, 'N/A'),
    number('Allowed Disruptions', 'status.disruptionsAllowed'),
    AGE,
  ],
  'coordination.k8s.io/leases': [field('Holder', 'spec.holderIdentity'), AGE],
  'apiextensions.k8s.io/customresourcedefinitions': [
    column('Created At', (object) => at(object, 'metadata', 'creationTimestamp')),
  ],
};

function customColumns({ custom }: ServedResource): Column[] {
  const declared = custom?.columns ?? [];
  if (declared.length === 0) return [AGE];
  return declared.map((one): Column => {
    const [name, type, path] = [text(one['name']), text(one['type']), pathOf(text(one['jsonPath']))];
    return {
      name,
      type,
      ...(typeof one['format'] === 'string' && { format: one['format'] }),
      ...(typeof one['description'] === 'string' && { description: one['description'] }),
      priority: typeof one['priority'] === 'number' ? one['priority'] : 0,
      cell(object, now) {
        const value = find(object, path);
        if (type === 'date') return value === undefined ? '<unknown>' : age(value, now);
        return value === undefined ? null : isRecord(value) ? JSON.stringify(value) : value;
      },
    };
  });
}

/** `.status.conditions[?(@.type=="Ready")].status`: fields, indexes and one filter by equality. */
function pathOf(path: string): readonly (string | readonly [key: string, value: string])[] {
  const steps = path.matchAll(/\.?([^.[\]]+)|\[(\d+)\]|\['([^']+)'\]|\[\?\(@\.([\w.]+)\s*==\s*["']([^"']*)["']\)\]/g);
  return [...steps].map(([, name, index, quoted, key, value]) =>
    key === undefined ? (name ?? index ?? quoted)! : ([key, value!] as const),
  );
}

function find(object: unknown, path: ReturnType<typeof pathOf>): unknown {
  let here = object;
  for (const step of path) {
    if (typeof step !== 'string') here = list(here).find((one) => at(one, ...step[0].split('.')) === step[1]);
    else if (Array.isArray(here)) here = (here as unknown[])[Number(step)];
    else here = isRecord(here) ? here[step] : undefined;
  }
  return here;
}

function podReady({ spec, status }: Json): string {
  const statuses = list(record(status)['containerStatuses']).map(record);
  return `${statuses.filter((one) => one['ready'] === true).length}/${list(record(spec)['containers']).length}`;
}

function podStatus({ metadata, status }: Json): string {
  const { phase, reason, conditions, containerStatuses } = record(status);
  if (record(metadata)['deletionTimestamp'] !== undefined) return 'Terminating';
  for (const { state } of list(containerStatuses).map(record)) {
    const { waiting, terminated } = record(state);
    const why = text(record(waiting)['reason']) || text(record(terminated)['reason']);
    if (why !== '') return why;
  }
  const scheduled = list(conditions)
    .map(record)
    .find(({ type }) => type === 'PodScheduled');
  if (scheduled?.['reason'] === 'SchedulingGated') return 'SchedulingGated';
  return text(reason) || text(phase);
}

function podRestarts({ status }: Json): string {
  const counts = list(record(status)['containerStatuses']).map((one) => record(one)['restartCount']);
  return String(counts.reduce<number>((sum, count) => sum + (typeof count === 'number' ? count : 0), 0));
}

function nodeStatus({ spec, status }: Json): string {
  const condition = list(record(status)['conditions'])
    .map(record)
    .find(({ type }) => type === 'Ready');
  const state = condition?.['status'] === 'True' ? 'Ready' : 'NotReady';
  return record(spec)['unschedulable'] === true ? `${state},SchedulingDisabled` : state;
}

function servicePorts({ spec }: Json): string {
  const ports = list(record(spec)['ports']).map(record);
  const told = ports.map(
    ({ port, nodePort, protocol }) =>
      `${shownNumber(port)}${nodePort === undefined ? '' : `:${shownNumber(nodePort)}`}/${text(protocol)}`,
  );
  return told.join(',') || '<none>';
}

function ready({ spec, status }: Json): string {
  return `${shownNumber(record(status)['readyReplicas'])}/${shownNumber(record(spec)['replicas'])}`;
}

function jobStatus({ spec, status }: Json): string {
  const conditions = list(record(status)['conditions'])
    .map(record)
    .filter((one) => one['status'] === 'True');
  const has = (type: string): boolean => conditions.some((one) => one['type'] === type);
  if (has('Complete')) return 'Complete';
  if (has('Failed')) return 'Failed';
  return record(spec)['suspend'] === true ? 'Suspended' : 'Running';
}

function containersOf(object: Json): Json[] {
  return list(at(object, 'spec', 'template', 'spec', 'containers')).map(record);
}

function names(object: Json): string {
  return containersOf(object)
    .map(({ name }) => text(name))
    .join(',');
}

function images(object: Json): string {
  return containersOf(object)
    .map(({ image }) => text(image))
    .join(',');
}

function sizeOf(map: unknown): number {
  return Object.keys(record(map)).length;
}

function shownNumber(value: unknown): string {
  return typeof value === 'number' ? String(value) : '0';
}
