import { keyOf } from '../../../kube/objects.js';
import { jobs as resource } from '../../../kube/resource.js';
import type { Store } from '../../../kube/store.js';
import type { ComeBack } from '../../../kube/work-queue.js';
import type { Controller, ControllerContext } from '../context.js';
import type { Hand } from '../hand.js';
import { jobs } from '../informed.js';
import { Loop } from '../loop.js';
import type { Job } from '../objects.js';
import { isGoing } from '../owners.js';
import { isFinished } from './status.js';

/** Model of the TTL-after-finished controller: a finished Job goes, with its pods, when its time has come. */
export class TimeToLiveController implements Controller {
  private readonly jobs: Store<Job>;
  private readonly loop: Loop;

  constructor(private readonly context: ControllerContext) {
    this.jobs = context.informers.store(jobs);
    this.loop = new Loop('time to live', context, (key, hand) => this.sync(key, hand));
    this.jobs.subscribe(({ object }) => this.loop.add(keyOf(object as Job)));
  }

  start(): void {
    this.loop.start();
  }

  stop(): Promise<void> {
    return this.loop.stop();
  }

  private async sync(key: string, hand: Hand): Promise<ComeBack | undefined> {
    const job = this.jobs.get(key);
    const seconds = job?.spec.ttlSecondsAfterFinished;
    if (job === undefined || seconds === undefined || isGoing(job) || !isFinished(job)) return undefined;
    const ends = (job.status?.conditions ?? [])
      .filter(({ type, status }) => (type === 'Complete' || type === 'Failed') && status === 'True')
      .map(({ lastTransitionTime = '' }) => Date.parse(lastTransitionTime));
    const left = Math.max(...ends) + seconds * 1000 - this.context.clock.now();
    if (left > 0) return { after: left };
    await hand.delete({ resource, store: this.jobs }, job, { propagation: 'Foreground' });
    return undefined;
  }
}
