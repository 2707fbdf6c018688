import { REVISION_LABEL } from '../../../src/api/native.js';
import { partitionOf } from '../../../src/rollout/count.js';
import { firstDifferences } from '../../../src/rollout/difference.js';
import type { Pod } from '../../../src/api/pod.js';
import type { Action, Decision } from '../../../src/rollout/game-stateful-set/action.js';
import type { GameStatefulSetSnapshot } from '../../../src/rollout/game-stateful-set/snapshot.js';
import { checkDecision } from './check-decision.js';
import { checkHook, checkWrite } from './check-write.js';
import { isLeaving } from './stateful-set-controller.js';
import { PodHistory } from './pod-history.js';
import type { World } from './world.js';

/** Something that must never happen has happened: rollout.md section 9. */
export class Violation extends Error {
  constructor(
    readonly invariant: string,
    readonly detail: string,
  ) {
    super(`${invariant}: ${detail}`);
  }
}

/** Looks at everything that our process decides and writes. */
export class Checker {
  readonly history: PodHistory;
  /** Pods that a foreigner has changed: of them, only what needs no trust is asked. */
  readonly touchedByOthers = new Set<string>();
  /** A foreigner has changed the child: what it then does by itself is not ours. */
  childTouchedByOthers = false;
  /** UIDs of pods that we have let the child delete. */
  readonly givenUp = new Set<string>();
  /** How long each pod with a gate and players was out of traffic when its images were patched, in milliseconds. */
  readonly drains: number[] = [];
  /** Names of pods that we have let the child make anew, with the target. */
  readonly madeAnew = new Set<string>();
  private snapshot: GameStatefulSetSnapshot | undefined;
  private said = '';

  constructor(private readonly world: World) {
    this.history = new PodHistory(world.api, world.clock);
  }

  decided(snapshot: GameStatefulSetSnapshot, decision: Decision, again: () => Decision): void {
    this.snapshot = snapshot;
    this.history.seen(snapshot);
    const { actions, reasons } = decision;
    checkDecision(snapshot, decision, { now: this.world.clock.now(), childTouchedByOthers: this.childTouchedByOthers });
    const said = reasons.join('; ');
    if (said !== this.said && said !== '') this.world.tell('waits', said);
    this.said = said;
    if (actions.length > 0) return;
    // Nothing but time has passed: a status that changed with it would be written every second.
    const later = again();
    const [first] = later.actions;
    if (!first) return;
    const paths =
      first.kind === 'writeStatus' ? firstDifferences(snapshot.workload.status, first.status, ['status'], 9) : [];
    throw new Violation('quiet', `${first.kind} only because time passed: ${paths.join(', ')} ${first.why}`);
  }

  wrote(action: Action): void {
    this.world.tell('we', lineOf(action));
    checkWrite(this.world, action, this.snapshot!);
    if (action.kind === 'updatePod' && changesImages(action)) this.noteDrain(action.pod.uid);
    this.history.wrote(action);
  }

  private noteDrain(uid: string): void {
    const { kubelets, clock } = this.world;
    const { closedAt, outAt } = this.history.of(uid);
    if (closedAt !== undefined && kubelets.runtimeOf(uid)?.game?.served === true)
      this.drains.push(outAt === undefined ? 0 : clock.now() - outAt);
  }

  deletedByNative(pod: Pod, why: 'update' | 'surplus'): void {
    const uid = pod.metadata.uid!;
    if (this.childTouchedByOthers || this.touchedByOthers.has(uid) || this.givenUp.has(uid)) return;
    // One that nobody has seen yet may be one too many, as long as nobody plays in it.
    if (why === 'surplus') checkHook(this.world, pod, 'delete');
    else throw new Violation('I7', `the child deletes ${pod.metadata.name}, and we have not given it up`);
  }

  /** I5: what the child makes by itself counts as well. */
  createdByNative(name: string, revision: string): void {
    const { child, pods, workload } = this.world.api;
    const { status, spec } = child!;
    const isOther = revision === status?.updateRevision && revision !== status.currentRevision;
    const isForeign = this.childTouchedByOthers || this.touchedByOthers.size > 0;
    if (isForeign || spec.updateStrategy?.type === 'OnDelete' || !isOther) return;
    const others = [...pods.values()].filter((pod) => pod.metadata.name !== name && !isLeaving(pod));
    const at = others.filter((pod) => pod.metadata.labels?.[REVISION_LABEL] === revision).length;
    const { replicas = 1, updateStrategy } = workload!.spec;
    const may =
      Math.max(replicas, spec.replicas ?? 1) - partitionOf(updateStrategy?.rollingUpdate?.partition, replicas);
    if (at === others.length || at + 1 <= may || this.madeAnew.has(name)) return;
    if (this.history.revisionOf(name) === revision) return;
    throw new Violation('I5', `the child makes ${name} at ${revision}, and ${at} have it already, ${may} may`);
  }
}

export const changesImages = ({ change }: Action & { kind: 'updatePod' }): boolean =>
  Object.keys({ ...change.images, ...change.sidecars }).length > 0;

function lineOf(action: Action): string {
  switch (action.kind) {
    case 'openGate':
      return `open ${action.pod.name} (${action.reason}): ${action.why}`;
    case 'closeGate':
      return `close ${action.pod.name} for ${action.plan.grace} s, then ${action.plan.target}: ${action.why}`;
    case 'updatePod': {
      const { images, sidecars, initImages } = action.change;
      const what = Object.entries({ ...images, ...sidecars, ...initImages }).map((entry) => entry.join(' '));
      return `patch ${action.pod.name}: ${[...what, `revision ${action.state.revision}`].join(', ')}`;
    }
    case 'deletePod':
      return `delete ${action.pod.name}: ${action.why}`;
    case 'changeChild':
      return `child: ${action.why}`;
    default:
      return `${action.kind}: ${action.why}`;
  }
}
