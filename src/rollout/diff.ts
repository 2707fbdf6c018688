import type { Container, PodSpec, PodTemplateSpec } from '../api/kubernetes.js';
import { downwardReaders } from './downward.js';
import { firstDifferences } from './difference.js';

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
  /** New images by container; those of native sidecars are in `sidecars`. */
  readonly images: Readonly<Record<string, string>>;
  /** New images of native sidecars: only a kubelet from 1.32 on changes them in place. */
  readonly sidecars: Readonly<Record<string, string>>;
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

/** Both templates as the API server stores them: with its defaults. */
export function diffTemplates(from: PodTemplateSpec, to: PodTemplateSpec): TemplateDiff {
  const images = imageChanges(from.spec?.containers, to.spec?.containers);
  const initImages = imageChanges(from.spec?.initContainers, to.spec?.initContainers);
  const sidecars = Object.fromEntries(
    Object.entries(initImages).filter(([name]) => isSidecar(to.spec?.initContainers, name)),
  );
  const labels = mapChanges(from.metadata?.labels, to.metadata?.labels);
  const annotations = mapChanges(from.metadata?.annotations, to.metadata?.annotations);
  const reasons = [
    ...firstDifferences(withoutImages(from.spec), withoutImages(to.spec), 'spec', MOST_REASONS).map(
      (path): RecreateReason => ({ path, why: 'only a new pod can have it' }),
    ),
    ...unread(to, { labels, annotations }, { ...images, ...sidecars }),
  ];
  if (reasons.length > 0) return { kind: 'recreate', reasons: reasons.slice(0, MOST_REASONS) };
  const change: PodChange = { images, sidecars, labels, annotations };
  if (Object.keys({ ...images, ...sidecars }).length > 0) return { kind: 'inPlace', change };
  const nothing = [labels, annotations, initImages].every((changes) => Object.keys(changes).length === 0);
  return nothing && sameCreationOnly(from.spec, to.spec) ? { kind: 'none' } : { kind: 'metadata', change };
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
  from: Readonly<Record<string, string>> = {},
  to: Readonly<Record<string, string>> = {},
): Record<string, string | null> {
  const changes: Record<string, string | null> = {};
  for (const [key, value] of Object.entries(to)) if (from[key] !== value) changes[key] = value;
  for (const key of Object.keys(from)) if (!Object.hasOwn(to, key)) changes[key] = null;
  return changes;
}

const isSidecar = (containers: readonly Container[] | undefined, name: string): boolean =>
  containers?.some((container) => container.name === name && container['restartPolicy'] === 'Always') === true;

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

const sameCreationOnly = (from: PodSpec | undefined, to: PodSpec | undefined): boolean =>
  CREATION_ONLY.every((field) => firstDifferences(from?.[field] ?? [], to?.[field] ?? [], field, 1).length === 0);
