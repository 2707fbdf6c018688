import type { Dispatcher } from 'undici';
import { AccessError } from './access-error.js';
import type { Clock } from './clock.js';
import type { Headers } from './credentials.js';
import { DialError } from './dial.js';
import { KubeError } from './error.js';
import { onAbort } from './on-abort.js';

export interface Outgoing {
  readonly method: string;
  /** With its query. */
  readonly path: string;
  /** For messages. */
  readonly where: string;
  readonly headers: Headers;
  readonly body?: string | undefined;
  /** Milliseconds until the answer is complete, or until a stream begins. */
  readonly timeout: number;
  readonly signal?: AbortSignal | undefined;
}

/** An answer in full, whatever its status. */
export interface Incoming {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly body: Buffer;
}

/** Where a stream goes, once it has begun. After `end` or `fail` nothing more comes. */
export interface Sink {
  data(chunk: Buffer): void;
  end(): void;
  fail(error: KubeError): void;
}

export interface Streaming {
  readonly sink: Sink;
  /** Told when nothing more is expected of the connection. */
  readonly onOver: () => void;
}

/** A stream that has begun. */
export interface Flow {
  readonly headers: Incoming['headers'];
  pause(): void;
  resume(): void;
  /** Ends the connection; the sink hears no more. */
  close(): void;
}

/** The connection broke before a byte of the answer came, as a pooled one does that the server had just given up. */
export class LostConnection extends KubeError {}

/** The error for a connection that did not come about. */
export function dialFailure(where: string, error: unknown): KubeError {
  const what = error instanceof Error ? error.message : String(error);
  const kind = error instanceof DialError && error.code === 'ETIMEDOUT' ? 'timeout' : 'network';
  return new KubeError(kind, `${where}: ${what}`, { cause: error });
}

/** One request and what becomes of it, as undici reports it. Settles once; a stream then goes on to its sink. */
export class Exchange implements Dispatcher.DispatchHandler, Flow {
  headers: Incoming['headers'] = {};
  private status = 0;
  private readonly chunks: Buffer[] = [];
  private size = 0;
  private state: 'queued' | 'sent' | 'answered' | 'streaming' | 'over' = 'queued';
  private controller: Dispatcher.DispatchController | undefined;
  private readonly cancelTimeout: () => void;
  private forgetSignal = (): void => undefined;

  constructor(
    private readonly request: Outgoing,
    private readonly maxBody: number,
    clock: Clock,
    private readonly resolve: (answer: Incoming | Flow) => void,
    private readonly reject: (error: KubeError) => void,
    private readonly streaming?: Streaming,
  ) {
    this.cancelTimeout = clock.after(request.timeout, () => this.break(new KubeError('timeout', this.overdue())));
    const { signal, where } = request;
    this.forgetSignal = onAbort(signal, () =>
      this.break(new KubeError('aborted', `${where}: aborted`, { cause: signal?.reason })),
    );
  }

  onRequestStart(controller: Dispatcher.DispatchController): void {
    this.controller = controller;
    if (this.state === 'over') controller.abort(new Error('over'));
    else this.state = 'sent';
  }

  onResponseStart(_controller: unknown, status: number, headers: Incoming['headers']): void {
    if (status < 200 || this.state === 'over') return;
    this.status = status;
    this.headers = headers;
    if (this.streaming && status < 300) {
      this.state = 'streaming';
      this.cancelTimeout();
      this.resolve(this);
    } else this.state = 'answered';
  }

  onResponseData(_controller: unknown, chunk: Buffer): void {
    if (this.state === 'streaming') {
      this.streaming?.sink.data(chunk);
      return;
    }
    this.size += chunk.length;
    this.chunks.push(chunk);
    if (this.size > this.maxBody)
      this.break(this.failure('protocol', `an answer of more than ${this.maxBody} bytes, which is not read further`));
  }

  onResponseEnd(): void {
    if (this.state === 'streaming') {
      this.finish();
      this.streaming?.sink.end();
    } else if (this.state !== 'over') {
      this.finish();
      const [first = Buffer.alloc(0)] = this.chunks;
      const body = this.chunks.length > 1 ? Buffer.concat(this.chunks, this.size) : first;
      this.resolve({ status: this.status, headers: this.headers, body });
    }
  }

  onResponseError(_controller: unknown, error: Error): void {
    if (this.state !== 'over') this.fail(this.explain(error));
  }

  pause(): void {
    this.controller?.pause();
  }

  resume(): void {
    this.controller?.resume();
  }

  close(): void {
    if (this.state === 'over') return;
    this.finish();
    this.controller?.abort(new Error('closed'));
  }

  private break(error: KubeError): void {
    if (this.state === 'over') return;
    this.fail(error);
    this.controller?.abort(error);
  }

  private fail(error: KubeError): void {
    const wasStreaming = this.state === 'streaming';
    this.finish();
    if (wasStreaming) this.streaming?.sink.fail(error);
    else this.reject(error);
  }

  private finish(): void {
    this.state = 'over';
    this.cancelTimeout();
    this.forgetSignal();
    this.streaming?.onOver();
  }

  private overdue(): string {
    const { where, timeout } = this.request;
    const within = `within ${Math.round(timeout)} ms`;
    if (this.state === 'queued') return `${where}: no connection ${within}`;
    return this.state === 'sent'
      ? `${where}: no answer ${within}`
      : `${where}: the answer was not complete ${within}, after ${this.size} bytes`;
  }

  private explain(error: Error & { readonly code?: string }): KubeError {
    const { where } = this.request;
    if (error instanceof DialError || error instanceof AccessError) return dialFailure(where, error);
    const code = error.code ?? '';
    if (code === 'UND_ERR_DESTROYED' || code === 'UND_ERR_CLOSED')
      return this.failure('aborted', 'the client was closed');
    if (code.startsWith('UND_ERR_INVALID') || code === 'UND_ERR_REQ_CONTENT_LENGTH_MISMATCH')
      return this.failure('badRequest', error.message);
    // No cause: it holds bytes of the answer, and those may be a Secret's.
    if (
      error.name === 'HTTPParserError' ||
      code === 'UND_ERR_HEADERS_OVERFLOW' ||
      code === 'UND_ERR_RES_CONTENT_LENGTH_MISMATCH'
    )
      return this.failure('protocol', `the answer is no HTTP (${code === '' ? error.message : code})`);
    const why = code === '' || code === 'UND_ERR_SOCKET' ? error.message : code;
    if (this.state === 'answered' || this.state === 'streaming')
      return this.failure('network', `the connection broke within the answer (${why})`, error);
    return new LostConnection('network', `${where}: the connection broke before an answer (${why})`, { cause: error });
  }

  private failure(kind: KubeError['kind'], what: string, cause?: Error): KubeError {
    const { status } = this;
    return new KubeError(kind, `${this.request.where}: ${what}`, { status, ...(cause && { cause }) });
  }
}
