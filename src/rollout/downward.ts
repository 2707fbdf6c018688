import type { Container, PodSpec } from '../api/kubernetes.js';
import { isSidecar } from '../api/pod.js';

/** A container that reads a label or an annotation of its pod when it starts. */
export interface DownwardReader {
  readonly container: string;
  /** Where in the template: `spec.containers[0].env[2]`. */
  readonly path: string;
  readonly field: 'labels' | 'annotations';
  readonly key: string;
}

/** Environment variables only: files of a downward API volume follow the pod while it runs. */
export function downwardReaders(spec: PodSpec | undefined): DownwardReader[] {
  return (['containers', 'initContainers'] as const).flatMap((field) =>
    (spec?.[field] ?? []).flatMap((container, index) =>
      // What a plain init container read is over when the pod runs.
      field === 'initContainers' && !isSidecar(container) ? [] : readersIn(container, `spec.${field}[${index}]`),
    ),
  );
}

function readersIn(container: Container, path: string): DownwardReader[] {
  const env = container['env'];
  if (!Array.isArray(env)) return [];
  return env.flatMap((variable: unknown, index): DownwardReader[] => {
    const fieldPath = (variable as { valueFrom?: { fieldRef?: { fieldPath?: unknown } } } | null)?.valueFrom?.fieldRef
      ?.fieldPath;
    const [, field, key] = /^metadata\.(labels|annotations)\['(.+)'\]$/.exec(String(fieldPath)) ?? [];
    if (key === undefined) return [];
    return [
      { container: container.name, path: `${path}.env[${index}]`, field: field as 'labels' | 'annotations', key },
    ];
  });
}
