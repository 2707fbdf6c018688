import { keyOf } from '../../../kube/objects.js';
import { jobs as resource } from '../../../kube/resource.js';
import type { Observed, Store } from '../../../kube/store.js';
import type { ComeBack } from '../../../kube/work-queue.js';
import { isSame } from '../../json.js';
import { inGrowingBatches } from '../batches.js';
import type { Controller, ControllerContext } from '../context.js';
import type { Hand, Place } from '../hand.js';
import { jobs, pods } from '../informed.js';
import { Loop } from '../loop.js';
import { conditionOf, type Job, type Pod, type SeenPod } from '../objects.js';
import { controllerOf, isGoing } from '../owners.js';
import { claimed, routeOwned } from '../ownership.js';
import { PodControl } from '../pod-control.js';
import { isActive } from '../pod-state.js';
import { isFinished, statusOf } from './status.js';
import { account, isTracked, released, TRACKING } from './tracking.js';
import { pauseAfter, verdictOf, wantedActive, type Counts, type Verdict } from './verdict.js';

/**
 * Model of Kubernetes' Job controller: pods until enough of them have succeeded, or too many failed. Not modelled: indexed Jobs, which are
 * run as if they were not, pod failure and success policies, and a replacement policy other than the default.
 */
export class JobController implements Controller {
  private readonly jobs: Store<Job, 'namespace'>;
  private readonly pods: Place & { readonly store: Store<Pod, 'controller' | 'orphanage'> };
  private readonly control: PodControl;
  private readonly loop: Loop;
  private readonly orphans: Loop;

  constructor(
    private readonly context: ControllerContext,
    private readonly announces = true,
  ) {
    const { informers } = context;
    this.jobs = informers.store(jobs);
    this.pods = { resource: pods.resource, store: informers.store(pods) };
    this.control = new PodControl(this.pods, resource, context.tell);
    this.loop = new Loop('Job', context, (key, hand) => this.sync(key, hand));
    this.orphans = new Loop('pods of Jobs that are gone', context, (key, hand) => this.letGo(key, hand));
    this.jobs.subscribe(({ type, object }) => {
      this.loop.add(keyOf(object as Job));
      if (type !== 'removed') return;
      for (const pod of this.pods.store.byIndex('controller', object.metadata.uid)) this.orphans.add(keyOf(pod as Pod));
    });
    routeOwned(this.pods.store, this.jobs, resource, this.loop.add);
    this.pods.store.subscribe(({ type, object }) => {
      if (type !== 'removed' && isTracked(object) && !this.isHeld(object)) this.orphans.add(keyOf(object as Pod));
    });
  }

  start(): void {
    this.loop.start();
    this.orphans.start();
  }

  async stop(): Promise<void> {
    await Promise.all([this.loop.stop(), this.orphans.stop()]);
  }

  private isHeld(pod: SeenPod): boolean {
    const owner = controllerOf(pod);
    return owner !== undefined && this.jobs.byUid(owner.uid) !== undefined;
  }

  private async sync(key: string, hand: Hand): Promise<ComeBack | undefined> {
    const job = this.jobs.get(key);
    if (job === undefined || isFinished(job)) return undefined;
    const mine = await claimed<Pod, Job>({ hand, owner: job, resource, owned: this.pods });
    const now = this.context.clock.now();
    const ends = account(job, mine);
    const active = mine.filter(isActive);
    const counts: Counts = {
      active: active.length,
      succeeded: ends.succeeded + ends.uncounted.succeeded.length,
      failed: ends.failed + ends.uncounted.failed.length,
      restarts: sumOf(active.flatMap(({ status }) => status?.containerStatuses ?? []).map((one) => one.restartCount)),
    };
    const started = job.status?.startTime;
    const runs = started === undefined ? 0 : now - Date.parse(started);
    const verdict = announced(job) ?? (job.spec.suspend === true ? undefined : verdictOf(job, counts, runs));
    let left: readonly SeenPod[] = active;
    let comeBack: ComeBack | undefined;
    if (!isGoing(job)) ({ left, comeBack } = await this.manage(job, { active, mine, counts, verdict, runs }, hand));
    const status = statusOf(job, { active: left, pods: mine, ends, verdict, announces: this.announces }, now);
    if (!isSame(status, job.status)) {
      const place = { resource, store: this.jobs };
      const stored = await hand.updateStatus<Job>(place, { ...(job as Job), status });
      this.tellEnd(job, stored);
    } else for (const pod of released(job, mine)) await this.release(pod, hand);
    return comeBack;
  }

  /** Creates and deletes pods. `left`: those that are active afterwards, as far as is known without asking. */
  private async manage(
    job: Observed<Job>,
    { active, mine, counts, verdict, runs }: Managed,
    hand: Hand,
  ): Promise<{ left: readonly SeenPod[]; comeBack?: ComeBack | undefined }> {
    const wanted = verdict ? 0 : wantedActive(job, counts);
    const deadline = job.spec.activeDeadlineSeconds;
    const untilDeadline =
      verdict || deadline === undefined ? undefined : { after: Math.max(1, deadline * 1000 - runs) };
    if (active.length > wanted) {
      // Those that are not ready first, then the youngest.
      const victims = [...active].sort(byWorth).slice(0, active.length - wanted);
      // Each is let go with that: its end is counted as a failure only where the Job goes on.
      await Promise.all(victims.map((pod) => this.control.delete(job, pod, hand)));
      return { left: active.filter((pod) => !victims.includes(pod)), comeBack: untilDeadline };
    }
    const missing = wanted - active.length;
    if (missing === 0) return { left: active, comeBack: untilDeadline };
    const pause = this.pauseOf(mine);
    if (pause > 0) return { left: active, comeBack: { after: Math.min(pause, untilDeadline?.after ?? pause) } };
    const created: SeenPod[] = [];
    await inGrowingBatches(missing, async () => created.push(await this.control.create(job, hand, [TRACKING])));
    return { left: [...active, ...created], comeBack: untilDeadline };
  }

  /** Milliseconds until the next pod may be made: failures since the last success slow it down. */
  private pauseOf(mine: readonly SeenPod[]): number {
    const ended = mine
      .filter(({ status }) => status?.phase === 'Failed' || status?.phase === 'Succeeded')
      .map((pod) => ({ failed: pod.status?.phase === 'Failed', at: endTime(pod) }))
      .sort((one, other) => other.at - one.at);
    const success = ended.findIndex(({ failed }) => !failed);
    const failures = success < 0 ? ended.length : success;
    return failures === 0 ? 0 : ended[0]!.at + pauseAfter(failures) - this.context.clock.now();
  }

  private async release(pod: SeenPod, hand: Hand): Promise<void> {
    const { uid } = pod.metadata;
    const body = { metadata: { uid, '$deleteFromPrimitiveList/finalizers': [TRACKING] } };
    await hand.patchIfThere(this.pods, pod, { type: 'strategic', body });
  }

  /** A pod that no Job counts any more. */
  private async letGo(key: string, hand: Hand): Promise<void> {
    const pod = this.pods.store.get(key);
    if (pod && isTracked(pod) && !this.isHeld(pod)) await this.release(pod, hand);
  }

  private tellEnd(before: Observed<Job>, job: Observed<Job>): void {
    if (!isFinished(job) || isFinished(before)) return;
    const failed = conditionOf(job.status?.conditions, 'Failed');
    const { reason = 'Failed', message = '' } = failed ?? {};
    if (failed?.status === 'True') this.context.tell({ regarding: job, type: 'Warning', reason, note: message });
    else this.context.tell({ regarding: job, reason: 'Completed', note: 'Job completed' });
  }
}

interface Managed {
  readonly active: readonly SeenPod[];
  readonly mine: readonly SeenPod[];
  readonly counts: Counts;
  readonly verdict: Verdict | undefined;
  readonly runs: number;
}

/** What was decided before, and stays. */
function announced({ status }: Observed<Job>): Verdict | undefined {
  const kinds = { SuccessCriteriaMet: 'complete', FailureTarget: 'failed' } as const;
  for (const [type, kind] of Object.entries(kinds)) {
    const condition = conditionOf(status?.conditions, type);
    if (condition?.status === 'True') return { kind, reason: condition.reason ?? '', message: condition.message ?? '' };
  }
  return undefined;
}

function byWorth(one: SeenPod, other: SeenPod): number {
  const worth = ({ status }: SeenPod): number => (status?.phase === 'Running' ? 1 : 0);
  const born = ({ metadata }: SeenPod): string => metadata.creationTimestamp ?? '';
  return worth(one) - worth(other) || (born(one) > born(other) ? -1 : 1);
}

function endTime({ metadata, status }: SeenPod): number {
  const ends = (status?.containerStatuses ?? []).map(({ state }) => Date.parse(state?.terminated?.finishedAt ?? ''));
  const known = ends.filter((time) => !Number.isNaN(time));
  return known.length > 0 ? Math.max(...known) : Date.parse(metadata.creationTimestamp ?? '');
}

const sumOf = (numbers: readonly number[]): number => numbers.reduce((sum, number) => sum + number, 0);
