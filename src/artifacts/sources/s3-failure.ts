import { ArtifactError, codeOf, messageOf, NotWhole } from '../error.js';

/** What may help by being asked once more: the store is busy, or the line broke. */
const PASSING = new Set([
  'SlowDown',
  'ServiceUnavailable',
  'InternalError',
  'RequestTimeout',
  'RequestTimeTooSkewed',
  'Throttling',
  'ThrottlingException',
  'TooManyRequests',
  'TimeoutError',
  'ECONNRESET',
  'ECONNREFUSED',
  'ECONNABORTED',
  'EPIPE',
  'ETIMEDOUT',
  'EAI_AGAIN',
  'ENETUNREACH',
  'EHOSTUNREACH',
  'ERR_STREAM_PREMATURE_CLOSE',
]);

/** A content that comes damaged so often is damaged where it lies. */
const DAMAGED_ATTEMPTS = 4;

interface Said {
  readonly name?: string;
  readonly Code?: string;
  readonly $metadata?: { readonly httpStatusCode?: number };
}

const nameOf = (error: unknown): string => {
  const { name, Code } = error as Said;
  return codeOf(error) ?? Code ?? name ?? '';
};

export const statusOf = (error: unknown): number | undefined => (error as Said).$metadata?.httpStatusCode;

/** @param attempt the one that failed, from 1 on */
export function isPassing(error: unknown, attempt: number): boolean {
  if (error instanceof NotWhole) return attempt < DAMAGED_ATTEMPTS;
  if (PASSING.has(nameOf(error))) return true;
  const status = statusOf(error);
  return (
    (status !== undefined && (status >= 500 || status === 429)) ||
    /aborted|premature|socket hang up/i.test(messageOf(error))
  );
}

/** Whether the store says that this is too much. */
export const isBusy = (error: unknown): boolean =>
  ['SlowDown', 'Throttling', 'ThrottlingException', 'TooManyRequests', 'ServiceUnavailable'].includes(nameOf(error)) ||
  [429, 503].includes(statusOf(error) ?? 0);

const HINTS: Readonly<Record<string, readonly [message: string, hint: string]>> = {
  NoSuchBucket: ['there is no such bucket', 'check `path`: it begins with the bucket'],
  NoSuchKey: ['the object is gone', 'run the command again: the bucket changed meanwhile'],
  AccessDenied: ['access is denied', 'give keys that may list the bucket and read its objects'],
  Forbidden: ['access is denied', 'give keys that may list the bucket and read its objects'],
  InvalidAccessKeyId: ['the store does not know the access key', 'check `accessKey`'],
  SignatureDoesNotMatch: ['the secret key does not belong to the access key', 'check `secretKey`, and `region` where the store has regions'],
  AuthorizationHeaderMalformed: ['the store is of another region', 'set `region`'],
  PermanentRedirect: ['the bucket is at another endpoint', 'use the endpoint of its region as `url`'],
  TemporaryRedirect: ['the bucket is at another endpoint', 'use the endpoint of its region as `url`'],
  PathStyleDomainForbidden: ['the store wants the bucket in the host name', 'set `style: virtual`'],
  PreconditionFailed: ['the object changed while it was fetched', 'run the command again; releases want objects that stay, such as a prefix for each version'],
  ENOTFOUND: ['there is no such host', 'check `url`; a store that has no host name for each bucket wants `style: path`'],
  ECONNREFUSED: ['nobody answers there', 'check `url`, and that this network reaches it'],
  CERT_HAS_EXPIRED: ['its certificate has expired', 'mend the certificate of the store'],
  DEPTH_ZERO_SELF_SIGNED_CERT: ['its certificate is signed by nobody we know', 'give the CA by NODE_EXTRA_CA_CERTS'],
  SELF_SIGNED_CERT_IN_CHAIN: ['its certificate is signed by nobody we know', 'give the CA by NODE_EXTRA_CA_CERTS'],
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: ['its certificate is signed by nobody we know', 'give the CA by NODE_EXTRA_CA_CERTS'],
}; // prettier-ignore

/** A failure of a store as a person reads it. */
export function s3Failure(source: string, error: unknown, what?: string): ArtifactError {
  if (error instanceof NotWhole)
    return new ArtifactError(`${source}: ${what ?? ''}: ${error.message}`, { cause: error });
  if (error instanceof ArtifactError) return error;
  const known = HINTS[nameOf(error)] ?? (statusOf(error) === 412 ? HINTS['PreconditionFailed'] : undefined);
  const place = what === undefined ? source : `${source}: ${what}`;
  if (known) return new ArtifactError(`${place}: ${known[0]}`, { hint: known[1], cause: error });
  const status = statusOf(error);
  const text = [nameOf(error), messageOf(error)].filter(
    (part, index, all) => part !== '' && all.indexOf(part) === index,
  );
  return new ArtifactError(`${place}: ${status === undefined ? '' : `${status} `}${text.join(': ')}`, { cause: error });
}
