import type { FieldCause } from '../../../kube/error.js';
import { FieldSet } from '../apply/field-set.js';
import { isEqual, record, text, withAt, type Json } from '../json.js';
import { counted, forbiddenField, immutable, specChanged, withStatus, type Strategy } from './strategy.js';

export const statefulSetStrategy: Strategy = {
  ...counted,
  checkUpdate(next, live, subresource, { profile }) {
    if (subresource !== '') return [];
    const free = [
      'replicas',
      'ordinals',
      'template',
      'updateStrategy',
      ...(profile.historyLimitChanges ? ['revisionHistoryLimit'] : []),
      'persistentVolumeClaimRetentionPolicy',
      'minReadySeconds',
    ];
    const fixed = (object: Json): Json =>
      Object.fromEntries(Object.entries(record(object['spec'])).filter(([name]) => !free.includes(name)));
    if (isEqual(fixed(next), fixed(live))) return [];
    const names = free.map((name) => `'${name}'`);
    const told = `${names.slice(0, -1).join(', ')} and ${names.at(-1)!}`;
    return [forbiddenField('spec', `updates to statefulset spec for fields other than ${told} are forbidden`)];
  },
};

export const replicaSetStrategy: Strategy = { ...counted, checkUpdate: selectorStays };
export const daemonSetStrategy: Strategy = { ...counted, checkUpdate: selectorStays };

/** The generation counts annotations as well. */
export const deploymentStrategy: Strategy = {
  ...withStatus,
  update: (next, live, subresource, around) => {
    const updated = withStatus.update(next, live, subresource, around);
    return subresource === 'status'
      ? withAt(updated, ['metadata', 'labels'], record(live['metadata'])['labels'])
      : updated;
  },
  reset: (subresource) => (subresource === 'status' ? SPEC_AND_LABELS : withStatus.reset(subresource)),
  countsGeneration: (next, live) =>
    specChanged(next, live) ||
    !isEqual(record(record(next['metadata'])['annotations']), record(record(live['metadata'])['annotations'])),
  checkUpdate: selectorStays,
};

const SPEC_AND_LABELS = FieldSet.read({ 'f:spec': {}, 'f:metadata': { 'f:labels': {} } });

export const controllerRevisionStrategy: Strategy = {
  update: (next) => next,
  checkUpdate: (next, live) => immutable(next, live, 'data'),
  reset: (subresource) => withStatus.reset(subresource),
};

export const jobStrategy: Strategy = {
  ...counted,
  propagation: 'Orphan',
  create(job) {
    const { manualSelector, selector } = record(job['spec']);
    // Who brings a selector and does not say so is refused.
    const isOwn = manualSelector === true || Object.keys(record(selector)).length > 0;
    const withSelector = isOwn ? job : withGeneratedSelector(job);
    return { ...withSelector, status: {} };
  },
  asked: (job) => (isSelectorGenerated(job) ? withAt(job, ['spec', 'selector'], undefined) : job),
  checkUpdate(next, live, subresource) {
    if (subresource !== '') return [];
    const fields = [
      'selector',
      'completionMode',
      'podFailurePolicy',
      'backoffLimitPerIndex',
      'managedBy',
      'successPolicy',
    ];
    const isElastic = record(live['spec'])['completionMode'] === 'Indexed' && isScaledTogether(next);
    return [
      ...fields.flatMap((field) => immutable(next, live, 'spec', field)),
      ...(isElastic ? [] : immutable(next, live, 'spec', 'completions')),
      ...checkJobTemplate(next, live),
    ];
  },
};

/** The number of an indexed Job may change together with its parallelism. */
function isScaledTogether({ spec }: Json): boolean {
  return record(spec)['completions'] === record(spec)['parallelism'];
}

/** Of a suspended Job that has not begun only what concerns scheduling. */
function checkJobTemplate(next: Json, live: Json): FieldCause[] {
  const template = (job: Json): Json => record(record(job['spec'])['template']);
  const isWaiting = record(live['spec'])['suspend'] === true && record(live['status'])['startTime'] === undefined;
  if (!isWaiting) return immutable(next, live, 'spec', 'template');
  const free = ['nodeSelector', 'tolerations', 'schedulingGates', 'affinity'];
  const fixed = (job: Json): Json => {
    const spec = Object.entries(record(template(job)['spec'])).filter(([name]) => !free.includes(name));
    const { labels: _labels, annotations: _annotations, ...metadata } = record(template(job)['metadata']);
    return { metadata, spec: Object.fromEntries(spec) };
  };
  return isEqual(fixed(next), fixed(live)) ? [] : immutable(next, live, 'spec', 'template');
}

function isSelectorGenerated({ metadata, spec }: Json): boolean {
  const { manualSelector, selector } = record(spec);
  const { uid } = record(metadata);
  return manualSelector !== true && isEqual(selector, { matchLabels: { [CONTROLLER_UID]: uid } });
}

const CONTROLLER_UID = 'batch.kubernetes.io/controller-uid';

function withGeneratedSelector(job: Json): Json {
  const { uid, name } = record(job['metadata']);
  const labels: Json = {
    [CONTROLLER_UID]: uid,
    'batch.kubernetes.io/job-name': text(name),
    'controller-uid': uid,
    'job-name': text(name),
  };
  const given = record(record(record(job['spec'])['template'])['metadata'])['labels'];
  const own = record(given);
  // A Job without labels has those of its template: the same map.
  const isShared = given === record(job['metadata'])['labels'];
  const labelled = isShared ? withAt(job, ['metadata', 'labels'], { ...own, ...labels }) : job;
  const template = withAt(labelled, ['spec', 'template', 'metadata', 'labels'], { ...own, ...labels });
  return withAt(template, ['spec', 'selector'], {
    matchLabels: { [CONTROLLER_UID]: uid },
  });
}

function selectorStays(next: Json, live: Json, subresource: string): FieldCause[] {
  return subresource === '' ? immutable(next, live, 'spec', 'selector') : [];
}
