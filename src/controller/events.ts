import type { Condition, PodTarget } from '../api/generated/types/status.js';
import type { Occurrence, Regarded } from '../kube/event-object.js';
import { pods, statefulSets } from '../kube/resource.js';
import type { Action, At } from '../rollout/game-stateful-set/action.js';
import type { Acting, ActionOutcome } from './game-stateful-set/executor.js';
import { textOf } from './log.js';
import { gameStatefulSets } from './resources.js';

/**
 * What people should hear of an action, as Kubernetes events. What concerns one pod for a moment is told of the pod, the rest
 * of the workload. Reasons are those of the seed system where it has one (research: its events of a GameStatefulSet).
 */
export function occurrencesOf(
  { namespace, name, uid, status }: Acting,
  action: Action,
  outcome: ActionOutcome,
): Occurrence[] {
  const workload = regarded(gameStatefulSets.kind, 'tkex.tencent.com/v1alpha1', { namespace, name, uid });
  const podOf = (at: At): Regarded => regarded(pods.kind, 'v1', { namespace, name: at.name, uid: at.uid });
  if (outcome.kind === 'outdated') return [];
  const failed = outcome.kind === 'done' ? undefined : textOf(outcome.error);
  const told = (verb: string, reason: string, pod?: At): Occurrence => ({
    regarding: workload,
    ...(pod && { related: podOf(pod) }),
    type: failed === undefined ? 'Normal' : 'Warning',
    reason: `${failed === undefined ? 'Successful' : 'Failed'}${reason}`,
    action: verb,
    note: failed === undefined ? action.why : `${action.why}: ${failed}`,
  });
  switch (action.kind) {
    case 'createChild':
      return [told('Create', 'Create')].map((event) => ({ ...event, related: childOf(namespace, name) }));
    case 'changeChild':
      return [told('Update', 'Update')].map((event) => ({ ...event, related: childOf(namespace, name) }));
    case 'updatePod':
      return [told('InPlaceUpdate', 'UpdatePodInPlace', action.pod)];
    case 'deletePod':
      return [told('Delete', 'Delete', action.pod)];
    case 'closeGate':
      if (failed !== undefined) return [];
      return [
        {
          regarding: podOf(action.pod),
          reason: 'UpdatePlanned',
          action: 'CloseGate',
          note: `out of traffic for ${action.plan.grace} s, then updated to ${action.plan.target}`,
        },
      ];
    case 'openGate':
      // A pod that starts says so itself.
      if (failed !== undefined || action.reason === 'PodStarted') return [];
      return [{ regarding: podOf(action.pod), reason: action.reason, action: 'OpenGate', note: action.why }];
    case 'writeStatus':
      if (failed !== undefined) return [];
      return [
        ...transitions(workload, status.conditions ?? [], action.status.conditions ?? []),
        ...unconfirmed(status.targets ?? [], action.status.targets ?? []).map(
          ({ podName, uid: podUid, message = '' }): Occurrence => ({
            regarding: regarded(pods.kind, 'v1', {
              namespace,
              name: podName,
              ...(podUid !== undefined && { uid: podUid }),
            }),
            type: 'Warning',
            reason: 'TrafficNotConfirmed',
            action: 'CloseGate',
            note: message,
          }),
        ),
      ];
    case 'resolveTemplate':
      return [];
  }
}

/** Conditions by which something is wrong when they hold; the others are wrong when they do not. */
const BAD_WHEN_TRUE = ['Paused', 'HookBlocked', 'InPlaceNotPossible', 'Unsupported', 'ChildNameTaken'];

/** What has become otherwise. The first status of a workload, which only begins, is no news. */
function transitions(regarding: Regarded, before: readonly Condition[], after: readonly Condition[]): Occurrence[] {
  return after.flatMap((condition): Occurrence[] => {
    const { type, status, message = '' } = condition;
    const was = before.find((other) => other.type === type);
    if (was?.status === status && was.reason === condition.reason) return [];
    const isBad = (status === 'True') === BAD_WHEN_TRUE.includes(type);
    // What has only begun is not available yet.
    if (was === undefined && (!isBad || type === 'Available')) return [];
    const reason = type === 'Available' && isBad ? 'PodsUnavailable' : (condition.reason ?? type);
    const isWarning = isBad && !['Paused', 'Updating', 'SpecPaused'].includes(reason);
    const note = message === '' ? `${type} is ${status}` : `${type} is ${status}: ${message}`;
    return [{ regarding, type: isWarning ? 'Warning' : 'Normal', reason, action: type, note }];
  });
}

/** Pods whose grace runs although nobody confirmed that they are out of traffic; those that were told of before are left out. */
function unconfirmed(before: readonly PodTarget[], after: readonly PodTarget[]): readonly PodTarget[] {
  const isUnconfirmed = ({ message = '' }: PodTarget): boolean => message.startsWith('not seen out of traffic');
  return after.filter(
    (target) => isUnconfirmed(target) && !before.some((other) => other.uid === target.uid && isUnconfirmed(other)),
  );
}

function regarded(
  kind: string,
  apiVersion: string,
  { namespace, name, uid }: { readonly namespace?: string | undefined; readonly name: string; readonly uid?: string },
): Regarded {
  return {
    apiVersion,
    kind,
    metadata: { ...(namespace !== undefined && { namespace }), name, ...(uid !== undefined && { uid }) },
  };
}

const childOf = (namespace: string | undefined, name: string): Regarded =>
  regarded(statefulSets.kind, 'apps/v1', { namespace, name });
