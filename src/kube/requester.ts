import { isUtf8 } from 'node:buffer';
import { AccessError } from './access-error.js';
import { sleep, type Clock } from './clock.js';
import type { Credentials, Headers } from './credentials.js';
import { KubeError } from './error.js';
import type { Flow, Incoming, Outgoing, Sink } from './exchange.js';
import { failureOf } from './failure.js';
import type { RateLimit } from './rate.js';
import type { Transport } from './transport.js';
import type { Warnings } from './warnings.js';

export interface RequesterOptions {
  readonly transport: Transport;
  readonly credentials: Credentials;
  readonly clock: Clock;
  readonly userAgent: string;
  /** Milliseconds for a call that does not say. */
  readonly timeout: number;
  /** Milliseconds of Retry-After that a call waits for by itself. */
  readonly patience: number;
  readonly rate?: RateLimit;
  readonly warnings?: Warnings;
}

export interface Call {
  readonly method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  readonly path: string;
  /** With its question mark. */
  readonly query?: string;
  readonly body?: object;
  /** @default application/json */
  readonly contentType?: string;
  readonly timeout?: number | undefined;
  readonly signal?: AbortSignal | undefined;
  readonly urgent?: boolean | undefined;
}

/** The reason of a 429 that says no to this eviction, and not: too many of you. */
const BUDGET = 'DisruptionBudget';

/**
 * Sends calls as somebody, no faster than allowed, until there is an answer or no time left. Repeats what the server has not begun to
 * do: what it answers 429 with a Retry-After, and 401 where there are new credentials.
 */
export class Requester {
  constructor(private readonly options: RequesterOptions) {}

  /** The parsed body of a success. */
  async json(call: Call): Promise<unknown> {
    const answer = await this.answer(call);
    const type = String(answer.headers['content-type'] ?? '');
    if (!type.includes('json')) throw unreadable(call, answer, `of type "${type.slice(0, 100)}"`);
    return parsed(call, answer);
  }

  /** The body of a success: parsed where it says that it is JSON, else its text. */
  async any(call: Call): Promise<unknown> {
    const answer = await this.answer(call);
    return String(answer.headers['content-type'] ?? '').includes('json')
      ? parsed(call, answer)
      : answer.body.toString();
  }

  /** A success that nobody reads. */
  async done(call: Call): Promise<void> {
    await this.answer(call);
  }

  /** Resolves when the server has begun to answer. `timeout` is for that only. */
  stream(call: Call, sink: Sink): Promise<Flow> {
    const { transport } = this.options;
    return this.persist(call, (request) => transport.stream(request, sink));
  }

  /** As above, for what is opened by other means: it gets the headers that say who we are, and the time that is left. */
  async persist<T extends Pick<Incoming, 'headers'>>(
    call: Call,
    send: (request: Outgoing) => Promise<Incoming | T>,
  ): Promise<T> {
    return (await this.succeed(call, send)) as T;
  }

  private answer(call: Call): Promise<Incoming> {
    const { transport } = this.options;
    return this.succeed(call, (request) => transport.send(request, call.urgent));
  }

  private async succeed<T extends Pick<Incoming, 'headers'>>(
    call: Call,
    send: (request: Outgoing) => Promise<Incoming | T>,
  ): Promise<Incoming | T> {
    const { clock, rate } = this.options;
    const { signal, urgent, timeout = this.options.timeout } = call;
    const where = whereOf(call);
    const deadline = clock.monotonic() + timeout;
    const base = this.baseOf(call, where);
    if (signal?.aborted) throw new KubeError('aborted', `${where}: aborted`, { cause: signal.reason });
    for (let renewed = false; ;) {
      const waiting = rate?.take({ where, timeout: deadline - clock.monotonic(), signal, urgent });
      if (waiting) await waiting;
      const identity = await this.identity(where);
      const left = deadline - clock.monotonic();
      if (left <= 0) throw new KubeError('timeout', `${where}: not sent within ${timeout} ms`);
      const answer = await send({ ...base, headers: { ...base.headers, ...identity }, timeout: left });
      this.options.warnings?.see(answer.headers['warning']);
      if (!isComplete(answer) || (answer.status >= 200 && answer.status < 300)) return answer;
      const failure = failureOf(where, answer, clock.now());
      if (failure.kind === 'unauthorized' && !renewed && (await this.renew(identity, where))) renewed = true;
      else await this.waitFor(failure, deadline, where, signal);
    }
  }

  private baseOf(call: Call, where: string): Outgoing {
    const { method, path, query = '', body, contentType = 'application/json', signal } = call;
    return {
      method,
      path: path + query,
      where,
      headers: {
        accept: 'application/json',
        'user-agent': this.options.userAgent,
        ...(body && { 'content-type': contentType }),
      },
      body: body && written(body, where),
      timeout: 0,
      signal,
    };
  }

  private async identity(where: string): Promise<Headers> {
    try {
      return await this.options.credentials.headers();
    } catch (error) {
      throw unauthorized(where, error);
    }
  }

  private async renew(refused: Headers, where: string): Promise<boolean> {
    try {
      return await this.options.credentials.renew(refused);
    } catch (error) {
      throw unauthorized(where, error);
    }
  }

  /** Throws the failure unless the server asked for a pause that we are willing and able to make. */
  private async waitFor(failure: KubeError, deadline: number, where: string, signal?: AbortSignal): Promise<void> {
    const { clock, patience } = this.options;
    const { kind, retryAfter, causes } = failure;
    if (kind !== 'tooManyRequests' || retryAfter === undefined || causes.some(({ reason }) => reason === BUDGET))
      throw failure;
    if (retryAfter > patience || clock.monotonic() + retryAfter >= deadline) throw failure;
    try {
      await sleep(clock, retryAfter, signal);
    } catch (cause) {
      throw new KubeError('aborted', `${where}: aborted`, { cause });
    }
  }
}

export function whereOf({ method, path }: Call): string {
  return `${method} ${path}`;
}

function isComplete(answer: object): answer is Incoming {
  return 'body' in answer;
}

function written(body: object, where: string): string {
  try {
    return JSON.stringify(body);
  } catch (cause) {
    throw new KubeError('badRequest', `${where}: what is sent cannot be written as JSON`, { cause });
  }
}

function parsed(call: Call, answer: Incoming): unknown {
  try {
    if (isUtf8(answer.body)) return JSON.parse(answer.body.toString());
  } catch {
    // What JSON.parse says quotes the answer, which may be a Secret.
  }
  throw unreadable(call, answer, 'that is no JSON');
}

function unreadable(call: Call, { status, body }: Incoming, what: string): KubeError {
  return new KubeError('protocol', `${whereOf(call)}: ${status} with ${body.length} bytes ${what}`, { status });
}

function unauthorized(where: string, cause: unknown): KubeError {
  const { message, hint } = cause instanceof AccessError ? cause : { message: 'no credentials', hint: undefined };
  return new KubeError('unauthorized', `${where}: ${message}${hint === undefined ? '' : ` (${hint})`}`, { cause });
}
