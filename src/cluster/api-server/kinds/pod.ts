import type { FieldCause } from '../../../kube/error.js';
import { isEqual, isRecord, list, record, text, withAt, type Json } from '../json.js';
import { FieldSet } from '../apply/field-set.js';
import { mirrorServiceAccount } from '../typing/pod-defaults.js';
import {
  forbiddenField,
  invalidField,
  keepingStatus,
  RESETS_STATUS,
  specChanged,
  type Strategy,
  type Surroundings,
} from './strategy.js';
import { withLabelKeys, withoutLabelKeys } from './label-keys.js';
import { qualityOfService } from './quality-of-service.js';

/** Source: pkg/registry/core/pod/strategy.go and ValidatePodUpdate of Kubernetes. */
export const podStrategy: Strategy = {
  create(pod, around) {
    const status = { phase: 'Pending', qosClass: qualityOfService(record(pod['spec'])) };
    const labels = record(record(pod['metadata'])['labels']);
    const given = record(pod['spec']);
    const spec = asksCompany(pod) ? withLabelKeys(given, labels, around.profile.mergesLabelKeys) : given;
    mirrorServiceAccount(spec);
    const isGated = list(spec['schedulingGates']).length > 0;
    return { ...pod, spec, status: isGated ? { ...status, conditions: [gated(around)] } : status };
  },
  asked: (pod) => (asksCompany(pod) ? { ...pod, spec: withoutLabelKeys(record(pod['spec'])) } : pod),
  checkCreate: ({ spec }) =>
    list(record(spec)['ephemeralContainers']).length > 0
      ? [forbiddenField('spec.ephemeralContainers', 'cannot be set on create')]
      : [],
  update(next, live, subresource, { profile }) {
    switch (subresource) {
      case 'status':
        return statusOf(next, live);
      case 'resize':
        return { ...partOf(next, live), spec: resized(record(live['spec']), record(next['spec'])) };
      case 'ephemeralcontainers': {
        const { ephemeralContainers } = record(next['spec']);
        const whole = profile.ownsEphemeral ? partOf(next, live) : live;
        return withAt(whole, ['spec', 'ephemeralContainers'], ephemeralContainers);
      }
      default:
        return keepingStatus(next, live);
    }
  },
  checkUpdate(next, live, subresource) {
    const [now, was] = [record(next['spec']), record(live['spec'])];
    if (subresource === 'ephemeralcontainers') return checkEphemeral(now, was);
    if (subresource === 'resize') return checkResize(now, was);
    return subresource === '' ? checkPodUpdate(now, was) : [];
  },
  countsGeneration: (next, live, { podGeneration }) => podGeneration && specChanged(next, live),
  gracePeriod({ spec, status }, asked) {
    const own = record(spec)['terminationGracePeriodSeconds'];
    const phase = record(status)['phase'];
    if (text(record(spec)['nodeName']) === '' || phase === 'Failed' || phase === 'Succeeded') return 0;
    return Math.max(asked ?? (typeof own === 'number' ? own : 30), asked === undefined ? 1 : 0);
  },
  reset: (subresource) => (subresource === 'status' ? STATUS_RESETS : RESETS_STATUS),
};

const STATUS_RESETS = FieldSet.read({
  'f:spec': {},
  'f:metadata': { 'f:deletionTimestamp': {}, 'f:ownerReferences': {} },
});

function asksCompany({ spec }: Json): boolean {
  return record(spec)['affinity'] !== undefined || record(spec)['topologySpreadConstraints'] !== undefined;
}

const gated = (around: Surroundings): Json => ({
  type: 'PodScheduled',
  status: 'False',
  lastProbeTime: null,
  lastTransitionTime: around.profile.gatesHaveTimes ? around.now() : null,
  reason: 'SchedulingGated',
  message: 'Scheduling is blocked due to non-empty scheduling gates',
});

/** The pod as it was, with whom the new one says to own its fields. Source: ResetObjectMetaForStatus. */
function partOf(next: Json, live: Json): Json {
  const { managedFields, resourceVersion } = record(next['metadata']);
  const metadata = withAt(record(live['metadata']), ['resourceVersion'], resourceVersion);
  return { ...live, metadata: withAt(metadata, ['managedFields'], managedFields) };
}

function statusOf(next: Json, live: Json): Json {
  const metadata = record(live['metadata']);
  const kept = { ownerReferences: metadata['ownerReferences'], deletionTimestamp: metadata['deletionTimestamp'] };
  const status = { ...record(next['status']), qosClass: record(live['status'])['qosClass'] };
  return { ...next, metadata: { ...record(next['metadata']), ...kept }, spec: live['spec'], status };
}

/** Only requests, limits and policies of containers; what adds or moves containers is left as it is, to be refused. */
function resized(live: Json, next: Json): Json {
  const names = (spec: Json): unknown => list(spec['containers']).map((one) => record(one)['name']);
  if (!isEqual(names(live), names(next))) return next;
  const containers = list(live['containers']).map((one, index) => {
    const { resources, resizePolicy } = record(list(next['containers'])[index]);
    return { ...record(one), resources, resizePolicy };
  });
  return { ...live, containers };
}

function checkResize(next: Json, live: Json): FieldCause[] {
  if (list(next['containers']).length !== list(live['containers']).length)
    return [forbiddenField('spec.containers', 'containers may not be added or removed on resize')];
  const names = (spec: Json): unknown => list(spec['containers']).map((one) => record(one)['name']);
  return isEqual(names(next), names(live))
    ? []
    : [forbiddenField('spec.containers', 'containers may not be renamed or reordered on resize')];
}

/** They come, and stay as they are. */
function checkEphemeral(next: Json, live: Json): FieldCause[] {
  const field = 'spec.ephemeralContainers';
  const now = new Map(list(next['ephemeralContainers']).map((one) => [record(one)['name'], one]));
  return list(live['ephemeralContainers']).flatMap((one) => {
    const name = JSON.stringify(record(one)['name']);
    const kept = now.get(record(one)['name']);
    if (kept === undefined)
      return [forbiddenField(field, `existing ephemeral containers ${name} may not be removed\n`)];
    if (isEqual(kept, one)) return [];
    return [forbiddenField(field, `existing ephemeral containers ${name} may not be changed\n`)];
  });
}

const FEW = [
  '`spec.containers[*].image`',
  '`spec.initContainers[*].image`',
  '`spec.activeDeadlineSeconds`',
  '`spec.tolerations` (only additions to existing tolerations)',
  '`spec.terminationGracePeriodSeconds` (allow it to be set to 1 if it was previously negative)',
].join(',');

function checkPodUpdate(next: Json, live: Json): FieldCause[] {
  for (const name of ['containers', 'initContainers'])
    if (list(next[name]).length !== list(live[name]).length)
      return [forbiddenField(`spec.${name}`, 'pod updates may not add or remove containers')];
  const causes = [...checkDeadline(next, live), ...checkTolerations(next, live), ...checkGates(next, live)];
  if (causes.length > 0) return causes;
  if (isEqual(settled(next, live), live)) return [];
  return [forbiddenField('spec', `pod updates may not change fields other than ${FEW}\n`)];
}

/** The new spec with what may change set back. */
function settled(next: Json, live: Json): Json {
  const images = (name: string): unknown =>
    live[name] === undefined
      ? next[name]
      : list(next[name]).map((one, index) => ({ ...record(one), image: record(list(live[name])[index])['image'] }));
  const old = {
    activeDeadlineSeconds: live['activeDeadlineSeconds'],
    tolerations: live['tolerations'],
    schedulingGates: live['schedulingGates'],
  };
  const spec = { ...next, ...old, containers: images('containers'), initContainers: images('initContainers') };
  const grace = live['terminationGracePeriodSeconds'];
  const mayShorten = typeof grace === 'number' && grace < 0 && next['terminationGracePeriodSeconds'] === 1;
  const isGated = list(live['schedulingGates']).length > 0;
  return {
    ...spec,
    ...(mayShorten && { terminationGracePeriodSeconds: grace }),
    ...(isGated &&
      isNarrower(record(next['nodeSelector']), record(live['nodeSelector'])) && { nodeSelector: live['nodeSelector'] }),
    ...(isGated && live['affinity'] === undefined && { affinity: undefined }),
  };
}

function isNarrower(next: Json, live: Json): boolean {
  return Object.entries(live).every(([key, value]) => next[key] === value);
}

function checkDeadline(next: Json, live: Json): FieldCause[] {
  const [now, was] = [next['activeDeadlineSeconds'], live['activeDeadlineSeconds']];
  const field = 'spec.activeDeadlineSeconds';
  if (typeof was !== 'number') return [];
  if (typeof now !== 'number')
    return [invalidField(field, now, 'must not update from a positive integer to nil value')];
  return now > was ? [invalidField(field, now, 'must be less than or equal to previous value')] : [];
}

function checkTolerations(next: Json, live: Json): FieldCause[] {
  const untimed = (one: unknown): Json => withAt(record(one), ['tolerationSeconds'], undefined);
  const now = list(next['tolerations']).map(untimed);
  const isLost = list(live['tolerations']).some((one) => !now.some((other) => isEqual(other, untimed(one))));
  return isLost
    ? [forbiddenField('spec.tolerations', 'existing toleration can not be modified except its tolerationSeconds')]
    : [];
}

function checkGates(next: Json, live: Json): FieldCause[] {
  const known = list(live['schedulingGates']).map((gate) => record(gate)['name']);
  const added = list(next['schedulingGates']).findIndex((gate) => !(isRecord(gate) && known.includes(gate['name'])));
  const field = `spec.schedulingGates[${added}].name`;
  return added < 0 ? [] : [forbiddenField(field, 'only deletion is allowed, but found new scheduling gate')];
}

export type { Surroundings };
