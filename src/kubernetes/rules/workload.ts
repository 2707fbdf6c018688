import type { Fields } from '../fields.js';
import { checkWorkloadSelector } from './labels.js';
import { checkClaimSpec } from './claim.js';
import { dnsLabel } from './names.js';
import { checkPodTemplate, type PodSpecOptions } from './pod.js';
import { checkIntOrPercent, intOrPercent } from './values.js';

/** Workloads that keep their pods running: StatefulSet, Deployment, ReplicaSet, DaemonSet. */

export function checkStatefulSet(object: Fields): void {
  const spec = object.objectOrEmpty('spec');
  checkWorkloadSelector(spec);
  const claims = checkClaimTemplates(spec);
  checkEndlessTemplate(spec, { claims, ignoreHostname: true });
  spec.notNegative('replicas', 'minReadySeconds');
  spec.objectOrEmpty('ordinals').notNegative('start');
  const service = spec.text('serviceName');
  const wrong = service === '' ? undefined : dnsLabel(service);
  if (wrong !== undefined) spec.wrong('serviceName', wrong);
  const strategy = spec.objectOrEmpty('updateStrategy');
  const rolling = strategy.object('rollingUpdate');
  if (rolling && strategy.text('type') === 'OnDelete') {
    strategy.wrong('rollingUpdate', 'may only be given with type RollingUpdate: OnDelete replaces no pod by itself');
  } else if (rolling) {
    // maxUnavailable is behind a feature gate that is off, so the server forgets it and never looks at it.
    rolling.notNegative('partition');
  }
  const retention = spec.object('persistentVolumeClaimRetentionPolicy');
  for (const name of ['whenDeleted', 'whenScaled']) retention?.oneOf(name, ['Retain', 'Delete']);
}

function checkClaimTemplates(spec: Fields): ReadonlySet<string> {
  const names = new Set<string>();
  for (const template of spec.objects('volumeClaimTemplates')) {
    const metadata = template.objectOrEmpty('metadata');
    const name = metadata.text('name');
    // Each becomes a volume of the pod, so its name follows the rule of volumes.
    if (name === '') metadata.wrong('name', 'is missing: containers mount the claim by this name');
    else {
      const wrong = dnsLabel(name);
      if (wrong !== undefined) metadata.wrong('name', wrong);
    }
    names.add(name);
    checkClaimSpec(template.objectOrEmpty('spec'));
  }
  return names;
}

export function checkDeployment(object: Fields): void {
  const spec = object.objectOrEmpty('spec');
  checkWorkloadSelector(spec);
  checkEndlessTemplate(spec);
  spec.notNegative('replicas', 'minReadySeconds', 'revisionHistoryLimit', 'progressDeadlineSeconds');
  const deadline = spec.number('progressDeadlineSeconds') ?? 600;
  if (deadline >= 0 && deadline <= (spec.number('minReadySeconds') ?? 0)) {
    spec.wrong('progressDeadlineSeconds', 'must be greater than minReadySeconds; it is 600 when it is not given');
  }
  const strategy = spec.objectOrEmpty('strategy');
  const rolling = strategy.object('rollingUpdate');
  if (!rolling) return;
  if (strategy.text('type') === 'Recreate')
    strategy.wrong('rollingUpdate', 'may only be given with type RollingUpdate');
  else {
    checkIntOrPercent(rolling, 'maxUnavailable', { atMost100: true });
    checkIntOrPercent(rolling, 'maxSurge');
    const unavailable = rolling.has('maxUnavailable') ? intOrPercent(rolling.value('maxUnavailable')) : 25;
    const surge = rolling.has('maxSurge') ? intOrPercent(rolling.value('maxSurge')) : 25;
    if (unavailable === 0 && surge === 0)
      rolling.wrong('maxUnavailable', 'and maxSurge are both 0, so no pod could ever be replaced');
  }
}

export function checkReplicaSet(object: Fields): void {
  const spec = object.objectOrEmpty('spec');
  checkWorkloadSelector(spec);
  checkEndlessTemplate(spec);
  spec.notNegative('replicas', 'minReadySeconds');
}

export function checkDaemonSet(object: Fields): void {
  const spec = object.objectOrEmpty('spec');
  checkWorkloadSelector(spec);
  checkEndlessTemplate(spec);
  spec.notNegative('minReadySeconds', 'revisionHistoryLimit');
  const strategy = spec.objectOrEmpty('updateStrategy');
  const rolling = strategy.object('rollingUpdate');
  if (!rolling || strategy.text('type') === 'OnDelete') return;
  checkIntOrPercent(rolling, 'maxUnavailable', { atMost100: true });
  checkIntOrPercent(rolling, 'maxSurge', { atMost100: true });
  const unavailable = rolling.has('maxUnavailable') ? intOrPercent(rolling.value('maxUnavailable')) : 1;
  const surge = rolling.has('maxSurge') ? intOrPercent(rolling.value('maxSurge')) : 0;
  if (unavailable !== 0 && surge !== 0)
    rolling.wrong('maxSurge', 'needs maxUnavailable: 0 beside it; that is 1 when it is not given');
  if (unavailable === 0 && surge === 0)
    rolling.wrong('maxUnavailable', 'and maxSurge are both 0, so no pod could ever be replaced');
}

/** A template whose pods are replaced when they end. */
export function checkEndlessTemplate(spec: Fields, options: PodSpecOptions = {}): void {
  const template = spec.objectOrEmpty('template');
  checkPodTemplate(template, options);
  const pod = template.objectOrEmpty('spec');
  const policy = pod.text('restartPolicy');
  if (policy !== '' && policy !== 'Always')
    pod.wrong('restartPolicy', `must be Always here, not ${policy}: use a Job for work that ends`);
  if (pod.has('activeDeadlineSeconds'))
    pod.wrong('activeDeadlineSeconds', 'may only be given where work ends, as in a Job');
}
