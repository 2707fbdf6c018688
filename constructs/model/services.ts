import { DEFAULTS } from './defaults.js';
import { workloadsOfIds } from './ids.js';
import type { IdImage } from './ids.js';
import { workloadName } from './names.js';
import type { ServiceEntry, ZoneDocument } from './resolve.js';
import type {
  ArtifactVolume,
  Autoscale,
  EnvValue,
  Exposure,
  HookStep,
  Metrics,
  Port,
  Service,
  Workload,
} from './zone.js';

/** One service per type, in the order in which the types first appear. */
export function resolveServices(document: ZoneDocument, volumes: readonly ArtifactVolume[]): Service[] {
  const byType = new Map<string, ServiceEntry[]>();
  for (const entry of document.spec.gameZone.serviceConfig) {
    const entries = byType.get(entry.type);
    if (entries) entries.push(entry);
    else byType.set(entry.type, [entry]);
  }
  return [...byType].map(([type, entries]) => resolveService(document, type, entries, volumes));
}

/** Settings that belong to one entry; all others hold for the type and may stand in any one of its entries. */
export const ENTRY_FIELDS: ReadonlySet<string> = new Set(['type', 'id', 'endId', 'image', 'overrides']);

function resolveService(
  { metadata, spec }: ZoneDocument,
  type: string,
  entries: readonly ServiceEntry[],
  volumes: readonly ArtifactVolume[],
): Service {
  const settings = settingsOfAll(entries);
  const defaults = spec.defaults ?? {};
  const ports = (settings.ports ?? []).map(portOf);
  const resources = settings.resources ?? defaults.resources;
  const budget = settings.disruptionBudget ?? defaults.disruptionBudget;
  const nodeSelector = settings.nodeSelector ?? defaults.nodeSelector;
  const tolerations = settings.tolerations ?? defaults.tolerations;
  const workloads = workloadsOf(metadata.name, type, entries, spec.gameZone.defaultImage);
  const expose = settings.expose && exposureOf(settings.expose, ports);
  const metrics = settings.metrics && metricsOf(settings.metrics, ports);
  const update = settings.update ?? (settings.replicas === undefined ? defaults.update : undefined);
  return {
    type,
    workloads,
    ports,
    ...(expose && { expose }),
    ...(settings.args && { args: settings.args }),
    env: envOf({ ...defaults.env, ...settings.env }),
    configFiles: (settings.configFiles ?? []).map(({ path, content, mode }) => ({
      path,
      content,
      mode: mode === undefined ? DEFAULTS.configFileMode : Number.parseInt(mode, 8),
    })),
    ...(settings.autoscale && { autoscale: autoscaleOf(settings.autoscale, settings.replicas) }),
    ...(metrics && { metrics }),
    ...(settings.sharedMemory !== undefined && { sharedMemory: settings.sharedMemory }),
    ...(resources && { resources }),
    probes: { ...defaults.probes, ...settings.probes },
    volumes: settings.artifacts ? volumes.filter(({ name }) => settings.artifacts!.includes(name)) : volumes,
    terminationGracePeriodSeconds:
      settings.terminationGracePeriodSeconds ??
      defaults.terminationGracePeriodSeconds ??
      DEFAULTS.terminationGracePeriodSeconds,
    minReadySeconds: settings.minReadySeconds ?? defaults.minReadySeconds ?? DEFAULTS.minReadySeconds,
    progressDeadlineSeconds:
      settings.progressDeadlineSeconds ?? defaults.progressDeadlineSeconds ?? DEFAULTS.progressDeadlineSeconds,
    podManagementPolicy: settings.podManagementPolicy ?? defaults.podManagementPolicy ?? DEFAULTS.podManagementPolicy,
    ...(budget !== 'none' && { maxDisrupted: budget?.maxUnavailable ?? DEFAULTS.maxDisrupted }),
    security: settings.security ?? spec.security ?? DEFAULTS.security,
    update: update ?? {},
    hooks: { ...defaults.hooks, ...settings.hooks } as Service['hooks'] & Record<string, HookStep>,
    ...(nodeSelector && { nodeSelector }),
    ...(tolerations && { tolerations }),
    imagePullPolicy: settings.imagePullPolicy ?? defaults.imagePullPolicy ?? DEFAULTS.imagePullPolicy,
  };
}

/** The settings of a type: each from the first entry that gives it. */
function settingsOfAll(entries: readonly ServiceEntry[]): ServiceEntry {
  if (entries.length === 1) return entries[0]!;
  return entries.toReversed().reduce<ServiceEntry>((later, entry) => ({ ...later, ...entry }), entries.at(-1)!);
}

function workloadsOf(
  zone: string,
  type: string,
  entries: readonly ServiceEntry[],
  defaultImage: string | undefined,
): Workload[] {
  const replicated = entries.find(({ replicas }) => replicas !== undefined);
  if (replicated) {
    const image = (replicated.image ?? defaultImage)!;
    return [{ kind: 'replicas', name: workloadName(zone, type), replicas: replicated.replicas!, image }];
  }
  return workloadsOfIds(
    zone,
    type,
    entries.flatMap((entry) => idsOf(entry, defaultImage)),
    defaultImage,
  );
}

function idsOf({ id, endId, image, overrides }: ServiceEntry, defaultImage: string | undefined): IdImage[] {
  const first = id!;
  return Array.from({ length: (endId ?? first) - first + 1 }, (_, offset) => ({
    id: first + offset,
    image: (overrides?.[String(first + offset)]?.image ?? image ?? defaultImage)!,
  }));
}

/** A port as written, named after its protocol and number where it has no name. */
export function portOf({ port, name, protocol = 'TCP' }: NonNullable<ServiceEntry['ports']>[number]): Port {
  return { name: name ?? `${protocol.toLowerCase()}-${port}`, port, protocol };
}

/** Ports are referred to by name, or by a number, which means every protocol on it. */
export const portsNamed = (reference: string | number, ports: readonly Port[]): Port[] =>
  ports.filter(({ name, port }) => name === reference || port === reference);

function exposureOf(expose: NonNullable<ServiceEntry['expose']>, ports: readonly Port[]): Exposure {
  const { metalLb, tencentClb } = expose.provider ?? {};
  return {
    type: expose.type,
    perId: expose.perId ?? false,
    ports: expose.ports ? expose.ports.flatMap((reference) => portsNamed(reference, ports)) : ports,
    externalTrafficPolicy: expose.externalTrafficPolicy ?? DEFAULTS.externalTrafficPolicy,
    annotations: expose.annotations ?? {},
    ...(metalLb && { metalLb }),
    ...(tencentClb && { tencentClb: { ...tencentClb, directAccess: tencentClb.directAccess ?? true } }),
  };
}

function metricsOf(metrics: NonNullable<ServiceEntry['metrics']>, ports: readonly Port[]): Metrics {
  return {
    port: portsNamed(metrics.port, ports)[0]!,
    path: metrics.path ?? DEFAULTS.metricsPath,
    scrape: metrics.scrape ?? 'annotations',
    ...(metrics.interval !== undefined && { interval: metrics.interval }),
  };
}

function autoscaleOf(autoscale: NonNullable<ServiceEntry['autoscale']>, replicas = 1): Autoscale {
  const { minReplicas, maxReplicas, cpuPercent, memoryPercent } = autoscale;
  return {
    minReplicas: minReplicas ?? Math.max(1, replicas),
    maxReplicas,
    ...(memoryPercent !== undefined && { memoryPercent }),
    ...(cpuPercent !== undefined && { cpuPercent }),
    ...(cpuPercent === undefined && memoryPercent === undefined && { cpuPercent: DEFAULTS.autoscaleCpuPercent }),
  };
}

function envOf(env: Readonly<Record<string, unknown>>): Record<string, EnvValue> {
  return Object.fromEntries(
    Object.entries(env).map(([name, value]): [string, EnvValue] => [
      name,
      typeof value === 'object' && value !== null ? { valueFrom: value } : String(value),
    ]),
  );
}
