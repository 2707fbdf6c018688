import type { Path, Problem } from '../../src/api/problem.js';
import { volumeGroups } from '../model/artifacts.js';
import type { ZoneDocument } from '../model/resolve.js';
import { renamed, SERVICE_PROPS, SOURCE_PROPS, TEMPLATE_PROPS, VOLUME_PROPS, ZONE_PROPS } from './prop-names.js';
import { inWordsOfProps } from './prop-words.js';

/** The construct of a zone that said something; absent for the zone itself. */
export interface Speaker {
  readonly kind: 'service' | 'hookTemplate' | 'volume';
  readonly name: string;
}

export interface PropProblem extends Problem {
  readonly by?: Speaker;
}

/**
 * What is wrong with a document, in the words of the constructs that it was made by. What is told of several fields may be
 * one prop's, and is told once.
 */
export function inProps(document: ZoneDocument, problems: readonly Problem[]): PropProblem[] {
  const told = new Map<string, PropProblem>();
  for (const problem of problems) {
    const said = oneInProps(document, problem);
    const key = JSON.stringify([said.by, said.path, said.message]);
    if (!told.has(key)) told.set(key, said);
  }
  return [...told.values()];
}

function oneInProps(document: ZoneDocument, { hint, message, ...problem }: Problem): PropProblem {
  const { by, path: place } = propPlace(document, problem.path);
  // In a zone file a warning about a service as a whole stands at its type.
  const path = problem.severity === 'warning' && place.join() === 'type' ? [] : place;
  const [, missing] = /^`(\w+)` is missing$/.exec(message) ?? [];
  const prop = missing === undefined ? undefined : propPlace(document, [...problem.path, missing]).path.at(-1);
  return {
    ...problem,
    path,
    message: prop === undefined ? inWordsOfProps(message) : `\`${prop}\` is missing`,
    ...(hint !== undefined && { hint: inWordsOfProps(hint) }),
    ...(by && { by }),
  };
}

function propPlace({ spec }: ZoneDocument, path: Path): { readonly by?: Speaker; readonly path: Path } {
  const [root, list, ...rest] = path;
  const [index, ...inside] = rest;
  if (root === 'spec' && list === 'gameZone' && index === 'serviceConfig') {
    const [at, ...inService] = inside;
    const entry = spec.gameZone.serviceConfig[Number(at)];
    if (typeof entry?.type === 'string')
      return { by: { kind: 'service', name: entry.type }, path: renamed(inService, SERVICE_PROPS) };
  }
  if (root === 'spec' && list === 'hookTemplates') {
    const template = spec.hookTemplates?.[Number(index)];
    if (template) return { by: { kind: 'hookTemplate', name: template.name }, path: renamed(inside, TEMPLATE_PROPS) };
  }
  if (root === 'spec' && list === 'volumes') {
    const volume = spec.volumes?.[Number(index)];
    const by: Speaker | undefined = volume?.name === undefined ? undefined : { kind: 'volume', name: volume.name };
    if (volume) return { ...(by && { by }), path: renamed(inside, VOLUME_PROPS) };
  }
  if (root === 'spec' && list === 'artifacts') {
    const entry = spec.artifacts?.[Number(index)];
    // Entries without a path, which only a type error of the author's can make, are in no volume.
    const groups = spec.artifacts?.every((one) => typeof one.path === 'string') ? volumeGroups(spec) : [];
    for (const { name, entries } of entry ? groups : [])
      if (entries.includes(entry!))
        return { by: { kind: 'volume', name }, path: sourcePath(entries.indexOf(entry!), inside) };
  }
  return { path: renamed(path, ZONE_PROPS) };
}

/** The path of an entry is that of its volume; the rest is the source's own. */
const sourcePath = (index: number, inside: Path): Path =>
  inside[0] === 'path' ? ['mountPath', ...inside.slice(1)] : ['sources', index, ...renamed(inside, SOURCE_PROPS)];
