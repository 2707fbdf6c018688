import { at, list, record, text, type Json } from '../../json.js';
import { age } from '../age.js';
import { AGE, column, conditionOf, field, labelsText, number, shownNumber, wide, type Column } from './column.js';

/** By the id of their resource. */
export const clusterColumns: Readonly<Record<string, readonly Column[]>> = {
  '/namespaces': [field('Status', 'status.phase'), AGE],
  '/nodes': [
    column('Status', nodeStatus),
    column('Roles', roles),
    AGE,
    field('Version', 'status.nodeInfo.kubeletVersion'),
    wide('Internal-IP', (node) => addressOf(node, 'InternalIP')),
    wide('External-IP', (node) => addressOf(node, 'ExternalIP')),
    wide('OS-Image', (node) => text(at(node, 'status', 'nodeInfo', 'osImage')) || '<unknown>'),
    wide('Kernel-Version', (node) => text(at(node, 'status', 'nodeInfo', 'kernelVersion')) || '<unknown>'),
    wide('Container-Runtime', (node) => text(at(node, 'status', 'nodeInfo', 'containerRuntimeVersion')) || '<unknown>'),
  ],
  '/configmaps': [column('Data', ({ data, binaryData }) => sizeOf(data) + sizeOf(binaryData)), AGE],
  '/secrets': [field('Type', 'type'), column('Data', ({ data }) => sizeOf(data)), AGE],
  '/serviceaccounts': [column('Secrets', ({ secrets }) => list(secrets).length), AGE],
  '/services': [
    field('Type', 'spec.type'),
    column('Cluster-IP', ({ spec }) => list(record(spec)['clusterIPs'])[0] ?? '<none>'),
    column('External-IP', externalIp),
    column('Port(s)', servicePorts),
    AGE,
    wide('Selector', ({ spec }) => labelsText(record(spec)['selector'])),
  ],
  '/persistentvolumeclaims': [
    column('Status', phase),
    field('Volume', 'spec.volumeName'),
    column('Capacity', (claim) => ifBound(claim, at(claim, 'status', 'capacity', 'storage'))),
    column('Access Modes', (claim) => ifBound(claim, accessModes(at(claim, 'status', 'accessModes')))),
    field('StorageClass', 'spec.storageClassName'),
    field('VolumeAttributesClass', 'spec.volumeAttributesClassName', 0, '<unset>'),
    AGE,
    field('VolumeMode', 'spec.volumeMode', 1, '<unset>'),
  ],
  '/persistentvolumes': [
    field('Capacity', 'spec.capacity.storage'),
    column('Access Modes', (volume) => accessModes(at(volume, 'spec', 'accessModes'))),
    field('Reclaim Policy', 'spec.persistentVolumeReclaimPolicy'),
    column('Status', phase),
    column('Claim', claimOf),
    field('StorageClass', 'spec.storageClassName'),
    field('VolumeAttributesClass', 'spec.volumeAttributesClassName', 0, '<unset>'),
    field('Reason', 'status.reason'),
    AGE,
    field('VolumeMode', 'spec.volumeMode', 1, '<unset>'),
  ],
  '/events': [
    column('Last Seen', lastSeen),
    field('Type', 'type'),
    field('Reason', 'reason'),
    column('Object', about),
    wide('Subobject', (event) => text(regarding(event)['fieldPath'])),
    wide('Source', source),
    column('Message', (event) => text(event['message'] ?? event['note']).trim()),
    wide('First Seen', firstSeen),
    wide('Count', (event) => at(event, 'series', 'count') ?? (event['count'] || event['deprecatedCount'] || 1)),
    { ...wide('Name', (event) => at(event, 'metadata', 'name')), format: 'name' },
  ],
  'scheduling.k8s.io/priorityclasses': [
    number('Value', 'value'),
    column('Global-Default', ({ globalDefault }) => globalDefault === true, 0, 'boolean'),
    AGE,
    field('PreemptionPolicy', 'preemptionPolicy', 1),
  ],
  'storage.k8s.io/storageclasses': [
    field('Provisioner', 'provisioner'),
    field('ReclaimPolicy', 'reclaimPolicy', 0, 'Delete'),
    field('VolumeBindingMode', 'volumeBindingMode', 0, 'Immediate'),
    column('AllowVolumeExpansion', ({ allowVolumeExpansion }) => allowVolumeExpansion === true),
    AGE,
  ],
  'discovery.k8s.io/endpointslices': [
    field('AddressType', 'addressType'),
    column('Ports', ({ ports }) => few(list(ports).map(record).map(portOf))),
    column('Endpoints', ({ endpoints }) =>
      few(list(endpoints).flatMap((one) => list(record(one)['addresses']).map(text))),
    ),
    AGE,
  ],
  'apiextensions.k8s.io/customresourcedefinitions': [
    column('Created At', (object) => at(object, 'metadata', 'creationTimestamp'), 0, 'date'),
  ],
};

/** Of Events the name comes last. */
export function isNameFirst(id: string): boolean {
  return id !== '/events';
}

function phase({ metadata, status }: Json): string {
  return record(metadata)['deletionTimestamp'] === undefined ? text(record(status)['phase']) : 'Terminating';
}

function ifBound(claim: Json, value: unknown): unknown {
  return text(at(claim, 'spec', 'volumeName')) === '' ? '' : (value ?? '0');
}

const MODES: Readonly<Record<string, string>> = {
  ReadWriteOnce: 'RWO',
  ReadOnlyMany: 'ROX',
  ReadWriteMany: 'RWX',
  ReadWriteOncePod: 'RWOP',
};

function accessModes(modes: unknown): string {
  const given = new Set(list(modes).map(text));
  return Object.keys(MODES)
    .flatMap((mode) => (given.has(mode) ? [MODES[mode]!] : []))
    .join(',');
}

function claimOf(volume: Json): string {
  const claim = at(volume, 'spec', 'claimRef');
  return claim === undefined ? '' : `${text(record(claim)['namespace'])}/${text(record(claim)['name'])}`;
}

function nodeStatus({ spec, status }: Json): string {
  const condition = conditionOf(status, 'Ready');
  const state = condition === undefined ? 'Unknown' : condition['status'] === 'True' ? 'Ready' : 'NotReady';
  return record(spec)['unschedulable'] === true ? `${state},SchedulingDisabled` : state;
}

function roles(node: Json): string {
  const prefix = 'node-role.kubernetes.io/';
  const found = Object.entries(record(at(node, 'metadata', 'labels'))).flatMap(([key, value]) => {
    if (key.startsWith(prefix)) return [key.slice(prefix.length)];
    return key === 'kubernetes.io/role' ? [text(value)] : [];
  });
  return (
    [...new Set(found)]
      .filter((role) => role !== '')
      .sort()
      .join(',') || '<none>'
  );
}

function addressOf(node: Json, type: string): string {
  const found = list(at(node, 'status', 'addresses'))
    .map(record)
    .find((one) => one['type'] === type);
  return found === undefined ? '<none>' : text(found['address']);
}

function externalIp({ spec, status }: Json): string {
  const { type, externalIPs, externalName } = record(spec);
  if (type === 'ExternalName') return text(externalName);
  const balanced =
    type === 'LoadBalancer'
      ? list(at(status, 'loadBalancer', 'ingress')).map(
          (one) => text(record(one)['ip']) || text(record(one)['hostname']),
        )
      : [];
  return [...balanced, ...list(externalIPs).map(text)].join(',') || (type === 'LoadBalancer' ? '<pending>' : '<none>');
}

function servicePorts({ spec }: Json): string {
  const ports = list(record(spec)['ports']).map(record);
  const told = ports.map(
    ({ port, nodePort, protocol }) =>
      `${shownNumber(port)}${nodePort === undefined ? '' : `:${shownNumber(nodePort)}`}/${text(protocol)}`,
  );
  return told.join(',') || '<none>';
}

function regarding(event: Json): Json {
  return record(event['involvedObject'] ?? event['regarding']);
}

function about(event: Json): string {
  const { kind, name } = regarding(event);
  return text(name) === '' ? text(kind).toLowerCase() : `${text(kind).toLowerCase()}/${text(name)}`;
}

function source(event: Json): string {
  const { component, host } = record(event['source'] ?? event['deprecatedSource']);
  const who = text(component) || text(event['reportingComponent'] ?? event['reportingController']);
  const where = text(host) || text(event['reportingInstance']);
  return where === '' ? who : `${who}, ${where}`;
}

function firstSeen(event: Json, now: number): string {
  return age(event['firstTimestamp'] ?? event['deprecatedFirstTimestamp'] ?? event['eventTime'], now);
}

function lastSeen(event: Json, now: number): string {
  const last = at(event, 'series', 'lastObservedTime') ?? event['lastTimestamp'] ?? event['deprecatedLastTimestamp'];
  return last === undefined || last === null ? firstSeen(event, now) : age(last, now);
}

function portOf({ port, name }: Json): string {
  return port === undefined || port === null ? text(name) || '*' : shownNumber(port);
}

const SHOWN = 3;

function few(all: readonly string[]): string {
  if (all.length === 0) return '<unset>';
  const told = all.slice(0, SHOWN).join(',');
  return all.length > SHOWN ? `${told} + ${all.length - SHOWN} more...` : told;
}

function sizeOf(map: unknown): number {
  return Object.keys(record(map)).length;
}
