import { LEASE } from './rules.js';
import { labels, metadata, NAME, type InstallOptions, type Manifest } from './names.js';

const PORT = 8080;

/** Two of them, on different nodes where there are several: one acts, the other takes over. */
export function deployment(options: InstallOptions): Manifest {
  return {
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: metadata(options),
    spec: {
      replicas: 2,
      selector: { matchLabels: labels },
      // The one that stands by goes first, whichever it is: there is always another one.
      strategy: { type: 'RollingUpdate', rollingUpdate: { maxUnavailable: 1, maxSurge: 0 } },
      template: { metadata: { labels }, spec: podSpec(options) },
    },
  };
}

function podSpec({ image, watchNamespace }: InstallOptions): object {
  return {
    serviceAccountName: NAME,
    // Longer than the writes under way and the lease get when the process is told to end.
    terminationGracePeriodSeconds: 30,
    securityContext: {
      runAsNonRoot: true,
      runAsUser: 65532,
      runAsGroup: 65532,
      seccompProfile: { type: 'RuntimeDefault' },
    },
    affinity: {
      podAntiAffinity: {
        preferredDuringSchedulingIgnoredDuringExecution: [
          {
            weight: 100,
            podAffinityTerm: { topologyKey: 'kubernetes.io/hostname', labelSelector: { matchLabels: labels } },
          },
        ],
      },
    },
    containers: [
      {
        name: 'controller',
        image,
        args: [
          'controller',
          `--lease-name=${LEASE}`,
          `--port=${PORT}`,
          ...(watchNamespace === undefined ? [] : [`--namespace=${watchNamespace}`]),
        ],
        env: [{ name: 'POD_NAME', valueFrom: { fieldRef: { fieldPath: 'metadata.name' } } }],
        ports: [{ name: 'http', containerPort: PORT, protocol: 'TCP' }],
        livenessProbe: { httpGet: { path: '/healthz', port: 'http' }, periodSeconds: 20, failureThreshold: 3 },
        readinessProbe: { httpGet: { path: '/readyz', port: 'http' }, periodSeconds: 5, failureThreshold: 2 },
        resources: { requests: { cpu: '100m', memory: '128Mi' }, limits: { memory: '1Gi' } },
        securityContext: {
          allowPrivilegeEscalation: false,
          readOnlyRootFilesystem: true,
          capabilities: { drop: ['ALL'] },
        },
      },
    ],
  };
}

export function disruptionBudget(options: InstallOptions): Manifest {
  return {
    apiVersion: 'policy/v1',
    kind: 'PodDisruptionBudget',
    metadata: metadata(options),
    spec: { maxUnavailable: 1, selector: { matchLabels: labels } },
  };
}

/** For scrapers. */
export function metricsService(options: InstallOptions): Manifest {
  return {
    apiVersion: 'v1',
    kind: 'Service',
    metadata: metadata(options),
    spec: {
      clusterIP: 'None',
      publishNotReadyAddresses: true,
      selector: labels,
      ports: [{ name: 'metrics', port: PORT, targetPort: 'http', protocol: 'TCP' }],
    },
  };
}
