import type { Stored } from '../../../kube/objects.js';
import type { ServedResource } from '../catalog/served-resource.js';
import type { Core } from '../core.js';
import { isRecord, list, record, text, type Json } from '../json.js';
import { badRequest, forbidden, Refusal, tooManyRequests } from '../refusal.js';
import { labelSelector } from '../selectors/label-selector.js';
import { success } from '../success.js';
import type { Deleter, Deletion } from '../writes/deleter.js';
import { checkPreconditions } from '../writes/deleter.js';
import type { Writer } from '../writes/writer.js';
import { selectorText } from './scale.js';

const VIOLATION = "Cannot evict pod as it would violate the pod's disruption budget.";
const MANY = 'This pod has more than one PodDisruptionBudget, which the eviction subresource does not support.';

/** What an eviction is done with. */
export interface Evicting {
  readonly core: Core;
  readonly writer: Writer;
  readonly deleter: Deleter;
}

/** Deletes a pod if its budget allows. Source: pkg/registry/core/pod/storage/eviction.go of Kubernetes. */
export function evict(
  parts: Evicting,
  { namespace, name }: { readonly namespace: string; readonly name: string },
  body: unknown,
  isDryRun: boolean,
): object {
  if (!isRecord(body)) throw badRequest('the body is no Eviction');
  const { core, deleter } = parts;
  const own = text(record(body['metadata'])['name']);
  if (own !== name) throw badRequest('name in URL does not match name in Eviction object');
  const pods = core.catalog.resource({ group: '', version: 'v1', plural: 'pods' });
  const deletion = deletionOf(record(body['deleteOptions']), isDryRun);
  const pod = core.stored(pods, namespace, name);
  if (!isFree(pod)) askBudget(parts, pod, deletion.dryRun);
  // Whoever meant another pod has taken from the budget already.
  checkPreconditions(pods, pod, deletion);
  if (!deletion.dryRun) markDisrupted(core, pods, pod);
  deleter.delete(pods, namespace, name, { ...deletion, resourceVersion: undefined });
  return success(201);
}

function markDisrupted(core: Core, pods: ServedResource, pod: Stored): void {
  const status = statusOf(pod);
  const others = list(status['conditions']).filter((one) => record(one)['type'] !== 'DisruptionTarget');
  const condition = {
    type: 'DisruptionTarget',
    status: 'True',
    lastProbeTime: null,
    lastTransitionTime: core.now(),
    reason: 'EvictionByEvictionAPI',
    message: 'Eviction API: evicting',
  };
  const next = { ...pod, status: { ...status, conditions: [...others, condition] } };
  core.storage.put(core.collection(pods), next);
}

function deletionOf(options: Json, isDryRun: boolean): Deletion {
  const { uid, resourceVersion } = record(options['preconditions']);
  const { gracePeriodSeconds, propagationPolicy, dryRun } = options;
  return {
    ...(typeof uid === 'string' && { uid }),
    ...(typeof resourceVersion === 'string' && { resourceVersion }),
    ...(typeof gracePeriodSeconds === 'number' && { gracePeriodSeconds }),
    ...(typeof propagationPolicy === 'string' && { propagation: propagationPolicy }),
    dryRun: isDryRun || list(dryRun).includes('All'),
  };
}

/** Pods that have ended, not begun, or are going take nothing from anybody. */
function isFree(pod: Stored): boolean {
  const phase = text(statusOf(pod)['phase']);
  return pod.metadata.deletionTimestamp !== undefined || ['Succeeded', 'Failed', 'Pending'].includes(phase);
}

function askBudget(parts: Evicting, pod: Stored, dryRun: boolean): void {
  const { core } = parts;
  const resource = core.catalog.resource({ group: 'policy', version: 'v1', plural: 'poddisruptionbudgets' });
  const budgets = [...core.collection(resource).values()].filter((budget) => isOver(budget, pod));
  if (budgets.length > 1) throw new Refusal(500, '', MANY);
  const [budget] = budgets;
  if (!budget) return;
  const { desiredHealthy, currentHealthy } = statusOf(budget) as Readonly<Record<string, number>>;
  if (!isReady(pod)) {
    const policy = record((budget as unknown as Json)['spec'])['unhealthyPodEvictionPolicy'];
    const isHealthy = (currentHealthy ?? 0) >= (desiredHealthy ?? 0) && (desiredHealthy ?? 0) > 0;
    if (policy === 'AlwaysAllow' || isHealthy) return;
  }
  take(parts, resource, budget, pod, dryRun);
}

function take(
  { core, writer }: Evicting,
  resource: ServedResource,
  budget: Stored,
  pod: Stored,
  dryRun: boolean,
): void {
  const status = statusOf(budget);
  const { name, generation = 0 } = budget.metadata;
  const number = (field: string): number => (typeof status[field] === 'number' ? status[field] : 0);
  const refused = (message: string, retryAfter?: number): Refusal =>
    tooManyRequests(VIOLATION, [{ reason: 'DisruptionBudget', message }], retryAfter);
  if (number('observedGeneration') < generation)
    throw refused(`The disruption budget ${name} is still being processed by the server.`, 10);
  const allowed = number('disruptionsAllowed');
  if (allowed < 0) throw forbidden(resource, name, 'pdb disruptions allowed is negative');
  if (allowed === 0)
    throw refused(
      `The disruption budget ${name} needs ${number('desiredHealthy')} healthy pods and has ${number('currentHealthy')} currently`,
    );
  if (dryRun) return;
  const disruptedPods = { ...record(status['disruptedPods']), [pod.metadata.name]: core.now() };
  const next = { ...status, disruptionsAllowed: allowed - 1, disruptedPods };
  const exhausted = allowed === 1 ? { ...next, conditions: exhaustedConditions(core, status) } : next;
  const caller = {
    user: 'system:apiserver',
    fieldManager: 'kube-apiserver',
    fieldValidation: 'Ignore',
    dryRun,
  } as const;
  writer.change(resource, budget, { ...budget, status: exhausted }, caller, { subresource: 'status' });
}

/** Source: UpdateDisruptionAllowedCondition. */
function exhaustedConditions(core: Core, status: Json): Json[] {
  const all = list(status['conditions']).map(record);
  const was = all.find(({ type }) => type === 'DisruptionAllowed');
  const lastTransitionTime = was?.['status'] === 'False' ? was['lastTransitionTime'] : core.now();
  const observed =
    typeof status['observedGeneration'] === 'number' ? { observedGeneration: status['observedGeneration'] } : {};
  const now: Json = {
    type: 'DisruptionAllowed',
    status: 'False',
    reason: 'InsufficientPods',
    message: '',
    lastTransitionTime,
    ...observed,
  };
  return was ? all.map((one) => (one === was ? now : one)) : [...all, now];
}

function isOver(budget: Stored, pod: Stored): boolean {
  if (budget.metadata.namespace !== pod.metadata.namespace) return false;
  const { selector } = record((budget as unknown as Json)['spec']);
  return isRecord(selector) && labelSelector(selectorText(selector))(record(pod.metadata.labels));
}

function isReady(pod: Stored): boolean {
  const ready = list(statusOf(pod)['conditions'])
    .map(record)
    .find(({ type }) => type === 'Ready');
  return ready?.['status'] === 'True';
}

function statusOf(object: Stored): Json {
  return record((object as unknown as Json)['status']);
}
