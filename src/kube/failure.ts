import { KubeError, type FieldCause, type KubeErrorKind } from './error.js';

/** What was asked, for messages: `GET /api/v1/pods`. Queries stay out of it: they hold the commands of exec. */
export type Where = string;

/** An answer that is no success, as it came. */
export interface FailedAnswer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly body: Uint8Array;
}

/** The `Status` object of the API. */
interface Status {
  readonly message?: unknown;
  readonly reason?: unknown;
  readonly code?: unknown;
  readonly details?: {
    readonly causes?: unknown;
    readonly retryAfterSeconds?: unknown;
  };
}

const LONGEST_MESSAGE = 2000;

/** The error for an answer with a status other than 2xx, whoever sent it: the API server, or a proxy before it. */
export function failureOf(where: Where, answer: FailedAnswer, now: number): KubeError {
  const { status, headers } = answer;
  const body = parsedStatus(answer.body);
  const redirected = status >= 300 && status < 400;
  const kind = redirected ? 'protocol' : kindOf(status, reasonOf(body));
  const retryAfter = retryAfterOf(headers['retry-after'], now) ?? retryAfterIn(body);
  const said = redirected ? 'a redirection, which is not followed' : body ? textOf(body.message) : excerpt(answer.body);
  return failure(where, kind, status, body, said, retryAfter);
}

/** The error for a `Status` object that came as an event of a watch, or at the end of an exec. */
export function failureOfStatus(where: Where, status: unknown): KubeError {
  // One from a kubelet does not say that it is a Status.
  const body = typeof status === 'object' && status !== null ? (status as Status) : undefined;
  const code = typeof body?.code === 'number' ? body.code : 500;
  return failure(where, kindOf(code, reasonOf(body)), code, body, textOf(body?.message), retryAfterIn(body));
}

function failure(
  where: Where,
  kind: KubeErrorKind,
  status: number,
  body: Status | undefined,
  said: string,
  retryAfter: number | undefined,
): KubeError {
  const reason = reasonOf(body);
  const numbers = reason === '' ? String(status) : `${status} ${reason}`;
  return new KubeError(kind, `${where}: ${numbers}${said === '' ? '' : `: ${said}`}`, {
    status,
    reason,
    causes: causesOf(body),
    ...(retryAfter !== undefined && { retryAfter }),
  });
}

function kindOf(status: number, reason: string): KubeErrorKind {
  switch (status) {
    case 400:
      return 'badRequest';
    case 401:
      return 'unauthorized';
    case 403:
      return 'forbidden';
    case 404:
      return 'notFound';
    case 409:
      return reason === 'AlreadyExists' ? 'alreadyExists' : 'conflict';
    case 410:
      return 'gone';
    case 422:
      return 'invalid';
    case 429:
      return 'tooManyRequests';
    default:
      if (status >= 500) return 'server';
      return status >= 400 ? 'refused' : 'protocol';
  }
}

function parsedStatus(bytes: Uint8Array): Status | undefined {
  try {
    const body: unknown = JSON.parse(Buffer.from(bytes).toString());
    return isStatus(body) ? body : undefined;
  } catch {
    return undefined;
  }
}

function isStatus(value: unknown): value is Status {
  return typeof value === 'object' && value !== null && (value as { kind?: unknown }).kind === 'Status';
}

const reasonOf = (body: Status | undefined): string => (typeof body?.reason === 'string' ? body.reason : '');

function causesOf(body: Status | undefined): FieldCause[] {
  const causes = body?.details?.causes;
  if (!Array.isArray(causes)) return [];
  return causes.map((cause: unknown) => {
    const { field, reason, message } = (cause ?? {}) as Readonly<Record<string, unknown>>;
    return {
      ...(typeof field === 'string' && { field }),
      ...(typeof reason === 'string' && { reason }),
      ...(typeof message === 'string' && { message: textOf(message) }),
    };
  });
}

/** Seconds or a date, RFC 9110 10.2.3; milliseconds from now. */
function retryAfterOf(header: string | string[] | undefined, now: number): number | undefined {
  const value = (Array.isArray(header) ? header[0] : header)?.trim();
  if (value === undefined || value === '') return undefined;
  const wait = /^\d+$/.test(value) ? Number(value) * 1000 : Date.parse(value) - now;
  return Number.isNaN(wait) ? undefined : Math.max(0, wait);
}

function retryAfterIn(body: Status | undefined): number | undefined {
  const seconds = body?.details?.retryAfterSeconds;
  return typeof seconds === 'number' && seconds > 0 ? seconds * 1000 : undefined;
}

function textOf(message: unknown): string {
  if (typeof message !== 'string') return '';
  // Names and values of objects end up in here; a terminal must not obey them.
  // eslint-disable-next-line no-control-regex -- control characters are what is looked for
  const plain = message.replaceAll(/[\u0000-\u0008\u000b-\u001f\u007f-\u009f]/g, '\uFFFD');
  return plain.length > LONGEST_MESSAGE ? `${plain.slice(0, LONGEST_MESSAGE)}...` : plain;
}

/** A page of a proxy, in a few words: its title, or how it begins. */
function excerpt(body: Uint8Array): string {
  const page = Buffer.from(body.subarray(0, 4096)).toString();
  const title = /<title>([^<]*)<\/title>/i.exec(page)?.[1];
  const text = (title ?? page.replaceAll(/<[^>]*>/g, ' ')).replaceAll(/\s+/g, ' ').trim();
  return textOf(text.length > 200 ? `${text.slice(0, 200)}...` : text);
}
