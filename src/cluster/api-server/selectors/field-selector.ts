import { at, type Json } from '../json.js';
import { badRequest } from '../refusal.js';

export type FieldSelector = (object: Json) => boolean;

/** What is either true or false. */
const SWITCHES: ReadonlySet<string> = new Set(['spec.hostNetwork', 'spec.unschedulable']);
const EVERYWHERE = ['metadata.name', 'metadata.namespace'];

/** What else can be selected by, per resource. Source: the fields that each registry of Kubernetes exposes. */
const FIELDS: Readonly<Record<string, readonly string[]>> = {
  '/pods': [
    'spec.nodeName', 'spec.restartPolicy', 'spec.schedulerName', 'spec.serviceAccountName', 'spec.hostNetwork',
    'status.phase', 'status.podIP', 'status.nominatedNodeName',
  ],
  '/nodes': ['spec.unschedulable'],
  '/namespaces': ['status.phase'],
  '/secrets': ['type'],
  '/services': ['spec.clusterIP', 'spec.type'],
  '/events': [
    'involvedObject.kind', 'involvedObject.namespace', 'involvedObject.name', 'involvedObject.uid',
    'involvedObject.apiVersion', 'involvedObject.resourceVersion', 'involvedObject.fieldPath',
    'reason', 'reportingComponent', 'source', 'type',
  ],
  'events.k8s.io/events': ['reason', 'type', 'regarding.kind', 'regarding.name', 'regarding.namespace', 'regarding.uid'],
  'apps/replicasets': ['status.replicas'],
  'batch/jobs': ['status.successful'],
}; // prettier-ignore

/**
 * `status.phase=Running,metadata.name!=game-0`.
 *
 * @param custom fields that a CustomResourceDefinition allows
 * @throws Refusal 400
 */
export function fieldSelector(
  text: string,
  { group, plural, kind }: { readonly group: string; readonly plural: string; readonly kind: string },
  custom: readonly string[] = [],
): FieldSelector {
  if (text.trim() === '') return () => true;
  const allowed = new Set([...EVERYWHERE, ...(FIELDS[`${group}/${plural}`] ?? []), ...custom]);
  const requirements = text.split(/(?<!\\),/).map((part): FieldSelector => {
    const [, field = '', operator, written = ''] = /^([^=!]+?)(==|=|!=)(.*)$/.exec(part.trim()) ?? [];
    if (operator === undefined)
      throw badRequest(`invalid selector: ${JSON.stringify(text)}; can't understand ${JSON.stringify(part)}`);
    if (!allowed.has(field))
      throw badRequest(
        `Unable to find "/, Resource=${plural}" that match label selector "", field selector ${JSON.stringify(text)}: field label not supported for ${kind}: ${field}`,
      );
    const wanted = written.replaceAll(/\\([\\,=])/g, '$1');
    const path = field.split('.');
    const equals = operator !== '!=';
    const empty = SWITCHES.has(field) ? 'false' : '';
    return (object) => ((shown(at(object, ...path)) || empty) === wanted) === equals;
  });
  return (object) => requirements.every((holds) => holds(object));
}

/** What is not there reads as its empty value. */
function shown(value: unknown): string {
  return value === undefined || value === null ? '' : String(value);
}
