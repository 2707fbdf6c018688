import { isUtf8 } from 'node:buffer';
import type { WatchEvent } from './api.js';
import type { Clock } from './clock.js';
import { KubeError } from './error.js';
import type { Flow, Sink } from './exchange.js';
import { failureOfStatus } from './failure.js';
import type { KubeObject, Stored } from './objects.js';
import { onAbort } from './on-abort.js';

export interface WatchStreamOptions {
  readonly where: string;
  readonly open: (sink: Sink, signal: AbortSignal) => Promise<Flow>;
  readonly clock: Clock;
  readonly signal?: AbortSignal | undefined;
  /** Bytes of one event. */
  readonly maxLine: number;
  /** Milliseconds without a byte. */
  readonly idleTimeout?: number | undefined;
}

/** Bytes that may wait for their reader before the server has to. */
const HIGH_WATER = 1 << 20;
const NEWLINE = 10;

/**
 * The events of one watch: lines of JSON out of chunks that know nothing of lines. Lines wait as bytes and become objects when they
 * are read. The connection is opened by the first `next`, and closed by `return`, by the end, and by any error.
 */
export class WatchStream<T extends KubeObject> implements AsyncIterableIterator<WatchEvent<T>>, Sink {
  private readonly lines: Buffer[] = [];
  private waitingBytes = 0;
  private torn: Buffer[] = [];
  private tornBytes = 0;
  private flow: Flow | undefined;
  private hasBegun = false;
  private isPaused = false;
  private over: { readonly error?: KubeError } | undefined;
  private readonly readers: (() => void)[] = [];
  private lastByteAt = 0;
  private cancelIdle: (() => void) | undefined;
  private forgetSignal: (() => void) | undefined;
  /** Ends the request, too, where it has not been answered yet. */
  private readonly leaving = new AbortController();

  constructor(private readonly options: WatchStreamOptions) {}

  [Symbol.asyncIterator](): this {
    return this;
  }

  async next(): Promise<IteratorResult<WatchEvent<T>, undefined>> {
    if (!this.hasBegun && !this.over) await this.begin();
    for (;;) {
      const line = this.lines.shift();
      if (line) {
        this.waitingBytes -= line.length;
        if (this.isPaused && this.waitingBytes < HIGH_WATER / 2) this.goOn();
        return { done: false, value: this.eventIn(line) };
      }
      if (this.over) {
        const { error } = this.over;
        // Told once; who asks again is told that it is over.
        this.over = {};
        if (error) throw error;
        return { done: true, value: undefined };
      }
      await new Promise<void>((resolve) => this.readers.push(resolve));
    }
  }

  return(): Promise<IteratorResult<WatchEvent<T>, undefined>> {
    this.lines.length = 0;
    this.finish();
    return Promise.resolve({ done: true, value: undefined });
  }

  data(chunk: Buffer): void {
    if (this.over) return;
    this.lastByteAt = this.options.clock.monotonic();
    let start = 0;
    for (let end = chunk.indexOf(NEWLINE); end >= 0; end = chunk.indexOf(NEWLINE, start)) {
      this.lineEnds(chunk.subarray(start, end));
      start = end + 1;
    }
    if (start < chunk.length) {
      this.torn.push(chunk.subarray(start));
      this.tornBytes += chunk.length - start;
    }
    if (this.tornBytes > this.options.maxLine) this.tooLong();
    else if (this.waitingBytes > HIGH_WATER && !this.isPaused) {
      this.isPaused = true;
      this.flow?.pause();
    }
    this.wakeReaders();
  }

  end(): void {
    if (this.tornBytes > 0) this.fail(this.failure('network', 'the connection broke within an event'));
    else this.finish();
  }

  fail(error: KubeError): void {
    if (this.over) return;
    // Who aborts does not want what is left; who loses the connection does.
    if (error.kind === 'aborted') this.lines.length = 0;
    this.finish(error);
  }

  private async begin(): Promise<void> {
    this.hasBegun = true;
    const { open, signal, clock, idleTimeout } = this.options;
    this.forgetSignal = onAbort(signal, () => this.leaving.abort(signal?.reason));
    try {
      this.flow = await open(this, this.leaving.signal);
    } catch (error) {
      const wasLeft = this.over !== undefined;
      this.finish();
      if (wasLeft) return;
      throw error;
    }
    // Filled before it began.
    if (this.isPaused) this.flow.pause();
    this.lastByteAt = clock.monotonic();
    if (idleTimeout !== undefined && !this.over) this.guardIdle(idleTimeout, idleTimeout);
  }

  private lineEnds(end: Buffer): void {
    const line = this.tornBytes === 0 ? end : Buffer.concat([...this.torn, end]);
    this.torn = [];
    this.tornBytes = 0;
    // An empty line is how some proxies keep a connection alive.
    if (line.length === 0 || (line.length === 1 && line[0] === 13) || this.over) return;
    if (line.length > this.options.maxLine) {
      this.tooLong();
      return;
    }
    this.lines.push(line);
    this.waitingBytes += line.length;
  }

  private tooLong(): void {
    this.fail(this.failure('protocol', `an event of more than ${this.options.maxLine} bytes`));
  }

  private goOn(): void {
    this.isPaused = false;
    this.lastByteAt = this.options.clock.monotonic();
    this.flow?.resume();
  }

  /** One timer that looks from time to time, instead of one that is wound up with each chunk. */
  private guardIdle(idleTimeout: number, delay: number): void {
    this.cancelIdle = this.options.clock.after(delay, () => {
      const silent = this.isPaused ? 0 : this.options.clock.monotonic() - this.lastByteAt;
      if (silent < idleTimeout) this.guardIdle(idleTimeout, idleTimeout - silent);
      else this.fail(this.failure('timeout', `not a byte for ${idleTimeout} ms`));
    });
  }

  private finish(error?: KubeError): void {
    this.cancelIdle?.();
    this.forgetSignal?.();
    this.over ??= error ? { error } : {};
    this.torn = [];
    this.tornBytes = 0;
    if (this.flow) this.flow.close();
    else this.leaving.abort();
    this.wakeReaders();
  }

  private wakeReaders(): void {
    for (const wake of this.readers.splice(0)) wake();
  }

  private eventIn(line: Buffer): WatchEvent<T> {
    try {
      return this.parse(line);
    } catch (error) {
      this.lines.length = 0;
      this.finish();
      throw error;
    }
  }

  private parse(line: Buffer): WatchEvent<T> {
    const { type, object } = this.json(line);
    switch (type) {
      case 'ADDED':
      case 'MODIFIED':
      case 'DELETED':
        if (!object?.metadata?.name || !object.metadata.resourceVersion)
          throw this.failure('protocol', 'an event without an object');
        return { type, object: object as Stored<T> };
      case 'BOOKMARK':
        if (!object?.metadata?.resourceVersion) throw this.failure('protocol', 'a bookmark without a resourceVersion');
        return { type, resourceVersion: object.metadata.resourceVersion };
      case 'ERROR':
        throw failureOfStatus(this.options.where, object);
      default:
        throw this.failure('protocol', 'an event of an unknown type');
    }
  }

  private json(line: Buffer): { readonly type?: unknown; readonly object?: Partial<T> | null } {
    try {
      const event: unknown = isUtf8(line) ? JSON.parse(line.toString()) : undefined;
      if (typeof event === 'object' && event !== null) return event;
    } catch {
      // What JSON.parse says quotes the line.
    }
    throw this.failure('protocol', 'an event that is no JSON');
  }

  private failure(kind: KubeError['kind'], what: string): KubeError {
    return new KubeError(kind, `${this.options.where}: ${what}`);
  }
}
