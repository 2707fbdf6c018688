import type { Stored } from '../../../kube/objects.js';
import type { Core } from '../core.js';
import { frozen, isRecord, list, record, text, type Json } from '../json.js';
import { badRequest, conflict, Refusal } from '../refusal.js';
import { success } from '../success.js';

const BINDINGS = { group: '', plural: 'pods/binding', kind: 'Binding' };

/** Puts a pod on a node. Source: pkg/registry/core/pod/storage of Kubernetes. */
export function bind(core: Core, namespace: string, name: string, body: unknown, dryRun: boolean): object {
  const node = text(record(record(body)['target'])['name']);
  if (!isRecord(body)) throw badRequest('the body is no Binding');
  if (node === '') throw new Refusal(500, '', 'target.name: Required value');
  const resource = core.catalog.resource({ group: '', version: 'v1', plural: 'pods' });
  const pod = core.stored(resource, namespace, name);
  const { spec, status } = pod as unknown as { readonly spec: Json; readonly status: Json };
  const refuse = (why: string): never => {
    throw conflict(BINDINGS, name, why);
  };
  const { uid } = record(body['metadata']);
  if (text(uid) !== '' && uid !== pod.metadata.uid)
    throw conflict(
      resource,
      name,
      `Precondition failed: UID in precondition: ${text(uid)}, UID in object meta: ${pod.metadata.uid}`,
    );
  if (pod.metadata.deletionTimestamp !== undefined)
    refuse(`pod ${name} is being deleted, cannot be assigned to a host`);
  if (text(spec['nodeName']) !== '')
    refuse(`pod ${name} is already assigned to node ${JSON.stringify(spec['nodeName'])}`);
  if (list(spec['schedulingGates']).length > 0) refuse(`pod ${name} has non-empty .spec.schedulingGates`);
  if (!dryRun) {
    const { annotations } = record(body['metadata']);
    const metadata = {
      ...pod.metadata,
      ...(isRecord(annotations) && { annotations: { ...pod.metadata.annotations, ...annotations } }),
    };
    const bound = { ...pod, metadata, spec: { ...spec, nodeName: node }, status: scheduled(core, status) };
    core.storage.put(core.collection(resource), bound as unknown as Stored);
  }
  return success(201);
}

function scheduled(core: Core, status: Json): Json {
  const others = list(status['conditions']).filter((one) => record(one)['type'] !== 'PodScheduled');
  const now = core.now();
  const condition = { type: 'PodScheduled', status: 'True', lastProbeTime: null, lastTransitionTime: now };
  return frozen({ ...status, conditions: [...others, condition] });
}
