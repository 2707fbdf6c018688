import { isEqual, list, record, text, withAt, type Json } from '../json.js';
import {
  counted,
  fieldIsImmutable,
  forbiddenField,
  immutable,
  invalidField,
  plain,
  withStatus,
  type Strategy,
  type Surroundings,
} from './strategy.js';

/** First the objects of a definition go. */
export const CLEANUP = 'customresourcecleanup.apiextensions.k8s.io';

/** Of ConfigMaps and Secrets: with `immutable: true` nothing changes but metadata. */
export const dataStrategy: Strategy = {
  ...plain,
  checkUpdate(next, live) {
    const type = next['kind'] === 'Secret' ? immutable(next, live, 'type') : [];
    if (live['immutable'] !== true) return type;
    const changed = ['data', 'binaryData'].filter((name) => !isEqual(record(next[name]), record(live[name])));
    return [
      ...type,
      ...(next['immutable'] === true
        ? []
        : [forbiddenField('immutable', 'field is immutable when `immutable` is set')]),
      ...changed.map((name) => forbiddenField(name, 'field is immutable when `immutable` is set')),
    ];
  },
};

export const serviceStrategy: Strategy = {
  ...withStatus,
  createsOnUpdate: true,
  create: (service, around) => ({
    ...service,
    spec: addressed(record(service['spec']), around),
    status: { loadBalancer: {} },
  }),
  update(next, live, subresource, around) {
    if (subresource === 'status') return withStatus.update(next, live, subresource, around);
    const [spec, old] = [record(next['spec']), record(live['spec'])];
    const isSame = text(spec['type']) !== 'ExternalName' && text(old['type']) !== 'ExternalName';
    const kept: Json = {};
    if (isSame)
      for (const name of ['clusterIP', 'clusterIPs', 'ipFamilies', 'ipFamilyPolicy'])
        if (spec[name] === undefined || spec[name] === '') kept[name] = old[name];
    return withStatus.update({ ...next, spec: addressed({ ...spec, ...kept }, around) }, live, subresource, around);
  },
  checkUpdate(next, live, subresource) {
    const [now, was] = [record(next['spec']), record(live['spec'])];
    if (subresource !== '' || was['type'] === 'ExternalName' || now['type'] === 'ExternalName') return [];
    if (now['ipFamilyPolicy'] === 'RequireDualStack' && Object.keys(record(now['selector'])).length > 0) {
      const message = 'this cluster is not configured for dual-stack services';
      return [invalidField('spec.ipFamilyPolicy', now['ipFamilyPolicy'], message)];
    }
    return now['clusterIP'] === was['clusterIP'] ? [] : [fieldIsImmutable('spec.clusterIPs[0]', now['clusterIP'])];
  },
};

function addressed(spec: Json, around: Surroundings): Json {
  if (spec['type'] === 'ExternalName') return spec;
  const clusterIP = text(spec['clusterIP']) || text(list(spec['clusterIPs'])[0]) || around.clusterIp();
  // Whoever writes its endpoints may write any.
  const isOpen = clusterIP === 'None' && Object.keys(record(spec['selector'])).length === 0;
  return {
    ...spec,
    clusterIP,
    clusterIPs: list(spec['clusterIPs']).length > 0 ? spec['clusterIPs'] : [clusterIP],
    ipFamilies: list(spec['ipFamilies']).length > 0 ? spec['ipFamilies'] : isOpen ? ['IPv4', 'IPv6'] : ['IPv4'],
    ipFamilyPolicy: text(spec['ipFamilyPolicy']) || (isOpen ? 'RequireDualStack' : 'SingleStack'),
  };
}

/** Of Roles, Endpoints and others that may come by a PUT. */
export const createdOnUpdate: Strategy = { ...plain, createsOnUpdate: true };
export const leaseStrategy: Strategy = { ...plain, unconditionalUpdate: false, createsOnUpdate: true };

export const disruptionBudgetStrategy: Strategy = { ...counted, unconditionalUpdate: false };

/** The generation counts what the endpoints are. */
export const endpointSliceStrategy: Strategy = {
  ...plain,
  countsGeneration: (next, live) =>
    ['endpoints', 'ports'].some((name) => !isEqual(next[name], live[name])) ||
    !isEqual(record(record(next['metadata'])['labels']), record(record(live['metadata'])['labels'])),
  checkUpdate: (next, live) => immutable(next, live, 'addressType'),
};

export const claimStrategy: Strategy = {
  ...withStatus,
  create: (claim) => ({ ...claim, status: { phase: 'Pending' } }),
};

export const roleBindingStrategy: Strategy = {
  ...plain,
  createsOnUpdate: true,
  checkUpdate(next, live) {
    if (isEqual(next['roleRef'], live['roleRef'])) return [];
    const message = `Invalid value: ${JSON.stringify(next['roleRef'])}: cannot change roleRef`;
    return [{ reason: 'FieldValueInvalid', message, field: 'roleRef' }];
  },
};

export const priorityClassStrategy: Strategy = {
  ...plain,
  countsGeneration: () => false,
  checkUpdate: (next, live) =>
    ['value', 'preemptionPolicy'].flatMap((name) =>
      isEqual(next[name], live[name]) ? [] : [forbiddenField(name, 'may not be changed in an update.')],
    ),
};

export const nodeStrategy: Strategy = { ...withStatus, create: (node) => node };

export const storageClassStrategy: Strategy = {
  ...plain,
  checkUpdate: (next, live) =>
    ['provisioner', 'parameters', 'reclaimPolicy', 'volumeBindingMode'].flatMap((name) =>
      isEqual(next[name], live[name]) ? [] : [forbiddenField(name, 'updates to this field are forbidden.')],
    ),
};

/** Whoever defines a resource says what its status is later: names that are taken and conditions come from the server. */
export const definitionStrategy: Strategy = {
  ...counted,
  unconditionalUpdate: false,
  finalizers: ({ metadata: { finalizers = [], deletionTimestamp } }) =>
    finalizers.includes(CLEANUP) || deletionTimestamp !== undefined ? [] : [CLEANUP],
  create: (definition) =>
    withAt(definition, ['status'], {
      conditions: null,
      acceptedNames: { plural: '', kind: '' },
      storedVersions: storedVersion(definition),
    }),
  checkUpdate: (next, live, subresource) =>
    subresource === '' ? [...immutable(next, live, 'spec', 'group'), ...immutable(next, live, 'spec', 'scope')] : [],
};

function storedVersion({ spec }: Json): unknown[] {
  return list(record(spec)['versions']).flatMap((one) =>
    record(one)['storage'] === true ? [record(one)['name']] : [],
  );
}
