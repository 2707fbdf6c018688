import { compiledSchema, KINDS, type Kind } from '../../src/api/check.js';
import { leafFields } from '../../src/api/fields.js';
import { UNSUPPORTED } from '../../src/api/unsupported.js';
import { uncovered } from './coverage.js';

const ON_THE_WIRE = KINDS.filter((kind) => kind !== 'GameZone');

/** Two kinds are covered where their effects are tested: with the synthesis, and with what is decided about a workload. */
test.each(ON_THE_WIRE.filter((kind) => kind !== 'GameStatefulSet'))(
  'every field of %s is said to do nothing',
  async (kind) => {
    const { schema } = await compiledSchema(kind);
    expect(uncovered(kind, schema, new Set())).toEqual([]);
  },
);

test('a field without row and without test is found', async () => {
  const { schema } = await compiledSchema('GameStatefulSet');
  const rows = UNSUPPORTED.filter((row) => row.field !== '*');
  const open = uncovered('GameStatefulSet', schema, new Set(['spec.replicas']), rows);
  expect(open).toContain('spec.updateStrategy.rollingUpdate.partition');
  expect(open).not.toContain('spec.replicas');
  expect(open).not.toContain('spec.updateStrategy.rollingUpdate.maxSurge');
  expect(open).not.toContain('spec.reserveOrders[]');
});

test('every row tells of a field that exists, and says why and what to do meanwhile', async () => {
  for (const { kind, field, why, meanwhile } of UNSUPPORTED) {
    const { schema } = await compiledSchema(kind);
    const plain = field.replace(/\["[^"]+"\]/, '.*'); // one key of a map
    const isKubernetes = plain.startsWith('spec.template.');
    const exists = leafFields(schema).some(
      (leaf) => leaf === plain || leaf.startsWith(`${plain}.`) || leaf.startsWith(`${plain}[`),
    );
    expect([kind, field, field === '*' || isKubernetes || exists]).toEqual([kind, field, true]);
    for (const text of [why, meanwhile]) expect(text).toMatch(/^[a-z`].*[^.]$/);
  }
});

test('no field has two rows', () => {
  const fields = UNSUPPORTED.map(({ kind, field }) => `${kind} ${field}`);
  expect(new Set(fields).size).toBe(fields.length);
});

/** JSON names of the seed system. A name that goes missing makes somebody's manifest lose a field in silence. */
const SEED: Partial<Record<Kind, string>> = {
  GameDeployment: `replicas selector template scaleStrategy.podsToDelete scaleStrategy.createBatch updateStrategy.type updateStrategy.partition
    updateStrategy.maxUnavailable updateStrategy.maxSurge updateStrategy.paused updateStrategy.inPlaceUpdateStrategy.gracePeriodSeconds
    updateStrategy.inPlaceUpdateStrategy.policy updateStrategy.canary.steps[].partition updateStrategy.canary.steps[].pause.duration
    updateStrategy.canary.steps[].hook.templateName updateStrategy.canary.steps[].hook.args[].name updateStrategy.canary.steps[].hook.args[].value
    preDeleteUpdateStrategy.hook.templateName preDeleteUpdateStrategy.retry preInplaceUpdateStrategy.hook.templateName preInplaceUpdateStrategy.retry
    postInplaceUpdateStrategy.hook.templateName postInplaceUpdateStrategy.retry revisionHistoryLimit minReadySeconds disableReadinessGate
    status.observedGeneration status.replicas status.readyReplicas status.availableReplicas status.updatedReplicas status.updatedReadyReplicas
    status.currentRevision status.updateRevision status.collisionCount status.conditions[].type status.conditions[].status
    status.conditions[].lastTransitionTime status.conditions[].reason status.conditions[].message status.pauseConditions[].reason
    status.pauseConditions[].startTime status.labelSelector status.currentStepIndex status.currentStepHash status.canary.revision
    status.canary.pauseStartTime status.canary.currentStepHookRun status.preDeleteHookCondition[].podName
    status.preInplaceHookCondition[].startTime status.postInplaceHookCondition[].phase`,
  GameStatefulSet: `replicas selector template volumeClaimTemplates serviceName podManagementPolicy scaleStrategy.createBatch reserveOrders
    updateStrategy.type updateStrategy.rollingUpdate.partition updateStrategy.rollingUpdate.maxUnavailable updateStrategy.rollingUpdate.maxSurge
    updateStrategy.paused updateStrategy.inPlaceUpdateStrategy.gracePeriodSeconds updateStrategy.inPlaceUpdateStrategy.policy
    updateStrategy.canary.steps[].partition preDeleteUpdateStrategy.hook.templateName preDeleteUpdateStrategy.retry
    preInplaceUpdateStrategy.retry postInplaceUpdateStrategy.retry revisionHistoryLimit disableReadinessGate status.observedGeneration
    status.replicas status.readyReplicas status.currentReplicas status.updatedReplicas status.updatedReadyReplicas status.currentRevision
    status.updateRevision status.collisionCount status.conditions[].type status.labelSelector status.pauseConditions[].reason
    status.currentStepIndex status.currentStepHash status.canary.revision status.preDeleteHookCondition[].podName
    status.preInplaceHookCondition[].podName status.postInplaceHookCondition[].podName`,
  HookTemplate: `args[].name args[].value policy metrics[].name metrics[].interval metrics[].initialDelay metrics[].count
    metrics[].successCondition metrics[].failureCondition metrics[].failureLimit metrics[].successfulLimit metrics[].inconclusiveLimit
    metrics[].consecutiveErrorLimit metrics[].consecutiveSuccessfulLimit metrics[].provider.web.url metrics[].provider.web.headers[].key
    metrics[].provider.web.headers[].value metrics[].provider.web.timeoutSeconds metrics[].provider.web.jsonPath
    metrics[].provider.prometheus.address metrics[].provider.prometheus.query metrics[].provider.kubernetes.function
    metrics[].provider.kubernetes.fields[].path metrics[].provider.kubernetes.fields[].value metrics[].provider.exec.container
    metrics[].provider.exec.command`,
  HookRun: `metrics[].name args[].value policy terminate status.phase status.message status.startedAt status.metricResults[].name
    status.metricResults[].phase status.metricResults[].message status.metricResults[].count status.metricResults[].successful
    status.metricResults[].failed status.metricResults[].inconclusive status.metricResults[].error status.metricResults[].consecutiveError
    status.metricResults[].consecutiveSuccessful status.metricResults[].measurements[].phase status.metricResults[].measurements[].message
    status.metricResults[].measurements[].startedAt status.metricResults[].measurements[].finishedAt
    status.metricResults[].measurements[].resumeAt status.metricResults[].measurements[].value`,
};

/** What api.md, hooks.md and rollout.md add. */
const OURS: Partial<Record<Kind, string>> = {
  GameStatefulSet: `ordinals.start instances[].ordinal instances[].images.* minReadySeconds persistentVolumeClaimRetentionPolicy.whenDeleted
    persistentVolumeClaimRetentionPolicy.whenScaled`,
  HookTemplate: `deadlineSeconds ttlSecondsAfterFinished metrics[].provider.web.method metrics[].provider.web.body
    metrics[].provider.web.insecureSkipVerify metrics[].provider.web.headers[].valueFrom.secretKeyRef.name
    metrics[].provider.prometheus.timeoutSeconds metrics[].provider.prometheus.headers[].key`,
  HookRun: 'deadlineSeconds ttlSecondsAfterFinished status.completedAt',
};

const BOTH = `prerequisites[].kind prerequisites[].name progressDeadlineSeconds updateStrategy.inPlaceUpdateStrategy.fallback
  updateStrategy.inPlaceUpdateStrategy.ungatedPods updateStrategy.canary.onFailure updateStrategy.prepull.timeoutSeconds
  updateStrategy.prepull.onFailure updateStrategy.hotPatch.mode updateStrategy.hotPatch.reload.signal.signal
  preDeleteUpdateStrategy.hook.onDeadline status.phase status.message status.targets[].podName status.abortedRevision status.stableRevision
  status.prerequisites[].name status.prerequisites[].uid status.prerequisites[].revision status.prerequisites[].completed`;

test.each(ON_THE_WIRE)('%s has every field of the seed system, and ours', async (kind) => {
  const leaves = leafFields((await compiledSchema(kind)).schema);
  const both = kind === 'GameStatefulSet' || kind === 'GameDeployment' ? BOTH : '';
  const names = `${SEED[kind]} ${OURS[kind] ?? ''} ${both}`.split(/\s+/).filter(Boolean);
  const missing = names
    .map((name) => (name.startsWith('status.') ? name : `spec.${name}`))
    .filter(
      (name) => !leaves.some((leaf) => leaf === name || leaf.startsWith(`${name}.`) || leaf.startsWith(`${name}[`)),
    );
  expect(missing).toEqual([]);
});
