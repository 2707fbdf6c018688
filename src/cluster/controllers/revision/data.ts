import type { Template } from '../objects.js';
import { goJson, sorted } from './go-json.js';

/** The data of a revision: a strategic merge patch that replaces the template of its set. */
export interface RevisionData {
  readonly spec: { readonly template: Template & { readonly $patch: 'replace' } };
}

/** As the StatefulSet controller keeps a template. What its Go types cannot leave out is there, empty, whoever stored it. */
export function dataOf(template: Template): RevisionData {
  const spec = { ...(template.spec as Record<string, unknown> | undefined) };
  for (const field of ['initContainers', 'containers'])
    if (Array.isArray(spec[field])) spec[field] = (spec[field] as object[]).map((one) => ({ resources: {}, ...one }));
  return sorted({ spec: { template: { ...template, spec, $patch: 'replace' } } }) as RevisionData;
}

export function isSameData(one: unknown, other: unknown): boolean {
  return goJson(one) === goJson(other);
}

/** The template that a revision keeps. */
export function templateOf(data: unknown): Template {
  const { $patch: _, ...template } = (data as RevisionData).spec.template;
  return template;
}
