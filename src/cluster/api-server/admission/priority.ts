import type { ServedResource } from '../catalog/served-resource.js';
import type { Core } from '../core.js';
import { record, text, type Json } from '../json.js';
import { forbidden } from '../refusal.js';

/** Source: the Priority admission plugin. */
export function withPriority(core: Core, resource: ServedResource, pod: Json): Json {
  const spec = record(pod['spec']);
  const name = text(spec['priorityClassName']);
  const classes = core.collection({ id: 'scheduling.k8s.io/priorityclasses' });
  const chosen =
    name === ''
      ? [...classes.values()].map((one) => one as unknown as Json).find(({ globalDefault }) => globalDefault === true)
      : (classes.get(name) as unknown as Json | undefined);
  if (name !== '' && chosen === undefined)
    throw forbidden(resource, podName(pod), `no PriorityClass with name ${name} was found`);
  const priority = typeof chosen?.['value'] === 'number' ? chosen['value'] : 0;
  if (spec['priority'] !== undefined && spec['priority'] !== priority)
    throw forbidden(
      resource,
      podName(pod),
      `the integer value of priority (${String(spec['priority'])}) must not be provided in pod spec; priority admission controller computed ${priority} from the given PriorityClass name`,
    );
  const preemptionPolicy = chosen?.['preemptionPolicy'] ?? 'PreemptLowerPriority';
  if (spec['preemptionPolicy'] !== undefined && spec['preemptionPolicy'] !== preemptionPolicy)
    throw forbidden(
      resource,
      podName(pod),
      `the string value of PreemptionPolicy (${text(spec['preemptionPolicy'])}) must not be provided in pod spec; priority admission controller computed ${text(preemptionPolicy)} from the given PriorityClass name`,
    );
  const className = name === '' && chosen ? { priorityClassName: text(record(chosen['metadata'])['name']) } : {};
  return { ...pod, spec: { ...spec, ...className, priority, preemptionPolicy } };
}

function podName(pod: Json): string {
  return text(record(pod['metadata'])['name']);
}
