import type { KubeApi } from '../../kube/api.js';
import type { Clock } from '../../kube/clock.js';
import type { Occurrence } from '../../kube/event-object.js';
import type { Resource } from '../../kube/resource.js';
import type { Random } from '../random.js';
import type { Informers } from './informers.js';

/** What a model of a controller lives on. */
export interface ControllerContext {
  /** The cluster, by the identity that this controller has there. */
  readonly api: KubeApi;
  readonly clock: Clock;
  readonly informers: Informers;
  /** All that the server has whose objects can be listed, watched and deleted. */
  readonly resources: () => Promise<readonly Resource[]>;
  readonly random: Random;
  /** Tells everybody who reads events. */
  readonly tell: (occurrence: Occurrence) => void;
  /** What the cluster did not do when it was asked. It is tried again. */
  readonly onError: (error: unknown, doing: string) => void;
}

/** A model of a controller. It begins when all that it looks at is there. */
export interface Controller {
  start(): void;
  stop(): Promise<void>;
}

export type MakeController = (context: ControllerContext) => Controller;
