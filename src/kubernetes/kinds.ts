import type { Fields } from './fields.js';
import { checkAutoscaler } from './rules/autoscaler.js';
import { checkClaimSpec } from './rules/claim.js';
import { checkPriorityClass, checkStorageClass } from './rules/cluster-kinds.js';
import { checkConfigMap, checkSecret } from './rules/config.js';
import { checkCronJob } from './rules/cron-job.js';
import { checkCustomResourceDefinition } from './rules/custom-resource-definition.js';
import { checkDisruptionBudget } from './rules/disruption-budget.js';
import { checkIngress } from './rules/ingress.js';
import { checkJob } from './rules/job.js';
import { checkSelectorItself } from './rules/labels.js';
import { checkTemplateMetadata } from './rules/metadata.js';
import { dns1035Label, dnsLabel, dnsSubdomain, pathSegment, type NameRule } from './rules/names.js';
import {
  checkIngressClass,
  checkLease,
  checkLimitRange,
  checkNamespace,
  checkResourceQuota,
} from './rules/namespace-kinds.js';
import { checkNetworkPolicy } from './rules/network-policy.js';
import { checkPodAnnotations, checkPodSpec, checkPodTemplate, type PodSpecOptions } from './rules/pod.js';
import { checkClusterRole, checkClusterRoleBinding, checkRole, checkRoleBinding } from './rules/rbac.js';
import { checkService } from './rules/service.js';
import { checkDaemonSet, checkDeployment, checkReplicaSet, checkStatefulSet } from './rules/workload.js';

/** What the API server checks of a kind beyond the types of its fields. */
export interface KindRules {
  readonly name: NameRule;
  /** Finalizers need no domain. */
  readonly laxFinalizers?: true;
  /** The server makes a name for it. */
  readonly mayBeNameless?: true;
  check(object: Fields): void;
}

/** The same for a type; the options are those of pods, and mean nothing to others. */
export type TypeRules = (value: Fields, options: PodSpecOptions) => void;

const nothingMore = (): void => undefined;

const kinds: ReadonlyMap<string, KindRules> = new Map<string, KindRules>([
  ['v1/ConfigMap', { name: dnsSubdomain, check: checkConfigMap }],
  ['v1/LimitRange', { name: dnsSubdomain, mayBeNameless: true, check: checkLimitRange }],
  ['v1/Namespace', { name: dnsLabel, check: checkNamespace }],
  ['v1/PersistentVolumeClaim', { name: dnsSubdomain, check: (object) => checkClaimSpec(object.objectOrEmpty('spec')) }],
  ['v1/Pod', { name: dnsSubdomain, check: checkPod }],
  ['v1/PodTemplate', { name: dnsSubdomain, check: (object) => checkPodTemplate(object.objectOrEmpty('template')) }],
  ['v1/ResourceQuota', { name: dnsSubdomain, check: checkResourceQuota }],
  ['v1/Secret', { name: dnsSubdomain, check: checkSecret }],
  ['v1/Service', { name: dns1035Label, check: checkService }],
  ['v1/ServiceAccount', { name: dnsSubdomain, check: nothingMore }],
  [
    'apiextensions.k8s.io/v1/CustomResourceDefinition',
    { name: dnsSubdomain, laxFinalizers: true, check: checkCustomResourceDefinition },
  ],
  ['apps/v1/DaemonSet', { name: dnsSubdomain, check: checkDaemonSet }],
  ['apps/v1/Deployment', { name: dnsSubdomain, check: checkDeployment }],
  ['apps/v1/ReplicaSet', { name: dnsSubdomain, check: checkReplicaSet }],
  ['apps/v1/StatefulSet', { name: dnsLabel, check: checkStatefulSet }],
  ['autoscaling/v1/HorizontalPodAutoscaler', { name: dnsSubdomain, check: checkAutoscaler }],
  ['autoscaling/v2/HorizontalPodAutoscaler', { name: dnsSubdomain, check: checkAutoscaler }],
  ['batch/v1/CronJob', { name: dnsSubdomain, check: checkCronJob }],
  ['batch/v1/Job', { name: dnsSubdomain, check: checkJob }],
  ['coordination.k8s.io/v1/Lease', { name: dnsSubdomain, laxFinalizers: true, check: checkLease }],
  ['networking.k8s.io/v1/Ingress', { name: dnsSubdomain, check: checkIngress }],
  ['networking.k8s.io/v1/IngressClass', { name: dnsSubdomain, check: checkIngressClass }],
  ['networking.k8s.io/v1/NetworkPolicy', { name: dnsSubdomain, check: checkNetworkPolicy }],
  // The server checks of its metadata only what it checks of everything.
  ['policy/v1/PodDisruptionBudget', { name: pathSegment, laxFinalizers: true, check: checkDisruptionBudget }],
  ['rbac.authorization.k8s.io/v1/ClusterRole', { name: pathSegment, check: checkClusterRole }],
  ['rbac.authorization.k8s.io/v1/ClusterRoleBinding', { name: pathSegment, check: checkClusterRoleBinding }],
  ['rbac.authorization.k8s.io/v1/Role', { name: pathSegment, check: checkRole }],
  ['rbac.authorization.k8s.io/v1/RoleBinding', { name: pathSegment, check: checkRoleBinding }],
  ['scheduling.k8s.io/v1/PriorityClass', { name: dnsSubdomain, check: checkPriorityClass }],
  ['storage.k8s.io/v1/StorageClass', { name: dnsSubdomain, check: checkStorageClass }],
]);

/** Parts of objects that also stand within custom resources. */
const types: ReadonlyMap<string, TypeRules> = new Map<string, TypeRules>([
  ['io.k8s.api.core.v1.PodTemplateSpec', checkPodTemplate],
  ['io.k8s.api.core.v1.PodSpec', checkPodSpec],
  ['io.k8s.api.core.v1.PersistentVolumeClaim', checkClaim],
  ['io.k8s.api.core.v1.PersistentVolumeClaimSpec', checkClaimSpec],
  ['io.k8s.apimachinery.pkg.apis.meta.v1.LabelSelector', checkSelectorItself],
  ['io.k8s.apimachinery.pkg.apis.meta.v1.ObjectMeta', checkTemplateMetadata],
]);

export function kindRules(apiVersion: string, kind: string): KindRules | undefined {
  return kinds.get(`${apiVersion}/${kind}`);
}

export function typeRules(typeName: string): TypeRules | undefined {
  return types.get(typeName);
}

function checkPod(object: Fields): void {
  const spec = object.objectOrEmpty('spec');
  checkPodAnnotations(object.objectOrEmpty('metadata'));
  checkPodSpec(spec, { isPod: true, podName: object.objectOrEmpty('metadata').text('name') });
  // Said by admission, which knows the classes; a pod without a class is refused on every cluster.
  if (spec.keys('overhead').length > 0 && !spec.has('runtimeClassName'))
    spec.wrong('overhead', 'comes from the RuntimeClass: remove it');
  if (spec.text('serviceAccountName') !== '' || spec.text('serviceAccount') !== '') return;
  for (const volume of spec.objects('volumes')) {
    for (const source of volume.object('projected')?.objects('sources') ?? []) {
      if (source.has('serviceAccountToken'))
        source.wrong('serviceAccountToken', 'needs the pod to have a serviceAccountName');
    }
  }
}

function checkClaim(claim: Fields): void {
  checkTemplateMetadata(claim.objectOrEmpty('metadata'));
  checkClaimSpec(claim.objectOrEmpty('spec'));
}
