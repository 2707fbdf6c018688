import type { Socket } from 'node:net';
import { Client, Pool, type Dispatcher } from 'undici';
import type { Clock } from './clock.js';
import { KubeError } from './error.js';
import {
  Exchange,
  LostConnection,
  type Flow,
  type Incoming,
  type Outgoing,
  type Sink,
  type Streaming,
} from './exchange.js';

export interface TransportOptions {
  /** `https://host:port` */
  readonly origin: string;
  /** Opens one connection. */
  readonly dial: () => Promise<Socket>;
  readonly clock: Clock;
  /** Connections for calls; streams and urgent calls have their own. */
  readonly maxConnections: number;
  /** Bytes of an answer's body. */
  readonly maxBody: number;
  /** Bytes of an answer's head. */
  readonly maxHead: number;
  /** Milliseconds that a connection waits for its next call. */
  readonly keepAlive: number;
}

/** Attempts of a GET whose connection broke without a byte of an answer: after a restart of the server all pooled ones do. */
const ATTEMPTS = 3;

/**
 * HTTP/1.1 on pooled connections. One thing only is repeated here: a GET whose connection broke before an answer began. Whether a
 * write was done is then unknown, and its caller has to decide.
 */
export class Transport {
  private calls: Pool;
  /** Urgent calls do not stand in line behind slow ones. */
  private urgentCalls: Pool;
  /** Each has a connection of its own, which ends with it. */
  private readonly streams = new Set<Client>();
  private isClosed = false;

  constructor(private readonly options: TransportOptions) {
    this.calls = this.pool(options.maxConnections);
    this.urgentCalls = this.pool(null);
  }

  /** Rejects with a KubeError; any status is an answer. */
  send(request: Outgoing, urgent = false): Promise<Incoming> {
    return this.persist(request, (now) =>
      this.exchange(urgent ? this.urgentCalls : this.calls, now),
    ) as Promise<Incoming>;
  }

  /** Resolves when the answer begins: with a Flow where it is a success, else with the whole of it. */
  stream(request: Outgoing, sink: Sink): Promise<Incoming | Flow> {
    return this.persist(request, (now) => {
      const client = new Client(this.options.origin, this.poolOptions());
      if (this.isClosed) void client.destroy();
      this.streams.add(client);
      // Not only aborted: an aborted connection is replaced, for calls that a stream never makes.
      const onOver = (): void => {
        this.streams.delete(client);
        void client.destroy();
      };
      return this.exchange(client, now, { sink, onOver });
    });
  }

  /** A connection of its own, for what is no HTTP after its first words. */
  connection(): Promise<Socket> {
    return this.options.dial();
  }

  /** New calls get new connections, with the certificates of now. Those under way come to their end. */
  renew(): void {
    const old = [this.calls, this.urgentCalls];
    this.calls = this.pool(this.options.maxConnections);
    this.urgentCalls = this.pool(null);
    for (const pool of old) pool.close().catch(() => undefined);
  }

  /** Ends all connections. Calls under way reject with kind `aborted`. */
  async close(): Promise<void> {
    this.isClosed = true;
    await Promise.all([this.calls, this.urgentCalls, ...this.streams].map((pool) => pool.destroy()));
  }

  private async persist<T>(request: Outgoing, attempt: (request: Outgoing) => Promise<T>): Promise<T> {
    const { clock } = this.options;
    const deadline = clock.monotonic() + request.timeout;
    for (let left = ATTEMPTS; ;) {
      try {
        return await attempt(left === ATTEMPTS ? request : { ...request, timeout: deadline - clock.monotonic() });
      } catch (error) {
        left -= 1;
        const isHarmless = error instanceof LostConnection && request.method === 'GET';
        if (!isHarmless || left === 0 || clock.monotonic() >= deadline) throw error;
      }
    }
  }

  private exchange(to: Dispatcher, request: Outgoing, streaming?: Streaming): Promise<Incoming | Flow> {
    const { method, path, headers, body, signal, where } = request;
    if (signal?.aborted) {
      streaming?.onOver();
      return Promise.reject(new KubeError('aborted', `${where}: aborted`, { cause: signal.reason }));
    }
    return new Promise((resolve, reject) => {
      const exchange = new Exchange(request, this.options.maxBody, this.options.clock, resolve, reject, streaming);
      to.dispatch(
        { method, path, headers: headers as Record<string, string | string[]>, body: body ?? null },
        exchange,
      );
    });
  }

  private pool(connections: number | null): Pool {
    return new Pool(this.options.origin, { ...this.poolOptions(), connections });
  }

  private poolOptions(): Client.Options {
    const { dial, keepAlive, maxHead } = this.options;
    return {
      pipelining: 1,
      keepAliveTimeout: keepAlive,
      keepAliveMaxTimeout: keepAlive,
      maxHeaderSize: maxHead,
      // Time is ours: Exchange holds one clock over the whole call.
      headersTimeout: 0,
      bodyTimeout: 0,
      connect: (_options, callback) => {
        dial().then(
          (socket) => callback(null, socket),
          (error: unknown) => callback(error as Error, null),
        );
      },
    };
  }
}
