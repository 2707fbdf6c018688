import type { Metrics, Service, Workload, Zone } from '../model/zone.js';
import { artifactMount, artifactPodVolume } from './artifacts.js';
import { peersSource, renderContainer } from './config-files.js';
import type { ConfigParts } from './config-files.js';
import { ID_VARIABLE, releaseAnnotation, serviceVariables, variableName } from './environment.js';
import { LABELS, memberLabels, unlessEmpty } from './manifest.js';
import { containerSecurity, podSecurity } from './security.js';

/** The labels by which a workload finds its own pods, and no others' of the same service. */
export const selectorLabels = (zone: Zone, service: Service, workload: Workload): Record<string, string> => ({
  ...memberLabels(zone, service.type),
  [LABELS.workload]: workload.name,
});

/** The pod template of a workload. */
export function podTemplate(zone: Zone, service: Service, workload: Workload, config: ConfigParts): object {
  const env = serviceVariables(zone, service, workload.kind);
  const securityContext = containerSecurity(service.security);
  const annotations = {
    ...Object.fromEntries(
      service.volumes
        .filter(({ release }) => release !== undefined)
        .map((volume) => [releaseAnnotation(volume), volume.release!]),
    ),
    ...(service.metrics?.scrape === 'annotations' && scrapeAnnotations(service.metrics)),
  };
  return {
    metadata: {
      labels: {
        'app.kubernetes.io/name': service.type,
        'app.kubernetes.io/instance': zone.name,
        ...selectorLabels(zone, service, workload),
      },
      ...(Object.keys(annotations).length > 0 && { annotations }),
    },
    spec: {
      ...podSecurity(service.security),
      ...(zone.pods.serviceAccountName !== undefined && { serviceAccountName: zone.pods.serviceAccountName }),
      terminationGracePeriodSeconds: service.terminationGracePeriodSeconds,
      ...(service.nodeSelector && { nodeSelector: service.nodeSelector }),
      ...(service.tolerations && { tolerations: service.tolerations }),
      ...unlessEmpty(
        'imagePullSecrets',
        zone.pods.imagePullSecrets.map((name) => ({ name })),
      ),
      ...(config.renderMounts && {
        initContainers: [renderContainer(zone, env, config.renderMounts, securityContext)],
      }),
      containers: [
        {
          name: service.type,
          image: workload.image,
          imagePullPolicy: service.imagePullPolicy,
          args: service.args ?? defaultArguments(zone, service, workload),
          env,
          envFrom: [peersSource(zone)],
          ...unlessEmpty('ports', containerPorts(service)),
          ...(service.resources && { resources: service.resources }),
          ...probes(service),
          securityContext,
          ...unlessEmpty('volumeMounts', [
            ...(service.sharedMemory === undefined ? [] : [{ name: 'shared-memory', mountPath: '/dev/shm' }]),
            ...service.volumes.map((volume) => artifactMount(zone, volume)),
            ...config.mounts,
          ]),
        },
      ],
      ...unlessEmpty('volumes', [
        ...(service.sharedMemory === undefined
          ? []
          : [{ name: 'shared-memory', emptyDir: { medium: 'Memory', sizeLimit: service.sharedMemory } }]),
        ...service.volumes.map((volume) => artifactPodVolume(zone, volume)),
        ...config.volumes,
      ]),
    },
  };
}

const defaultArguments = (zone: Zone, { type }: Service, { kind }: Workload): string[] => [
  ...['--type', type],
  ...(kind === 'ids' ? ['--id', `$(${variableName(zone, ID_VARIABLE)})`] : []),
  ...['--zone', String(zone.zoneId)],
];

function containerPorts({ ports, expose }: Service): object[] {
  return ports.map((port) => ({
    name: port.name,
    containerPort: port.port,
    ...(expose?.type === 'HostPort' && expose.ports.includes(port) && { hostPort: port.port }),
    protocol: port.protocol,
  }));
}

function probes({ probes: { readiness, liveness, startup }, ports }: Service): object {
  const tcpPort = ports.find(({ protocol }) => protocol === 'TCP');
  const readinessProbe = readiness ?? (tcpPort ? { tcpSocket: { port: tcpPort.port } } : 'none');
  return {
    ...(startup !== undefined && startup !== 'none' && { startupProbe: startup }),
    ...(readinessProbe !== 'none' && { readinessProbe }),
    ...(liveness !== undefined && liveness !== 'none' && { livenessProbe: liveness }),
  };
}

const scrapeAnnotations = ({ port, path }: Metrics): Record<string, string> => ({
  'prometheus.io/scrape': 'true',
  'prometheus.io/port': String(port.port),
  'prometheus.io/path': path,
});
