import { isReady } from '../../../src/api/pod.js';
import { gateOf, imagesOf, isLeaving, planned, revisionOf } from './readings.js';
import type { Step, Write } from './timeline.js';

// The lines that a report of a breach shows.

export function describeWrite({ at, user, verb, resource, subresource, name, code, isOurs, body }: Write): string {
  const what = [resource, subresource].filter(Boolean).join('/');
  const outcome = code < 300 ? '' : ` (${code})`;
  return `${clock(at)}  > ${user} ${isOurs ? wordFor({ verb, resource, body }) : verb} ${what} ${name}${outcome}`;
}

export function describeStep(step: Step): string {
  const by = step.by ? '  by us' : '';
  return `${clock(step.at)}    ${step.type} ${step.resource} ${step.object.metadata.name ?? ''}  ${detailsOf(step)}${by}`;
}

function detailsOf(step: Step): string {
  switch (step.resource) {
    case 'pods': {
      const { object } = step;
      const images = [...imagesOf(object).values()].join(',');
      return [
        images,
        `revision=${revisionOf(object) ?? ''}`,
        isReady(object) ? 'Ready' : 'not Ready',
        `gate ${gateOf(object)}`,
        ...(planned(object) === undefined ? [] : [`planned ${planned(object)!}`]),
        ...(isLeaving(object) ? ['leaving'] : []),
      ].join(' ');
    }
    case 'statefulsets': {
      const { spec, status = {} } = step.object;
      const partition = spec.updateStrategy?.rollingUpdate?.partition ?? 0;
      return `replicas=${spec.replicas ?? 1} partition=${partition === 2 ** 31 - 1 ? 'closed' : partition} current=${status.currentRevision ?? ''} update=${status.updateRevision ?? ''}`;
    }
    case 'gamestatefulsets': {
      const { spec, status = {} } = step.object;
      return `replicas=${spec.replicas ?? 1} ${status.phase ?? ''}: ${status.message ?? ''}`;
    }
  }
}

interface Sent {
  readonly status?: { readonly conditions?: readonly { readonly status?: string }[] };
}

/** What a write of ours does, in a word: `close`, `update`, `open`, `delete`; of a StatefulSet the fields it changes. */
export function wordFor({ verb, resource, body }: Pick<Write, 'verb' | 'resource' | 'body'>): string {
  if (verb !== 'patch') return verb;
  if (resource === 'pods') {
    const [condition] = (body as Sent).status?.conditions ?? [];
    return condition ? (condition.status === 'True' ? 'open' : 'close') : 'update';
  }
  if (!Array.isArray(body)) return verb;
  const paths = (body as readonly { readonly path: string }[]).map(({ path }) => path.split('/').at(-1)!);
  return paths.filter((field) => field !== 'resourceVersion').join('+');
}

const clock = (at: number): string => new Date(at).toISOString().slice(14, 23);
