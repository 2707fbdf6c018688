import { selectorText } from '../../subresources/scale.js';
import { at, list, record, text, type Json } from '../../json.js';
import { age } from '../age.js';
import { AGE, column, field, isTrue, number, shownNumber, wide, type Column } from './column.js';

const CONTAINERS = wide('Containers', (object) => containersOf(object, 'name'));
const IMAGES = wide('Images', (object) => containersOf(object, 'image'));
const SELECTOR = wide('Selector', (object) => selectorText(at(object, 'spec', 'selector')) || '<none>');

/** By the id of their resource. */
export const workloadColumns: Readonly<Record<string, readonly Column[]>> = {
  'apps/statefulsets': [column('Ready', ready), AGE, CONTAINERS, IMAGES],
  'apps/deployments': [
    column('Ready', ready),
    number('Up-to-date', 'status.updatedReplicas', 'string'),
    number('Available', 'status.availableReplicas', 'string'),
    AGE,
    CONTAINERS,
    IMAGES,
    SELECTOR,
  ],
  'apps/replicasets': [
    number('Desired', 'spec.replicas'),
    number('Current', 'status.replicas'),
    number('Ready', 'status.readyReplicas'),
    AGE,
    CONTAINERS,
    IMAGES,
    SELECTOR,
  ],
  'apps/controllerrevisions': [column('Controller', controller), number('Revision', 'revision', 'string'), AGE],
  'batch/jobs': [
    column('Status', jobStatus),
    column('Completions', completions),
    column('Duration', duration),
    AGE,
    CONTAINERS,
    IMAGES,
    SELECTOR,
  ],
  'policy/poddisruptionbudgets': [
    column('Min Available', ({ spec }) => amount(record(spec)['minAvailable'])),
    column('Max Unavailable', ({ spec }) => amount(record(spec)['maxUnavailable'])),
    number('Allowed Disruptions', 'status.disruptionsAllowed'),
    AGE,
  ],
  'coordination.k8s.io/leases': [field('Holder', 'spec.holderIdentity'), AGE],
};

function amount(value: unknown): string {
  return typeof value === 'number' || typeof value === 'string' ? String(value) : 'N/A';
}

function ready({ spec, status }: Json): string {
  return `${shownNumber(record(status)['readyReplicas'])}/${shownNumber(record(spec)['replicas'])}`;
}

function controller(object: Json): string {
  const owner = list(at(object, 'metadata', 'ownerReferences'))
    .map(record)
    .find((one) => one['controller'] === true);
  if (!owner) return '<none>';
  const [group = ''] = text(owner['apiVersion']).split('/').slice(0, -1);
  const kind = text(owner['kind']).toLowerCase();
  return `${group === '' ? kind : `${kind}.${group}`}/${text(owner['name'])}`;
}

function jobStatus({ metadata, status }: Json): string {
  if (isTrue(status, 'Complete')) return 'Complete';
  if (isTrue(status, 'Failed')) return 'Failed';
  if (record(metadata)['deletionTimestamp'] !== undefined) return 'Terminating';
  return ['Suspended', 'FailureTarget', 'SuccessCriteriaMet'].find((type) => isTrue(status, type)) ?? 'Running';
}

function completions({ spec, status }: Json): string {
  const { completions: wanted, parallelism } = record(spec);
  const done = shownNumber(record(status)['succeeded']);
  if (wanted !== undefined) return `${done}/${shownNumber(wanted)}`;
  return typeof parallelism === 'number' && parallelism > 1 ? `${done}/1 of ${parallelism}` : `${done}/1`;
}

function duration({ status }: Json, now: number): string {
  const { startTime, completionTime } = record(status);
  if (startTime === undefined) return '';
  return age(startTime, completionTime === undefined ? now : Date.parse(text(completionTime)));
}

function containersOf(object: Json, name: 'name' | 'image'): string {
  return list(at(object, 'spec', 'template', 'spec', 'containers'))
    .map((one) => text(record(one)[name]))
    .join(',');
}
