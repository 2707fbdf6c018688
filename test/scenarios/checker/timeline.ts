import type { GameStatefulSet } from '../../../src/api/generated/types/game-stateful-set.js';
import type { StatefulSet } from '../../../src/api/native.js';
import type { Pod } from '../../../src/api/pod.js';

/** A write that the API server has answered, as its audit log tells it. Times are wall time in milliseconds. */
export interface Write {
  readonly at: number;
  readonly user: string;
  /** Whether a controller of ours sent it. */
  readonly isOurs: boolean;
  readonly verb: string;
  readonly resource: string;
  readonly subresource?: string;
  readonly name: string;
  /** The HTTP status. */
  readonly code: number;
  readonly body?: unknown;
  /** The version that the write was decided on, where it names one. */
  readonly base?: string;
}

/** One version of an object after another, in the order in which the API server made them. */
export type Step =
  StepOf<'pods', Pod> | StepOf<'statefulsets', StatefulSet> | StepOf<'gamestatefulsets', GameStatefulSet>;
export type PodStep = StepOf<'pods', Pod>;

interface StepOf<R extends string, T> {
  /** When the watch showed it. */
  readonly at: number;
  readonly version: string;
  readonly resource: R;
  readonly type: 'added' | 'changed' | 'removed';
  readonly object: T;
  /** Absent where it was added. */
  readonly old?: T;
  /** The write of ours that made this version. */
  readonly by?: Write;
  /** Whoever asked last that it be deleted, where it is on its way out now. */
  readonly endedBy?: Write;
}

/** What a watch shows may be as much behind what the audit log tells, or ahead of it. Milliseconds. */
export const JITTER = 100;
/** After so many milliseconds a controller must know what the server has told everybody, on a machine that is not busy. */
export const KNOWN_AFTER = 250;
