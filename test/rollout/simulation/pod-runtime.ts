import type { Random } from '../../../src/cluster/random.js';
import type { VirtualClock } from '../../../src/cluster/virtual-clock.js';
import { isSidecar } from '../../../src/api/pod.js';
import type { Pod, StoredContainer } from '../../../src/api/pod.js';
import { timestamp } from '../../../src/rollout/time.js';
import type { ApiServer } from './api-server.js';
import { behaviourOf } from './images.js';
import { statusOf } from './pod-status.js';
import type { Waiting } from './pod-status.js';
import { isLeaving } from './stateful-set-controller.js';

/** A container that really runs. */
export interface Instance {
  readonly id: string;
  readonly image: string;
  readonly imageID: string;
  readonly startedAt: number;
  ready: boolean;
  /** It was asked to end, and has not yet. */
  stopping: boolean;
  /** Its pod was in traffic while it ran: players may be connected to it. */
  served: boolean;
}

/** A container as the kubelet knows it. */
export interface Slot {
  readonly name: string;
  readonly kind: 'main' | 'sidecar' | 'init';
  instance: Instance | undefined;
  /** The container before this one. */
  last: { readonly id: string; readonly image: string; readonly imageID: string } | undefined;
  waiting: Waiting | undefined;
  restarts: number;
  /** Init containers: whether it has succeeded. */
  done: boolean;
}

export interface PodRuntimeOptions {
  readonly api: ApiServer;
  readonly clock: VirtualClock;
  readonly random: Random;
  readonly reportsGeneration: boolean;
  readonly isLost: () => boolean;
  readonly onStart: (container: string) => void;
  readonly told: (line: string) => void;
}

const FIRST_BACK_OFF = 10_000;
const LONGEST_BACK_OFF = 40_000;

/** One pod on its node. Works at one thing at a time: while it stops or pulls, the status that others see stays as it was. */
export class PodRuntime {
  readonly uid: string;
  readonly name: string;
  readonly slots: Slot[];
  private spec: Pod;
  private seenGeneration = 0;
  private isBusy = false;
  private isEnding = false;
  private isPublishing = false;
  private instances = 0;
  private readonly backOff = new Map<string, { until: number; length: number }>();

  constructor(
    pod: Pod,
    private readonly options: PodRuntimeOptions,
  ) {
    this.uid = pod.metadata.uid!;
    this.name = pod.metadata.name!;
    this.spec = pod;
    const slot = (kind: Slot['kind'], { name }: StoredContainer): Slot => ({
      name,
      kind,
      instance: undefined,
      last: undefined,
      waiting: undefined,
      restarts: 0,
      done: false,
    });
    this.slots = [
      ...(pod.spec.initContainers ?? []).map((container) => slot(isSidecar(container) ? 'sidecar' : 'init', container)),
      ...pod.spec.containers.map((container) => slot('main', container)),
    ];
  }

  /** The newest version of the pod has reached the node. */
  see(): void {
    const pod = this.options.api.pods.get(this.name);
    if (pod?.metadata.uid !== this.uid || this.options.isLost()) return;
    this.spec = pod;
    this.publishSoon();
    this.sync();
  }

  wake(): void {
    this.see();
  }

  /** What the game really is: for the oracle. */
  get game(): Instance | undefined {
    return this.slots.find(({ name }) => name === 'game')?.instance;
  }

  /** Whether all containers, or only some, really run what the pod's spec says, or ended so a moment ago, and stay so. */
  runsSpec(only?: readonly string[]): boolean {
    const { spec } = this.options.api.pods.get(this.name) ?? this.spec;
    return this.slots.every(({ name, kind, instance, last }) => {
      if (kind === 'init' || only?.includes(name) === false) return true;
      return (instance ?? last)?.image === imageIn(spec, name) && instance?.stopping !== true;
    });
  }

  markServed(): void {
    for (const { instance } of this.slots) if (instance) instance.served = true;
  }

  /** A fault: the process of a container ends by itself. */
  crash(name: string): void {
    const slot = this.slots.find((one) => one.name === name);
    if (slot?.instance && !slot.instance.stopping) this.ended(slot, slot.instance);
  }

  /** What the node controller writes when the node has not answered for long. */
  markUnknown(): void {
    const pod = this.options.api.pods.get(this.name);
    if (pod?.metadata.uid === this.uid) this.write(pod, true);
  }

  private sync(): void {
    if (this.isEnding || this.options.isLost()) return;
    // When it is done with what it does, it looks again.
    if (this.isBusy) return;
    this.seenGeneration = this.spec.metadata.generation ?? 0;
    if (isLeaving(this.spec)) this.end();
    else this.startNext();
  }

  private end(): void {
    this.isEnding = true;
    for (const { instance } of this.slots) if (instance) instance.stopping = true;
    this.after(this.stopTime(), () => {
      for (const slot of this.slots) slot.instance = undefined;
      this.options.api.removePod(this.name);
    });
  }

  /** The first thing that is to be done: init containers one by one, then what does not run or runs another image. */
  private startNext(): void {
    const changed = this.slots.filter(({ name, kind, instance }) => {
      return kind !== 'init' && instance && instance.image !== imageIn(this.spec.spec, name);
    });
    if (changed.length > 0) {
      this.stop(changed);
      return;
    }
    const next = this.slots.find(
      (slot) => (slot.kind === 'init' ? !slot.done : !slot.instance) && !this.isHeldBack(slot),
    );
    const isInitialized = this.slots.every(({ kind, done }) => kind !== 'init' || done);
    if (next && (next.kind !== 'main' || isInitialized)) this.pull(next);
    else this.publishSoon();
  }

  private stop(slots: readonly Slot[]): void {
    for (const { instance } of slots) instance!.stopping = true;
    this.busy(this.stopTime(), () => {
      for (const slot of slots) this.remember(slot);
    });
  }

  private pull(slot: Slot): void {
    const image = imageIn(this.spec.spec, slot.name);
    const { exists, pullsSlowly, imageID } = behaviourOf(image);
    const { random } = this.options;
    slot.waiting ??= { reason: slot.last ? 'CrashLoopBackOff' : 'ContainerCreating' };
    this.publishSoon();
    const time = pullsSlowly ? 15_000 + random() * 20_000 : random() < 0.5 ? 0 : random() * 2_000;
    this.busy(time, () => {
      if (!exists) {
        this.holdBack(slot, image, slot.waiting?.reason === 'ErrImagePull' ? 'ImagePullBackOff' : 'ErrImagePull');
        return;
      }
      slot.waiting = undefined;
      if (slot.kind === 'init') slot.done = true;
      else this.run(slot, image, imageID);
    });
  }

  private run(slot: Slot, image: string, imageID: string): void {
    const { random, clock } = this.options;
    const { crashes, becomesReady, startsSlowly } = behaviourOf(image);
    const id = `containerd://${this.uid}-${slot.name}-${++this.instances}`;
    const instance: Instance = {
      id,
      image,
      imageID,
      startedAt: clock.now(),
      ready: false,
      stopping: false,
      served: false,
    };
    slot.instance = instance;
    this.options.onStart(slot.name);
    if (slot.last) slot.restarts++;
    if (becomesReady)
      this.after(startsSlowly ? 8_000 + random() * 12_000 : random() * 3_000, () => {
        if (slot.instance !== instance) return;
        instance.ready = true;
        this.publishSoon();
      });
    if (crashes) this.after(500 + random() * 4_000, () => this.ended(slot, instance));
  }

  private ended(slot: Slot, instance: Instance): void {
    if (slot.instance !== instance || instance.stopping) return;
    this.remember(slot);
    const key = `${slot.name}/${instance.image}`;
    // The first restart is at once.
    if (this.backOff.has(key)) this.holdBack(slot, instance.image, 'CrashLoopBackOff');
    else this.backOff.set(key, { until: 0, length: FIRST_BACK_OFF / 2 });
    this.publishSoon();
    this.sync();
  }

  private remember(slot: Slot): void {
    const { instance } = slot;
    slot.instance = undefined;
    if (instance) slot.last = { id: instance.id, image: instance.image, imageID: instance.imageID };
  }

  private holdBack(slot: Slot, image: string, reason: string): void {
    const key = `${slot.name}/${image}`;
    const length = Math.min(LONGEST_BACK_OFF, 2 * (this.backOff.get(key)?.length ?? FIRST_BACK_OFF / 2));
    this.backOff.set(key, { until: this.options.clock.now() + length, length });
    slot.waiting = { reason, message: `back-off ${length / 1000}s` };
    this.after(length, () => this.sync());
  }

  private isHeldBack(slot: Slot): boolean {
    const image = imageIn(this.spec.spec, slot.name);
    return (this.backOff.get(`${slot.name}/${image}`)?.until ?? 0) > this.options.clock.now();
  }

  private busy(time: number, then: () => void): void {
    this.isBusy = true;
    this.after(time, () => {
      then();
      this.isBusy = false;
      this.publishSoon();
      this.sync();
    });
  }

  /** Nothing of a lost node goes on but the processes. */
  private after(time: number, run: () => void): void {
    this.options.clock.after(time, () => {
      if (this.options.isLost()) this.after(1_000, run);
      else run();
    });
  }

  private stopTime(): number {
    const { random } = this.options;
    return random() < 0.7 ? 50 + random() * 500 : random() * 6_000;
  }

  /** The status is up to a second late. */
  private publishSoon(): void {
    if (this.isPublishing) return;
    this.isPublishing = true;
    const { random } = this.options;
    this.after(random() < 0.5 ? 15 + random() * 30 : random() * 1_000, () => {
      this.isPublishing = false;
      if (this.isEnding) return;
      const pod = this.options.api.pods.get(this.name);
      if (pod?.metadata.uid === this.uid) this.write(pod, false);
    });
  }

  private write(pod: Pod, isUnknown: boolean): void {
    const { api, clock, reportsGeneration } = this.options;
    const status = statusOf(pod, {
      // While it works at something, what it last said of its containers stands.
      slots: this.isBusy && (pod.status?.containerStatuses ?? []).length > 0 ? undefined : this.slots,
      now: timestamp(clock.now()),
      isUnknown,
      ...(reportsGeneration && { generation: this.seenGeneration }),
    });
    if (JSON.stringify(status) !== JSON.stringify(pod.status))
      api.changePod(this.name, (newest) => ({ ...newest, status }));
  }
}

export function imageIn({ containers, initContainers = [] }: Pod['spec'], name: string): string {
  return [...containers, ...initContainers].find((container) => container.name === name)?.image ?? '';
}
