import type { Observed } from '../../../kube/store.js';
import { timestamp } from '../../kubelet/container-status.js';
import { conditionOf, type Condition, type Deployment } from '../objects.js';
import { availableOf, replicasOf, tolerancesOf, total, type SeenDeployment, type SeenReplicaSet } from './strategy.js';

type Status = NonNullable<Deployment['status']>;

export interface Shapes {
  readonly next: SeenReplicaSet | undefined;
  readonly old: readonly SeenReplicaSet[];
  /** In this very step. */
  readonly isNew: boolean;
}

/** What is said of the ReplicaSets. Counts of none are left out, as the server does. */
export function statusOf(deployment: SeenDeployment, { next, old, isNew }: Shapes, now: number): Status {
  const all = next ? [...old, next] : old;
  const available = total(all, availableOf);
  const counts = {
    replicas: total(all, ({ status }) => status?.replicas ?? 0),
    updatedReplicas: next?.status?.replicas ?? 0,
    readyReplicas: total(all, ({ status }) => status?.readyReplicas ?? 0),
    availableReplicas: available,
    unavailableReplicas: Math.max(0, total(all, replicasOf) - available),
  };
  const { collisionCount } = deployment.status ?? {};
  const status: Status = {
    ...(deployment.metadata.generation !== undefined && { observedGeneration: deployment.metadata.generation }),
    ...Object.fromEntries(Object.entries(counts).filter(([, count]) => count > 0)),
    ...(collisionCount !== undefined && { collisionCount }),
  };
  return { ...status, conditions: conditionsOf(deployment, status, next, isNew, now) };
}

function conditionsOf(
  deployment: SeenDeployment,
  status: Status,
  next: SeenReplicaSet | undefined,
  isNew: boolean,
  now: number,
): Condition[] {
  const known = deployment.status?.conditions ?? [];
  const at = timestamp(now);
  const least = replicasOf(deployment) - tolerancesOf(deployment).unavailable;
  const available: Verdict =
    (status.availableReplicas ?? 0) >= least
      ? { status: 'True', reason: 'MinimumReplicasAvailable', message: 'Deployment has minimum availability.' }
      : {
          status: 'False',
          reason: 'MinimumReplicasUnavailable',
          message: 'Deployment does not have minimum availability.',
        };
  const wanted: readonly (Condition | undefined)[] = [
    turned(known, 'Available', available, at, false),
    progressOf(deployment, status, next, isNew, now),
    conditionOf(next?.status?.conditions, 'ReplicaFailure'),
  ];
  const order = [...known.map(({ type }) => type), 'Available', 'Progressing', 'ReplicaFailure'];
  return [...new Set(order)].flatMap((type) => wanted.find((one) => one?.type === type) ?? []);
}

type Verdict = Pick<Condition, 'status' | 'reason' | 'message'>;

/** The condition as it is now: untouched while status and reason stay, unless `isNews`. */
function turned(known: readonly Condition[], type: string, verdict: Verdict, at: string, isNews: boolean): Condition {
  const was = conditionOf(known, type);
  if (was && !isNews && was.status === verdict.status && was.reason === verdict.reason) return was;
  const since = was?.status === verdict.status ? was.lastTransitionTime : undefined;
  return { type, ...verdict, lastUpdateTime: at, lastTransitionTime: since ?? at };
}

function progressOf(
  deployment: SeenDeployment,
  status: Status,
  next: SeenReplicaSet | undefined,
  isNew: boolean,
  now: number,
): Condition | undefined {
  const { progressDeadlineSeconds = NO_DEADLINE, paused = false } = deployment.spec;
  if (progressDeadlineSeconds === NO_DEADLINE) return undefined;
  const known = deployment.status?.conditions ?? [];
  const was = conditionOf(known, 'Progressing');
  const about = next ? `ReplicaSet "${next.metadata.name}"` : `Deployment "${deployment.metadata.name}"`;
  const turn = (is: Condition['status'], reason: string, message: string, isNews = false): Condition =>
    turned(known, 'Progressing', { status: is, reason, message }, timestamp(now), isNews);
  if (paused) return turn('Unknown', 'DeploymentPaused', 'Deployment is paused');
  if (was?.reason === 'DeploymentPaused') return turn('Unknown', 'DeploymentResumed', 'Deployment is resumed');
  if (isNew) return turn('True', 'NewReplicaSetCreated', `Created new replica set "${next?.metadata.name}"`, true);
  const isOver = was?.reason === COMPLETE && status.replicas === status.updatedReplicas;
  if (isOver) return was;
  if (isComplete(deployment, status)) return turn('True', COMPLETE, `${about} has successfully progressed.`);
  if (hasProgressed(deployment.status, status)) return turn('True', PROGRESSING, `${about} is progressing.`, true);
  if (deadlineOf(deployment, now) === 0)
    return turn('False', 'ProgressDeadlineExceeded', `${about} has timed out progressing.`);
  return was;
}

const COMPLETE = 'NewReplicaSetAvailable';
const PROGRESSING = 'ReplicaSetUpdated';
/** What the server fills in for "none". */
const NO_DEADLINE = 2 ** 31 - 1;

function isComplete(deployment: SeenDeployment, status: Status): boolean {
  const wanted = replicasOf(deployment);
  return [status.updatedReplicas, status.replicas, status.availableReplicas].every((count = 0) => count === wanted);
}

function hasProgressed(was: Observed<Deployment>['status'], is: Status): boolean {
  const old = (status: Observed<Deployment>['status']): number =>
    (status?.replicas ?? 0) - (status?.updatedReplicas ?? 0);
  const grown = (field: 'updatedReplicas' | 'readyReplicas' | 'availableReplicas'): boolean =>
    (is[field] ?? 0) > (was?.[field] ?? 0);
  return grown('updatedReplicas') || grown('readyReplicas') || grown('availableReplicas') || old(is) < old(was);
}

/** In how many milliseconds a rollout without progress counts as stuck; 0 when it does, undefined when none is under way. */
export function deadlineOf({ spec, status }: SeenDeployment, now: number): number | undefined {
  const { progressDeadlineSeconds = NO_DEADLINE, paused = false } = spec;
  const was = conditionOf(status?.conditions, 'Progressing');
  if (was === undefined || paused || progressDeadlineSeconds === NO_DEADLINE || was.reason === COMPLETE)
    return undefined;
  if (was.reason === 'ProgressDeadlineExceeded') return 0;
  return Math.max(0, Date.parse(was.lastUpdateTime ?? '') + progressDeadlineSeconds * 1000 - now);
}
