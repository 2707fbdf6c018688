/** Why a request did not succeed, in the words that a caller decides on. */
export type KubeErrorKind =
  /** 400: the request itself is malformed; repeating it is useless. */
  | 'badRequest'
  /** 401 */
  | 'unauthorized'
  /** 403 */
  | 'forbidden'
  /** 404 */
  | 'notFound'
  /** 409, reason AlreadyExists */
  | 'alreadyExists'
  /** 409: the resourceVersion, a UID precondition or another field manager is in the way. */
  | 'conflict'
  /** 410: the resourceVersion or continue token is too old. */
  | 'gone'
  /** 422: the object is refused; `causes` say which fields. */
  | 'invalid'
  /** 429: come back after `retryAfter`. An eviction that a PodDisruptionBudget forbids is this too. */
  | 'tooManyRequests'
  /** Other 4xx: 405, 413, 415 ... */
  | 'refused'
  /** 5xx: it may have been done or not. */
  | 'server'
  /** No answer in time: it may have been done or not. */
  | 'timeout'
  /** No connection, or one that broke: it may have been done or not. */
  | 'network'
  /** The answer is not what the protocol says: half JSON, a list without items. */
  | 'protocol'
  /** The caller's signal. */
  | 'aborted';

export interface FieldCause {
  readonly field?: string;
  readonly reason?: string;
  readonly message?: string;
}

export interface KubeErrorDetails {
  /** The HTTP status; 0 where there was none. */
  readonly status?: number;
  /** `reason` of the Status object: `AlreadyExists`, `Expired` ... */
  readonly reason?: string;
  readonly causes?: readonly FieldCause[];
  /** Milliseconds that the server asked us to wait. */
  readonly retryAfter?: number;
  readonly cause?: unknown;
}

/** A request that did not succeed. The message names method and path, never credentials nor the body that was sent. */
export class KubeError extends Error {
  readonly status: number;
  readonly reason: string;
  readonly causes: readonly FieldCause[];
  readonly retryAfter: number | undefined;

  constructor(
    readonly kind: KubeErrorKind,
    message: string,
    { status = 0, reason = '', causes = [], retryAfter, cause }: KubeErrorDetails = {},
  ) {
    super(message, cause === undefined ? undefined : { cause });
    this.name = 'KubeError';
    this.status = status;
    this.reason = reason;
    this.causes = causes;
    this.retryAfter = retryAfter;
  }

  /** Whether the same request may succeed later without anybody changing it. */
  get isTransient(): boolean {
    return ['tooManyRequests', 'server', 'timeout', 'network', 'protocol'].includes(this.kind);
  }
}

/** Whether this is a {@link KubeError} of one of these kinds. */
export function isKubeError(error: unknown, ...kinds: KubeErrorKind[]): error is KubeError {
  return error instanceof KubeError && (kinds.length === 0 || kinds.includes(error.kind));
}
