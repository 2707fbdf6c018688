import type { FieldCause } from '../../kube/error.js';

export interface RefusalDetails {
  /** Of the resource, for `details` of the Status. */
  readonly group?: string;
  readonly kind?: string;
  readonly name?: string;
  readonly uid?: string;
  readonly causes?: readonly FieldCause[];
  readonly retryAfterSeconds?: number;
  /** They are written even when there are none. @default false */
  readonly isTold?: boolean;
}

/** A request that the server does not do: a `Status` object of the API. */
export class Refusal extends Error {
  constructor(
    readonly code: number,
    readonly reason: string,
    message: string,
    readonly details: RefusalDetails = {},
  ) {
    super(message);
    this.name = 'Refusal';
  }

  get status(): object {
    const { causes, isTold = false, ...named } = this.details;
    const details = { ...named, ...(causes !== undefined && { causes }) };
    return {
      kind: 'Status',
      apiVersion: 'v1',
      metadata: {},
      status: 'Failure',
      message: this.message,
      ...(this.reason !== '' && { reason: this.reason }),
      ...((isTold || Object.keys(details).length > 0) && { details }),
      code: this.code,
    };
  }
}

/** What a refusal is about. */
export interface Subject {
  readonly group: string;
  readonly plural: string;
  readonly kind: string;
}

/** `statefulsets.apps`, or `pods` in the core group. */
export function qualifiedPlural({ group, plural }: Pick<Subject, 'group' | 'plural'>): string {
  return group === '' ? plural : `${plural}.${group}`;
}

const ofResource = ({ group, plural }: Subject, name: string): RefusalDetails => ({
  ...(name !== '' && { name }),
  ...(group !== '' && { group }),
  kind: plural,
});

export function badRequest(message: string): Refusal {
  return new Refusal(400, 'BadRequest', message);
}

export function forbidden(subject: Subject, name: string, why: string, causes?: readonly FieldCause[]): Refusal {
  const message = `${qualifiedPlural(subject)} ${JSON.stringify(name)} is forbidden: ${why}`;
  return new Refusal(403, 'Forbidden', message, { ...ofResource(subject, name), ...(causes && { causes }) });
}

export function notFound(subject: Subject, name: string): Refusal {
  const message = `${qualifiedPlural(subject)} ${JSON.stringify(name)} not found`;
  return new Refusal(404, 'NotFound', message, ofResource(subject, name));
}

export function noSuchPath(): Refusal {
  return new Refusal(404, 'NotFound', 'the server could not find the requested resource', { isTold: true });
}

export function notAllowed(what: string): Refusal {
  return new Refusal(405, 'MethodNotAllowed', `${what} is not supported on resources of this kind`, { isTold: true });
}

export function alreadyExists(subject: Subject, name: string, isBeingDeleted = false): Refusal {
  const start = isBeingDeleted ? 'object is being deleted: ' : '';
  const message = `${start}${qualifiedPlural(subject)} ${JSON.stringify(name)} already exists`;
  return new Refusal(409, 'AlreadyExists', message, ofResource(subject, name));
}

export function conflict(subject: Subject, name: string, why: string): Refusal {
  const message = `Operation cannot be fulfilled on ${qualifiedPlural(subject)} ${JSON.stringify(name)}: ${why}`;
  return new Refusal(409, 'Conflict', message, ofResource(subject, name));
}

export const MODIFIED = 'the object has been modified; please apply your changes to the latest version and try again';

/** A version, page or history that is no longer kept. */
export function expired(message: string): Refusal {
  return new Refusal(410, 'Expired', message);
}

export function unsupportedMediaType(accepted: readonly string[], isTold = true): Refusal {
  const message = `the body of the request was in an unknown format - accepted media types include: ${accepted.join(', ')}`;
  return new Refusal(415, 'UnsupportedMediaType', message, { isTold });
}

/** 422 with one cause per field. */
export function invalid(
  subject: Pick<Subject, 'group' | 'kind'>,
  name: string,
  causes: readonly FieldCause[],
): Refusal {
  const { group, kind } = subject;
  const told = causes.map(({ field, message }) => (field === undefined ? message : `${field}: ${message ?? ''}`));
  const all = told.length === 1 ? told[0]! : `[${told.join(', ')}]`;
  const message = `${group === '' ? kind : `${kind}.${group}`} ${JSON.stringify(name)} is invalid: ${all}`;
  return new Refusal(422, 'Invalid', message, {
    ...(name !== '' && { name }),
    ...(group !== '' && { group }),
    ...(kind !== '' && { kind }),
    causes,
  });
}

export function tooManyRequests(message: string, causes: readonly FieldCause[], retryAfterSeconds?: number): Refusal {
  return new Refusal(429, 'TooManyRequests', message, {
    causes,
    ...(retryAfterSeconds !== undefined && { retryAfterSeconds }),
  });
}

export function internalError(message: string): Refusal {
  return new Refusal(500, 'InternalError', `Internal error occurred: ${message}`);
}
