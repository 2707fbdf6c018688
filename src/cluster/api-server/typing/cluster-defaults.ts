import { isRecord, list, record, text } from '../json.js';
import type { Defaults } from './defaults.js';
import { setTo } from './set-to.js';

/** Of what is around the workloads. */
export const clusterDefaults: Defaults = {
  'io.k8s.api.core.v1.Namespace': ({ metadata }) => {
    const meta = record(metadata);
    const name = text(meta['name']);
    if (name !== '') meta['labels'] = { ...record(meta['labels']), 'kubernetes.io/metadata.name': name };
  },
  'io.k8s.api.core.v1.Secret': (secret) => {
    setTo(secret, { type: 'Opaque' });
    // Plain text is only for writing.
    const written = Object.entries(record(secret['stringData']));
    delete secret['stringData'];
    if (written.length === 0) return;
    const encoded = written.map(([key, value]) => [key, Buffer.from(text(value)).toString('base64')]);
    secret['data'] = { ...record(secret['data']), ...Object.fromEntries(encoded) };
  },
  'io.k8s.api.core.v1.Service': ({ spec }) => {
    const service = record(spec);
    setTo(service, { sessionAffinity: 'None', type: 'ClusterIP' });
    const type = text(service['type']);
    if (service['sessionAffinity'] === 'None') delete service['sessionAffinityConfig'];
    else {
      setTo(service, { sessionAffinityConfig: { clientIP: { timeoutSeconds: 10800 } } });
    }
    for (const port of list(service['ports'])) {
      if (!isRecord(port)) continue;
      setTo(port, { protocol: 'TCP' });
      if (!port['targetPort']) port['targetPort'] = port['port'];
    }
    const isOpen = type === 'ClusterIP' && list(service['externalIPs']).length > 0;
    if (type === 'NodePort' || type === 'LoadBalancer' || isOpen) setTo(service, { externalTrafficPolicy: 'Cluster' });
    if (type !== 'ExternalName') setTo(service, { internalTrafficPolicy: 'Cluster' });
    if (type === 'LoadBalancer') setTo(service, { allocateLoadBalancerNodePorts: true });
  },
  'io.k8s.api.core.v1.EndpointPort': (port) => setTo(port, { protocol: 'TCP' }),
  'io.k8s.api.discovery.v1.EndpointPort': (port) => {
    setTo(port, { protocol: 'TCP' });
    if (port['name'] === undefined) port['name'] = '';
  },
  'io.k8s.api.networking.v1.NetworkPolicy': ({ spec }) => {
    const policy = record(spec);
    const egress = policy['egress'] !== undefined;
    setTo(policy, { policyTypes: egress ? ['Ingress', 'Egress'] : ['Ingress'] });
  },
  'io.k8s.api.networking.v1.NetworkPolicyPort': (port) => setTo(port, { protocol: 'TCP' }),
  'io.k8s.api.autoscaling.v2.HorizontalPodAutoscaler': ({ spec }) => setTo(record(spec), { minReplicas: 1 }),
  'io.k8s.api.scheduling.v1.PriorityClass': (priorityClass) =>
    setTo(priorityClass, { preemptionPolicy: 'PreemptLowerPriority' }),
  'io.k8s.api.storage.v1.StorageClass': (storageClass) =>
    setTo(storageClass, { reclaimPolicy: 'Delete', volumeBindingMode: 'Immediate' }),
  'io.k8s.api.rbac.v1.Subject': (subject) => {
    if (subject['kind'] === 'User' || subject['kind'] === 'Group')
      setTo(subject, { apiGroup: 'rbac.authorization.k8s.io' });
  },
  'io.k8s.api.rbac.v1.RoleRef': (role) => setTo(role, { apiGroup: 'rbac.authorization.k8s.io' }),
  'io.k8s.apiextensions-apiserver.pkg.apis.apiextensions.v1.CustomResourceDefinition': ({ spec }) => {
    const definition = record(spec);
    const names = record(definition['names']);
    const kind = text(names['kind']);
    setTo(names, { singular: kind.toLowerCase(), listKind: `${kind}List` });
    setTo(definition, { conversion: { strategy: 'None' } });
  },
};
