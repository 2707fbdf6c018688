import { REVISION_LABEL } from '../../../src/api/native.js';
import type { StatefulSet } from '../../../src/api/native.js';
import type { Pod } from '../../../src/api/pod.js';
import type { Action } from '../../../src/rollout/game-stateful-set/action.js';
import type { GameStatefulSetSnapshot } from '../../../src/rollout/game-stateful-set/snapshot.js';
import type { HookPurpose } from '../../../src/rollout/hook-gate.js';
import { gateOf, hasGate } from '../../../src/rollout/pod/gate.js';
import { updateStateOf } from '../../../src/rollout/pod/update-state.js';
import { Violation } from './checker.js';
import { isLeaving, ordinalOf } from './stateful-set-controller.js';
import type { World } from './world.js';

/** What can be judged only from what really is, at the moment of the write: I2, I3, I4, I7. */
export function checkWrite(world: World, action: Action, snapshot: GameStatefulSetSnapshot): void {
  switch (action.kind) {
    case 'openGate':
      checkOpening(world, action, podOf(world, action));
      break;
    case 'updatePod':
      if (Object.keys({ ...action.change.images, ...action.change.sidecars }).length > 0)
        checkPatch(world, action, podOf(world, action));
      break;
    case 'deletePod':
      checkDeletion(world, podOf(world, action), snapshot);
      checkHook(world, podOf(world, action), 'delete');
      break;
    case 'createChild':
      for (const pod of outsideOf(action.child, world.api.pods.values())) checkHook(world, pod, 'delete');
      break;
    case 'changeChild':
      if (action.change.template && world.api.child?.status?.currentRevision === undefined)
        throw new Violation('I5', 'another template before the child knows which one its pods have');
      if (world.checker.childTouchedByOthers) break;
      for (const pod of givenUpBy(action, snapshot)) {
        checkHook(world, pod, 'delete');
        world.checker.givenUp.add(pod.metadata.uid!);
        // One that took its place meanwhile goes with it: a partition names no UID.
        world.checker.givenUp.add(world.api.pods.get(pod.metadata.name!)?.metadata.uid ?? '');
        world.checker.madeAnew.add(pod.metadata.name!);
      }
      break;
    default:
  }
}

const podOf = ({ api }: World, { pod }: Action & { kind: 'openGate' | 'updatePod' | 'deletePod' }): Pod =>
  api.pods.get(pod.name)!;

/** I3: by the completion rule, by a cancel before the patch, or on a pod never patched. */
function checkOpening({ checker, kubelets }: World, { reason }: Action & { kind: 'openGate' }, pod: Pod): void {
  const { name, uid } = pod.metadata;
  if (checker.touchedByOthers.has(uid!)) return;
  const gate = gateOf(pod);
  const { isPatched } = checker.history.of(uid!);
  if (reason === 'PodStarted' && (gate.kind !== 'unopened' || isPatched))
    throw new Violation('I3', `${name} is not new`);
  if (reason === 'UpdateCancelled' && gate.kind !== 'closed') throw new Violation('I3', `${name} was not closed`);
  const state = updateStateOf(pod);
  const changed = state.kind === 'state' ? state.state.containers.map((container) => container.name) : undefined;
  if (isPatched && kubelets.runtimeOf(uid!)?.runsSpec(changed) !== true)
    throw new Violation('I3', `${name} goes into traffic, and does not run its spec`);
}

function checkPatch(world: World, action: Action & { kind: 'updatePod' }, pod: Pod): void {
  const { checker, clock } = world;
  const { uid, name } = pod.metadata;
  const { closedAt, seenOutAt, patchedTo } = checker.history.of(uid!);
  if (checker.touchedByOthers.has(uid!)) return;
  if (patchedTo === action.state.revision)
    throw new Violation('patches', `${name} is patched again to ${action.state.revision}`);
  checkHook(world, pod, 'updateInPlace');
  const gate = gateOf(pod);
  if (gate.kind === 'none') return;
  if (gate.kind !== 'closed' || !gate.plan)
    throw new Violation('I2', `${name} is patched, and was not taken out of traffic`);
  const drained = Math.max(clock.now() - (seenOutAt ?? Infinity), clock.now() - (closedAt ?? Infinity) - 10_000);
  if (drained < gate.plan.grace * 1000)
    throw new Violation('I2', `${name} is patched after ${drained} ms of a grace of ${gate.plan.grace} s`);
}

/** I7: in place never makes a pod anew. */
function checkDeletion({ checker }: World, pod: Pod, { workload }: GameStatefulSetSnapshot): void {
  const { name, uid } = pod.metadata;
  const { type, inPlaceUpdateStrategy: how } = workload.spec.updateStrategy ?? {};
  if (checker.touchedByOthers.has(uid!) || type !== 'InplaceUpdate' || how?.fallback === 'Recreate') return;
  if (hasGate(pod) || how?.ungatedPods === 'Patch' || workload.spec.disableReadinessGate === true)
    throw new Violation('I7', `${name} is deleted, and may only be updated in place`);
}

/** I4: nothing ends the game of players whose hook has not agreed. `pod` is as it was seen. */
export function checkHook({ checker, hooks, kubelets }: World, pod: Pod, purpose: HookPurpose): void {
  const { name, uid } = pod.metadata;
  if (isLeaving(pod) || checker.touchedByOthers.has(uid!) || hooks.has(uid!, purpose)) return;
  const shown = new Set(
    pod.status?.containerStatuses?.flatMap(({ state, containerID }) => (state?.running ? [containerID] : [])),
  );
  const game = kubelets.runtimeOf(uid!)?.game;
  if (game?.served === true && !game.stopping && shown.has(game.id))
    throw new Violation('I4', `${name} has players, and its hook has not agreed (${purpose})`);
}

/** Pods that a child has no place for. */
function outsideOf({ spec: { replicas = 1, ordinals } }: StatefulSet, pods: Iterable<Pod>): Pod[] {
  const indexOf = (pod: Pod) => ordinalOf(pod) - (ordinals?.start ?? 0);
  return [...pods].filter((pod) => !isLeaving(pod) && (indexOf(pod) < 0 || indexOf(pod) >= replicas));
}

/** Pods that the child deletes when a change is made. */
function givenUpBy({ change }: Action & { kind: 'changeChild' }, { child, pods }: GameStatefulSetSnapshot): Pod[] {
  const { updateStrategy, ordinals, replicas = 1 } = { ...child!.spec, ...change };
  const start = ordinals?.start ?? 0;
  const partition = updateStrategy?.rollingUpdate?.partition ?? 0;
  const update = child!.status?.updateRevision;
  return pods.filter((pod) => {
    const index = ordinalOf(pod) - start;
    const isOld = change.template !== undefined || pod.metadata.labels?.[REVISION_LABEL] !== update;
    const isReplaced = isOld && index >= partition && updateStrategy?.type !== 'OnDelete';
    return !isLeaving(pod) && (index < 0 || index >= replicas || isReplaced);
  });
}
