import { isSidecar } from '../api/pod.js';
import type { Container, PodSpec, PodTemplateSpec } from '../api/kubernetes.js';
import { firstDifferences } from './difference.js';
import { downwardReaders } from './downward.js';
import { isReserved } from './reserved.js';

/** What a running pod needs to become another template: rollout.md section 4. The one answer for controller, `diff` and `plan`. */
export type TemplateDiff =
  | { readonly kind: 'none' }
  /** Labels, annotations, and what only new pods read. No budget, hook or gate. */
  | { readonly kind: 'metadata'; readonly change: PodChange }
  /** Images of containers, and whatever metadata changes with them. */
  | { readonly kind: 'inPlace'; readonly change: PodChange }
  /** Only a new pod can have it. */
  | { readonly kind: 'recreate'; readonly reasons: readonly RecreateReason[] };

export interface PodChange {
  /** New images by container; those of init containers are below. */
  readonly images: Readonly<Record<string, string>>;
  /** New images of native sidecars: only a kubelet from 1.32 on changes them in place. */
  readonly sidecars: Readonly<Record<string, string>>;
  /** New images of plain init containers: a pod that has started has no use for them, one that cannot start may need them. */
  readonly initImages: Readonly<Record<string, string>>;
  /** null removes. */
  readonly labels: Readonly<Record<string, string | null>>;
  readonly annotations: Readonly<Record<string, string | null>>;
}

export interface RecreateReason {
  /** In the template: `spec.containers[0].env[3].value`. */
  readonly path: string;
  readonly why: string;
}

/** Differences after which no more are looked for: nobody reads a longer list. */
const MOST_REASONS = 5;

/**
 * Both templates as the API server stores them: with its defaults. `selectorKeys` are the labels that the workload's selector
 * speaks of: a running pod keeps them, or it would be nobody's.
 */
export function diffTemplates(
  from: PodTemplateSpec,
  to: PodTemplateSpec,
  selectorKeys: ReadonlySet<string> = new Set(),
): TemplateDiff {
  const images = imageChanges(from.spec?.containers, to.spec?.containers);
  const inits = imageChanges(from.spec?.initContainers, to.spec?.initContainers);
  const [sidecars, initImages] = apart(inits, sidecarNames(to.spec));
  const labels = mapChanges('labels', from.metadata?.labels, to.metadata?.labels);
  const annotations = mapChanges('annotations', from.metadata?.annotations, to.metadata?.annotations);
  const reasons = [
    ...firstDifferences(withoutImages(from.spec), withoutImages(to.spec), ['spec'], MOST_REASONS).map(
      (path): RecreateReason => ({ path, why: 'only a new pod can have it' }),
    ),
    ...Object.keys(labels)
      .filter((key) => selectorKeys.has(key))
      .map((key): RecreateReason => ({ path: `metadata.labels["${key}"]`, why: 'the selector needs it' })),
    ...unread(to, { labels, annotations }, { ...images, ...sidecars }),
  ];
  if (reasons.length > 0) return { kind: 'recreate', reasons: reasons.slice(0, MOST_REASONS) };
  const change: PodChange = { images, sidecars, initImages, labels, annotations };
  if (!areEmpty([images, sidecars])) return { kind: 'inPlace', change };
  return areEmpty([initImages, labels, annotations]) && isSameAtCreation(from, to)
    ? { kind: 'none' }
    : { kind: 'metadata', change };
}

/**
 * Metadata that a container reads through its environment reaches it when it starts, so it comes with a new image or not
 * at all: research/inplace-lab.md C.
 */
function unread(
  to: PodTemplateSpec,
  changes: Pick<PodChange, 'labels' | 'annotations'>,
  images: Readonly<Record<string, string>>,
): RecreateReason[] {
  return downwardReaders(to.spec).flatMap(({ container, path, field, key }) => {
    const changed = Object.hasOwn(changes[field], key);
    if (!changed || Object.hasOwn(images, container)) return [];
    const why = `container ${container} reads it when it starts, and its image stays`;
    return [{ path: `metadata.${field}["${key}"] (read at ${path})`, why }];
  });
}

function imageChanges(
  from: readonly Container[] | undefined,
  to: readonly Container[] | undefined,
): Record<string, string> {
  const before = new Map(from?.map(({ name, image }) => [name, image]));
  return Object.fromEntries(
    (to ?? []).flatMap(({ name, image }) =>
      image === undefined || !before.has(name) || before.get(name) === image ? [] : [[name, image]],
    ),
  );
}

function mapChanges(
  field: 'labels' | 'annotations',
  from: Readonly<Record<string, string>> = {},
  to: Readonly<Record<string, string>> = {},
): Record<string, string | null> {
  const changes: Record<string, string | null> = {};
  for (const [key, value] of Object.entries(to)) if (from[key] !== value) changes[key] = value;
  for (const key of Object.keys(from)) if (!Object.hasOwn(to, key)) changes[key] = null;
  return Object.fromEntries(Object.entries(changes).filter(([key]) => !isReserved(field, key)));
}

const sidecarNames = (spec: PodSpec | undefined): ReadonlySet<string> =>
  new Set(spec?.initContainers?.filter(isSidecar).map(({ name }) => name));

function apart(
  images: Readonly<Record<string, string>>,
  names: ReadonlySet<string>,
): [named: Record<string, string>, others: Record<string, string>] {
  const pick = (isNamed: boolean) =>
    Object.fromEntries(Object.entries(images).filter(([name]) => names.has(name) === isNamed));
  return [pick(true), pick(false)];
}

/** Read when a pod is created, and never again: a running pod has no use for a change. */
const CREATION_ONLY = ['readinessGates', 'schedulingGates'] as const;

function withoutImages(spec: PodSpec | undefined): Readonly<Record<string, unknown>> {
  const rest: Record<string, unknown> = { ...spec };
  for (const field of CREATION_ONLY) delete rest[field];
  for (const field of ['containers', 'initContainers'] as const) {
    const containers = spec?.[field];
    if (containers) rest[field] = containers.map(({ image: _, ...others }) => others);
  }
  return rest;
}

function isSameAtCreation(from: PodTemplateSpec, to: PodTemplateSpec): boolean {
  const read = ({ metadata, spec }: PodTemplateSpec) => [
    metadata?.['finalizers'],
    ...CREATION_ONLY.map((field) => spec?.[field]),
  ];
  return firstDifferences(read(from), read(to), [], 1).length === 0;
}

const areEmpty = (changes: readonly object[]): boolean => changes.every((change) => Object.keys(change).length === 0);
