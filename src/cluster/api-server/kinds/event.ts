import type { FieldCause } from '../../../kube/error.js';
import { isEqual, record, text, type Json } from '../json.js';
import { fieldIsImmutable, invalidField, type Strategy } from './strategy.js';
import { createdOnUpdate } from './others.js';

/** Of `v1`: whom it regards is in the same namespace. */
export const coreEventStrategy: Strategy = {
  ...createdOnUpdate,
  checkCreate: (event) => checkPlace(event, 'involvedObject'),
  checkUpdate: (event) => checkPlace(event, 'involvedObject'),
};

/** Of `events.k8s.io/v1`, which is strict. Source: pkg/apis/core/validation/events.go of Kubernetes. */
export const eventStrategy: Strategy = {
  ...createdOnUpdate,
  checkCreate: (event) => [
    ...checkPlace(event, 'regarding'),
    ...REQUIRED.flatMap((name) => required(event, name)),
    ...checkForm(event),
  ],
  checkUpdate: (next, live) => [
    ...checkPlace(next, 'regarding'),
    ...FIXED.flatMap((name) => (isEqual(next[name], live[name]) ? [] : [fieldIsImmutable(name, next[name])])),
  ],
};

const REQUIRED = ['eventTime', 'reportingController', 'reportingInstance', 'action', 'reason'];
const DEPRECATED = ['deprecatedFirstTimestamp', 'deprecatedLastTimestamp', 'deprecatedCount'];
const FIXED = [...REQUIRED, ...DEPRECATED, 'deprecatedSource', 'regarding', 'related', 'note', 'type'];

function required(event: Json, name: string): FieldCause[] {
  const isThere = text(event[name]) !== '';
  return isThere ? [] : [{ reason: 'FieldValueRequired', message: 'Required value', field: name }];
}

function checkForm(event: Json): FieldCause[] {
  const causes: FieldCause[] = [];
  const { type, reportingController } = event;
  if (type !== 'Normal' && type !== 'Warning')
    causes.push(invalidField('type', '', `has invalid value: ${text(type)}`));
  if (!/^([a-z0-9.-]+\/)?[A-Za-z0-9]([A-Za-z0-9_.-]*[A-Za-z0-9])?$/.test(text(reportingController)))
    causes.push(invalidField('reportingController', reportingController, 'is no qualified name'));
  for (const name of DEPRECATED) if (event[name]) causes.push(invalidField(name, '', 'needs to be unset'));
  return causes;
}

function checkPlace(event: Json, about: string): FieldCause[] {
  const own = text(record(event['metadata'])['namespace']);
  const its = text(record(event[about])['namespace']);
  const isOwn = event['eventTime'] ? its !== '' || own === 'kube-system' : its === own;
  if (isOwn || (its === '' && own === 'default')) return [];
  return [invalidField('involvedObject.namespace', its, 'does not match event.namespace')];
}
