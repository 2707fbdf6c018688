import type { Zone } from '../model/zone.js';
import { frozen, oncePerZone } from './once.js';

/** A plain Kubernetes object, ready to be written. */
export interface Manifest {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata: {
    readonly name: string;
    readonly namespace?: string;
    readonly labels?: Readonly<Record<string, string>>;
    readonly annotations?: Readonly<Record<string, string>>;
  };
  readonly [field: string]: unknown;
}

export const LABELS = {
  zone: 'gamezone.dev/zone',
  service: 'gamezone.dev/service',
  workload: 'gamezone.dev/workload',
  job: 'gamezone.dev/job',
  release: 'gamezone.dev/release',
} as const;

interface Header {
  readonly name: string;
  readonly service?: string;
  readonly labels?: Readonly<Record<string, string>>;
  readonly annotations?: Readonly<Record<string, string>>;
}

/** The object's metadata: the zone's labels and annotations, ours, and the object's own, in this order. */
export function metadataOf(zone: Zone, { name, service, labels, annotations }: Header): Manifest['metadata'] {
  const common = objectLabels(zone)(service);
  const allAnnotations = annotations ? { ...zone.annotations, ...annotations } : zone.annotations;
  return {
    name,
    ...(zone.namespace !== undefined && { namespace: zone.namespace }),
    labels: labels ? { ...common, ...labels } : common,
    ...(Object.keys(allAnnotations).length > 0 && { annotations: allAnnotations }),
  };
}

/** The labels of every object of a service, or of the zone as a whole; all objects of a service share them. */
const objectLabels = oncePerZone((zone: Zone) => {
  const made = new Map<string | undefined, Readonly<Record<string, string>>>();
  return (service: string | undefined): Readonly<Record<string, string>> => {
    const known = made.get(service);
    if (known) return known;
    const labels = frozen({
      ...zone.labels,
      ...(service !== undefined && { 'app.kubernetes.io/name': service }),
      'app.kubernetes.io/instance': zone.name,
      'app.kubernetes.io/managed-by': 'gamezone',
      ...memberLabels(zone, service),
    });
    made.set(service, labels);
    return labels;
  };
});

/** What finds the pods of a service, whichever workload they belong to. */
export function memberLabels(zone: Zone, service: string | undefined): Record<string, string> {
  return { [LABELS.zone]: zone.name, ...(service !== undefined && { [LABELS.service]: service }) };
}

/**
 * The labels of a Job's pods: no service label, which would put them behind a Service, and none of the author's, since
 * a Job's name is a digest of its template and a new label must not run a migration again.
 */
export const jobLabels = (zone: Zone, job: string): Record<string, string> => ({
  ...memberLabels(zone, undefined),
  [LABELS.job]: job,
});

/** `entries` as an object field, or nothing at all when there are none. */
export const unlessEmpty = <K extends string, T>(field: K, entries: readonly T[]): { [field in K]?: readonly T[] } =>
  (entries.length > 0 ? { [field]: entries } : {}) as { [field in K]?: readonly T[] };

/**
 * The content of a Secret, as the API server keeps it: `stringData` would be sent again by every `kubectl apply`, since
 * nothing of it is in the object that is there.
 */
export const secretData = (texts: Readonly<Record<string, string>>): Record<string, string> =>
  Object.fromEntries(Object.entries(texts).map(([key, text]) => [key, Buffer.from(text).toString('base64')]));
