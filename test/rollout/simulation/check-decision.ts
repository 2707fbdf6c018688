import { REVISION_LABEL } from '../../../src/api/native.js';
import type { StatefulSet } from '../../../src/api/native.js';
import { conditionOf, isReady } from '../../../src/api/pod.js';
import type { Pod } from '../../../src/api/pod.js';
import type { Action, Decision } from '../../../src/rollout/game-stateful-set/action.js';
import type { GameStatefulSetSnapshot } from '../../../src/rollout/game-stateful-set/snapshot.js';
import { gateOf, READINESS_GATE } from '../../../src/rollout/pod/gate.js';
import { updateStateOf } from '../../../src/rollout/pod/update-state.js';
import { Violation } from './checker.js';
import { isLeaving, ordinalOf } from './stateful-set-controller.js';

type ActionOf<K extends Action['kind']> = Action & { readonly kind: K };

const of = <K extends Action['kind']>({ actions }: Decision, kind: K): ActionOf<K>[] =>
  actions.filter((action): action is ActionOf<K> => action.kind === kind);

/** What can be judged from what our process saw: I1, I5, I6, and that no object is written twice at once. */
export function checkDecision(
  snapshot: GameStatefulSetSnapshot,
  decision: Decision,
  { now, childTouchedByOthers }: { readonly now: number; readonly childTouchedByOthers: boolean },
): void {
  const { child } = snapshot;
  checkOneWriteEach(decision);
  checkImages(snapshot, decision);
  if (!child || childTouchedByOthers) return;
  const scene = sceneOf(snapshot, child, now);
  checkUnavailable(scene, decision);
  checkShare(scene, decision);
}

function checkOneWriteEach(decision: Decision): void {
  const written = decision.actions.flatMap((action) => ('pod' in action ? [action.pod.name] : []));
  const twice = written.find((name, index) => written.indexOf(name) !== index);
  if (twice !== undefined) throw new Violation('writes', `two writes to ${twice} at once`);
  for (const kind of ['changeChild', 'writeStatus', 'createChild'] as const)
    if (of(decision, kind).length > 1) throw new Violation('writes', `${kind} twice`);
}

/** I6: only images that the spec names now. */
function checkImages({ workload }: GameStatefulSetSnapshot, decision: Decision): void {
  const { containers = [], initContainers = [] } = workload.spec.template.spec ?? {};
  const wanted = new Map([...containers, ...initContainers].map(({ name, image }) => [name, image]));
  for (const { change, pod } of of(decision, 'updatePod'))
    for (const [name, image] of Object.entries({ ...change.images, ...change.sidecars, ...change.initImages }))
      if (wanted.get(name) !== image)
        throw new Violation('I6', `${pod.name} gets ${image}, which nobody wants any more`);
}

interface Scene {
  readonly child: StatefulSet;
  readonly revision: string;
  readonly partition: number;
  readonly kept: number;
  readonly held: number;
  readonly max: number;
  readonly podAt: (index: number) => Pod | undefined;
  readonly indexOf: (name: string) => number;
  /** Players are sent to it. */
  readonly serves: (pod: Pod | undefined) => boolean;
  /** It has served for long enough. */
  readonly isUp: (pod: Pod | undefined) => boolean;
  readonly isBegun: (pod: Pod) => boolean;
  readonly isStable: (pod: Pod | undefined) => boolean;
  /** Everybody may go back to where all were. */
  readonly isWayBack: boolean;
  readonly isCurrent: boolean;
  /** Whether there may be pods that are made anew. */
  readonly mayRecreate: boolean;
}

function sceneOf({ workload, child: _, pods }: GameStatefulSetSnapshot, child: StatefulSet, now: number): Scene {
  const { replicas = 1, ordinals, updateStrategy, minReadySeconds = 0, podManagementPolicy } = workload.spec;
  const start = child.spec.ordinals?.start ?? 0;
  const childReplicas = child.spec.replicas ?? 1;
  const { partition = 0, maxUnavailable = '25%' } = updateStrategy?.rollingUpdate ?? {};
  const percent = (value: number | string, round: (share: number) => number) =>
    typeof value === 'number' ? value : round((Number.parseInt(value) * replicas) / 100);
  const living = pods.filter((pod) => pod.status?.phase !== 'Failed');
  const byIndex = new Map(living.map((pod) => [ordinalOf(pod) - start, pod]));
  const revision = child.status?.updateRevision ?? '';
  const serves = (pod: Pod | undefined): boolean =>
    pod !== undefined && !isLeaving(pod) && isReady(pod) && conditionOf(pod.status, READINESS_GATE)?.status !== 'False';
  const isUp = (pod: Pod | undefined): boolean => {
    const since = Date.parse(conditionOf(pod?.status, 'Ready')?.lastTransitionTime ?? '');
    return serves(pod) && since + minReadySeconds * 1000 <= now;
  };
  const isBegun = (pod: Pod): boolean => {
    const gate = gateOf(pod);
    return isAt(pod, revision) || (gate.kind === 'closed' && gate.plan?.target === revision);
  };
  return {
    child,
    revision,
    partition: child.spec.updateStrategy?.rollingUpdate?.partition ?? 0,
    kept: start === (ordinals?.start ?? 0) ? Math.min(replicas, childReplicas) : childReplicas,
    held: percent(partition, Math.ceil),
    max: podManagementPolicy === 'OrderedReady' ? 1 : Math.max(1, percent(maxUnavailable, Math.floor)),
    podAt: (index) => byIndex.get(index),
    indexOf: (name) => Number(/-(\d+)$/.exec(name)![1]) - start,
    serves,
    isUp,
    isBegun,
    isStable: (pod) => pod === undefined || isAt(pod, workload.status?.stableRevision ?? ''),
    isWayBack: revision === workload.status?.stableRevision,
    isCurrent: child.status?.currentRevision === child.status?.updateRevision,
    mayRecreate:
      updateStrategy?.type !== 'InplaceUpdate' ||
      updateStrategy.inPlaceUpdateStrategy?.fallback === 'Recreate' ||
      updateStrategy.inPlaceUpdateStrategy?.ungatedPods === 'Recreate',
  };
}

/** One that is being created comes by itself. */
const isBeingCreated = ({ spec, status }: Pod): boolean =>
  spec.nodeName !== undefined &&
  (status?.containerStatuses ?? []).every(({ state }) => state?.waiting?.reason === 'ContainerCreating');

function isAt(pod: Pod, revision: string): boolean {
  const found = updateStateOf(pod);
  const isClaimed = found.kind === 'none' || (found.kind === 'state' && found.state.revision === revision);
  return isClaimed && pod.metadata.labels?.[REVISION_LABEL] === revision;
}

const indexes = (from: number, to: number): number[] =>
  Array.from({ length: Math.max(0, to - from) }, (_, index) => from + index);

/** Pods that the child deletes by itself from a partition on. */
const condemned = ({ podAt, revision, child }: Scene, from: number): number[] =>
  indexes(from, child.spec.replicas ?? 1).filter((index) => {
    const pod = podAt(index);
    return pod !== undefined && !isLeaving(pod) && pod.metadata.labels?.[REVISION_LABEL] !== revision;
  });

const newPartition = (decision: Decision, { partition }: Scene): number =>
  of(decision, 'changeChild')[0]?.change.updateStrategy?.rollingUpdate?.partition ?? partition;

/** I1: what we take out of service, on top of what is out already. */
function checkUnavailable(scene: Scene, decision: Decision): void {
  const { kept, serves, isUp, isBegun, podAt, max, indexOf, partition, mayRecreate } = scene;
  const doomed = new Set(scene.child.spec.updateStrategy?.type === 'OnDelete' ? [] : condemned(scene, partition));
  const down = indexes(0, kept).filter((index) => !isUp(podAt(index)) || doomed.has(index));
  const taken = new Set<number>();
  const take = (index: number) => {
    if (index >= 0 && index < kept && serves(podAt(index)) && !doomed.has(index)) taken.add(index);
  };
  for (const { pod } of of(decision, 'closeGate')) take(indexOf(pod.name));
  for (const { pod } of of(decision, 'deletePod')) take(indexOf(pod.name));
  for (const { pod, change } of of(decision, 'updatePod'))
    if (Object.keys({ ...change.images, ...change.sidecars }).length > 0) take(indexOf(pod.name));
  const lowered = newPartition(decision, scene);
  const isTemplate = of(decision, 'changeChild').some(({ change }) => change.template);
  if (lowered < partition && !isTemplate) for (const index of condemned(scene, lowered)) take(index);
  // Broken pods that can only be made anew after those above them: docs/decisions/0013-pods-in-order.md.
  const excused = indexes(0, mayRecreate ? Math.min(kept, ...taken) : 0).filter((index) => {
    const pod = podAt(index);
    return pod && !isLeaving(pod) && !isUp(pod) && !isBegun(pod) && !isBeingCreated(pod);
  });
  const counted = down.filter((index) => !taken.has(index) && !excused.includes(index)).length;
  if (taken.size > 0 && counted + taken.size > max)
    throw new Violation('I1', `${taken.size} taken out of service with ${counted} of at most ${max} unavailable`);
}

/** I5: how many pods have the target, or are out of traffic for it. Those that have left the stable revision before are free. */
function checkShare(scene: Scene, decision: Decision): void {
  const { kept, podAt, isBegun, isStable, held, partition, indexOf, revision, child, isCurrent } = scene;
  const [change] = of(decision, 'changeChild').map((action) => action.change);
  const isDecidedOn = of(decision, 'closeGate').some(({ plan }) => plan.target === revision);
  const isPatched = of(decision, 'updatePod').some(({ state }) => state.revision === revision);
  const lowered = newPartition(decision, scene);
  if (child.spec.updateStrategy?.type === 'OnDelete' || change?.template || change?.ordinals) return;
  if (scene.isWayBack) return;
  if (!isDecidedOn && !isPatched && lowered >= partition && change?.replicas === undefined) return;
  const after = change?.replicas ?? kept;
  const stays = Math.min(kept, after);
  const countsAt = (from: number) =>
    new Set(
      indexes(0, stays).filter((index) => {
        const pod = podAt(index);
        if (!pod || isLeaving(pod)) return index >= from || isCurrent;
        return isBegun(pod) || (index >= from && !isCurrent && isStable(pod));
      }),
    );
  const before = countsAt(partition).size;
  const begun = countsAt(lowered);
  const begin = (name: string): void => {
    const index = indexOf(name);
    const pod = podAt(index);
    if (index < held && !(pod && isBegun(pod))) throw new Violation('I5', `${name} is moved, and ${held} are held`);
    if (isStable(pod)) begun.add(index);
  };
  for (const { pod, plan } of of(decision, 'closeGate')) if (plan.target === revision) begin(pod.name);
  for (const { pod, state } of of(decision, 'updatePod')) if (state.revision === revision) begin(pod.name);
  if (!isCurrent) for (const index of indexes(kept, after)) if (index >= lowered) begun.add(index);
  const count = Math.max(0, after - held);
  const total = [...begun].filter((index) => index < after).length;
  if (total > Math.max(count, before))
    throw new Violation('I5', `${total} pods have ${revision} or are on their way, ${count} may, ${before} had`);
}
