import type { Duration } from 'cdk8s';
import type { CanaryStep } from './canary-step.js';

/** What every way of updating has in common. */
export interface UpdateOptions {
  /**
   * How many pods may be unavailable at a time, a number or a percentage.
   *
   * @default 1
   */
  readonly maxUnavailable?: number | string;

  /**
   * How many pods may run beside the wanted number. Services with replicas only.
   *
   * @default 0
   */
  readonly maxSurge?: number | string;

  /**
   * How many pods (or which share) keep the old version, where there is no canary.
   *
   * @default - every pod is updated
   */
  readonly partition?: number | string;

  /**
   * The steps of the update.
   *
   * @default - one step: all of it
   */
  readonly canary?: CanaryStep[];

  /**
   * Whether a canary whose hook does not succeed waits for a person or goes back.
   *
   * @default false - it waits
   */
  readonly abortOnFailure?: boolean;
}

/** Updates that keep the pod. */
export interface InPlaceOptions extends UpdateOptions {
  /**
   * How long a pod is out of the load balancer before its containers are restarted; whole seconds.
   *
   * @default Duration.seconds(30)
   */
  readonly gracePeriod?: Duration;

  /**
   * Whether a change that is impossible in place may delete and create the pods anew.
   *
   * @default false - nothing is touched, and the status says why
   */
  readonly fallbackToRecreate?: boolean;

  /**
   * How long the new images may take to arrive on the nodes before the first pod is touched; whole seconds.
   *
   * @default Duration.minutes(10)
   */
  readonly prepullTimeout?: Duration;
}

/** How a change of image or template reaches the pods that are there. */
export class UpdateStrategy {
  /** The containers restart with the new image; the pod, its address, its shared memory and its volumes stay. */
  public static inPlace(options: InPlaceOptions = {}): UpdateStrategy {
    const { gracePeriod, fallbackToRecreate, prepullTimeout } = options;
    const inPlace = {
      ...(gracePeriod && { gracePeriodSeconds: gracePeriod.toSeconds() }),
      ...(fallbackToRecreate && { fallback: 'Recreate' }),
    };
    return new UpdateStrategy('InplaceUpdate', options, {
      ...(Object.keys(inPlace).length > 0 && { inPlaceUpdateStrategy: inPlace }),
      ...(prepullTimeout && { prepull: { timeoutSeconds: prepullTimeout.toSeconds(), onFailure: 'Pause' } }),
    });
  }

  /** The image changes under the running process, which reloads itself. Needs the seed system's kubelet. */
  public static hotPatch(options: UpdateOptions = {}): UpdateStrategy {
    return new UpdateStrategy('HotPatchUpdate', options, {});
  }

  /** Pods are deleted and created anew, one after the other. */
  public static rolling(options: UpdateOptions = {}): UpdateStrategy {
    return new UpdateStrategy('RollingUpdate', options, {});
  }

  /** A pod changes when somebody deletes it. */
  public static onDelete(): UpdateStrategy {
    return new UpdateStrategy('OnDelete', {}, {});
  }

  private constructor(
    private readonly type: string,
    private readonly options: UpdateOptions,
    private readonly fields: Record<string, unknown>,
  ) {}

  /**
   * The updateStrategy object: a set of ids has its counts under `rollingUpdate`, replicas have them at the top.
   *
   * @internal
   */
  public _toStrategy(replicated: boolean): Record<string, unknown> {
    const { maxUnavailable, maxSurge, partition, canary, abortOnFailure } = this.options;
    const counts = {
      ...(partition !== undefined && { partition }),
      ...(maxUnavailable !== undefined && { maxUnavailable }),
      ...(maxSurge !== undefined && { maxSurge }),
    };
    const rolling = Object.keys(counts).length > 0 ? { rollingUpdate: counts } : {};
    return {
      type: this.type,
      ...(replicated ? counts : rolling),
      ...this.fields,
      ...(canary && {
        canary: { steps: canary.map((step) => step._toStep()), ...(abortOnFailure && { onFailure: 'Abort' }) },
      }),
    };
  }
}
