import type { Clock } from '../../kube/clock.js';
import type { StoredContainer } from '../../api/pod.js';
import { Backoff } from './backoff.js';
import type { WaitReason } from './container-status.js';
import { defaultPullPolicy, type NodeImages, type Registry } from './images.js';
import { pause, Signal, type Process } from './process.js';
import type { Range } from './timings.js';

export interface PullerOptions {
  readonly clock: Clock;
  readonly node: string;
  readonly images: NodeImages;
  readonly registry: Registry;
  readonly backoff: Range;
  /** Whether images are pulled one after the other. */
  readonly isSerial: boolean;
}

/** Sees to it that an image is on the node. Source: image_manager.go of the kubelet. */
export class ImagePuller {
  private readonly backoff: Backoff;
  private readonly errors = new Map<string, string>();
  private readonly attempts = new Map<string, number>();
  private last: Signal | undefined;

  constructor(private readonly options: PullerOptions) {
    this.backoff = new Backoff(options.clock, options.backoff);
  }

  /** The digest, or why the container has to wait. */
  *ensure(uid: string, { image, imagePullPolicy }: StoredContainer): Process<{ digest: string } | WaitReason> {
    const policy = imagePullPolicy ?? defaultPullPolicy(image);
    const present = this.options.images.find(image);
    if (policy !== 'Always' && present !== undefined) return { digest: present };
    if (policy === 'Never') {
      const message = `Container image "${image}" is not present with pull policy of Never`;
      return { reason: 'ErrImageNeverPull', message };
    }
    const key = `${uid}_${image}`;
    if (this.backoff.isWaitingSinceUpdate(key)) {
      const cause = this.errors.get(key);
      const message = `Back-off pulling image "${image}"${cause === undefined ? '' : `: ${cause}`}`;
      return { reason: 'ImagePullBackOff', message };
    }
    return yield* this.pull(key, image);
  }

  private *pull(key: string, image: string): Process<{ digest: string } | WaitReason> {
    const { clock, node, images, registry, isSerial } = this.options;
    const before = this.last;
    const mine = new Signal();
    if (isSerial) this.last = mine;
    if (isSerial && before !== undefined) yield before.wait;
    const attempt = this.attempts.get(image) ?? 0;
    this.attempts.set(image, attempt + 1);
    const pull = registry.pull(image, { node, attempt });
    yield pause(clock, pull.after);
    if (this.last === mine) this.last = undefined;
    mine.done();
    if ('digest' in pull) {
      images.pulled(image, pull.digest);
      this.errors.delete(key);
      return { digest: pull.digest };
    }
    this.backoff.next(key, clock.monotonic());
    this.errors.set(key, `ErrImagePull: ${pull.error}`);
    return { reason: 'ErrImagePull', message: pull.error };
  }
}
