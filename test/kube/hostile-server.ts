import { createServer, type AddressInfo, type Server, type Socket } from 'node:net';
import { TLSSocket, type TLSSocketOptions } from 'node:tls';

/*
 * A scripted HTTP server for tests, down at the bytes: it can do what a well-behaved one never does.
 *
 *   const server = await HostileServer.start();            // loopback, plain HTTP; { key, cert, ... } for HTTPS
 *   server.next(json(200, pod), reset(), status(410));      // one answer per request, in this order
 *   server.on('/api/v1/pods?watch', watch(...));            // or for requests whose method and path contain a text or match
 *   server.always(json(200, {}));                           // when nothing else is left; the default is a 404 Status
 *   await server.arrived(3)                                 // the third request, once it is here
 *   server.requests, server.connections                     // all requests; how many connections were ever accepted
 *   server.dropConnections()                                // ends all connections, as a server that restarts
 *   await server.stop()                                     // always, in afterEach: jest waits for open sockets
 *
 * An answer is a function of an Exchange, so a test can also write its own: `async ({ send, socket, request }) => ...`.
 * Connections are kept alive between requests unless an answer ends them. Delays are milliseconds and should be tiny.
 *
 *   json(200, body, headers?)           a complete answer             status(410, 'Expired', message?, more?)   a Status object
 *   text(502, '<html>..', type?)        any other body                raw(bytes, 'keep' | 'close' | 'reset')    exactly these bytes
 *   reset(bytes?)                       these bytes, then RST         close(bytes?)                             these bytes, then FIN
 *   silence(bytes?)                     these bytes, then nothing     drip(body, { size, every })               a slow body
 *   inTurn(answer, answer, ...)         several on one request, in turn: `raw(100-continue)`, then another
 *   watch(...steps)                     a chunked stream; a step is an event ({ type, object }), a text as it is, or one of
 *                                       pause(ms), until(promise), cut (RST), end (in order), hang (says no more)
 *   afterwards(answer, 'close')         answers in full, and ends the connection without having announced it
 */

export interface Received {
  readonly method: string;
  /** With its query. */
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
  /** Which connection it came on, counted from 1. */
  readonly connection: number;
}

export interface Exchange {
  readonly request: Received;
  readonly socket: Socket;
  /** Ends the connection with RST. */
  readonly reset: () => void;
  /** Takes the connection over, as after an upgrade: what comes next is `socket`'s own. */
  readonly takeOver: () => void;
  /** Writes; resolves when the bytes have left, or the connection is gone. */
  readonly send: (bytes: string | Uint8Array) => Promise<void>;
}

export type Answer = (exchange: Exchange) => void | Promise<void>;
type Match = string | RegExp | ((request: Received) => boolean);

export class HostileServer {
  readonly requests: Received[] = [];
  connections = 0;
  private readonly sockets = new Set<Socket>();
  private readonly script: Answer[] = [];
  private readonly rules: { readonly match: Match; readonly answers: Answer[] }[] = [];
  private readonly waiting: { readonly count: number; readonly resolve: (request: Received) => void }[] = [];
  private fallback: Answer = status(404, 'NotFound');

  private constructor(
    private readonly listener: Server,
    readonly url: string,
  ) {}

  /** With `tls` over HTTPS: `{ key, cert }`, and `requestCert`, `ca` where clients show certificates. */
  static async start(tls?: TLSSocketOptions): Promise<HostileServer> {
    const listener = createServer({ noDelay: true });
    await new Promise<void>((resolve) => listener.listen(0, '127.0.0.1', resolve));
    const { port } = listener.address() as AddressInfo;
    const server = new HostileServer(listener, `${tls ? 'https' : 'http'}://127.0.0.1:${port}`);
    listener.on('connection', (plain: Socket) => {
      server.keep(plain);
      const socket = tls ? new TLSSocket(plain, { ...tls, isServer: true }) : plain;
      socket.on('error', () => undefined);
      server.serve(socket, plain);
    });
    return server;
  }

  /** The answers of the next requests that no rule matches, one each. */
  next(...answers: Answer[]): this {
    this.script.push(...answers);
    return this;
  }

  /** The answers of requests that match: one each, the last one from then on. A text is looked for in `GET /path?query`. */
  on(match: Match, ...answers: Answer[]): this {
    this.rules.push({ match, answers });
    return this;
  }

  /** The answer when the script is at its end and no rule matches. */
  always(answer: Answer): this {
    this.fallback = answer;
    return this;
  }

  /** Forgets rules and script, not what was received. */
  clear(): this {
    this.rules.length = 0;
    this.script.length = 0;
    return this;
  }

  get openConnections(): number {
    return this.sockets.size;
  }

  /** Resolves with the `count`th request that ever came. */
  arrived(count: number): Promise<Received> {
    const already = this.requests[count - 1];
    return already ? Promise.resolve(already) : new Promise((resolve) => this.waiting.push({ count, resolve }));
  }

  /** Ends all connections: with FIN, as a server that restarts, or with RST. */
  dropConnections(how: 'close' | 'reset' = 'close'): void {
    for (const socket of this.sockets) {
      if (how === 'close') socket.end();
      else socket.resetAndDestroy();
    }
  }

  async stop(): Promise<void> {
    for (const socket of this.sockets) socket.destroy();
    await new Promise((resolve) => this.listener.close(resolve));
  }

  private keep(socket: Socket): void {
    this.sockets.add(socket);
    socket.on('error', () => undefined);
    socket.on('close', () => this.sockets.delete(socket));
  }

  private serve(socket: Socket, plain: Socket): void {
    const connection = ++this.connections;
    let pending = Buffer.alloc(0);
    let busy = false;
    const send = (bytes: string | Uint8Array): Promise<void> =>
      new Promise((resolve) => {
        if (socket.destroyed || !socket.writable) resolve();
        else socket.write(bytes, () => resolve());
      });
    const reset = (): void => void plain.resetAndDestroy();
    const takeOver = (): void => void socket.off('data', take);
    const advance = async (): Promise<void> => {
      const parsed = busy ? undefined : parse(pending, connection);
      if (!parsed) return;
      pending = pending.subarray(parsed.length);
      busy = true;
      await this.answerTo(parsed.request)({ request: parsed.request, socket, send, reset, takeOver });
      busy = false;
      await advance();
    };
    const take = (bytes: Buffer): void => {
      pending = Buffer.concat([pending, bytes]);
      void advance();
    };
    socket.on('data', take);
  }

  private answerTo(request: Received): Answer {
    this.requests.push(request);
    for (const { count, resolve } of this.waiting) if (count === this.requests.length) resolve(request);
    const rule = this.rules.find(({ match }) => matches(match, request));
    const answers = rule?.answers ?? [];
    return (answers.length > 1 ? answers.shift() : answers[0]) ?? this.script.shift() ?? this.fallback;
  }
}

function matches(match: Match, request: Received): boolean {
  const line = `${request.method} ${request.path}`;
  if (typeof match === 'string') return line.includes(match);
  return match instanceof RegExp ? match.test(line) : match(request);
}

/** The first request in these bytes, once it is complete, and how many bytes it took. */
function parse(bytes: Buffer, connection: number): { request: Received; length: number } | undefined {
  const end = bytes.indexOf('\r\n\r\n');
  if (end < 0) return undefined;
  const [line = '', ...rest] = bytes.toString('latin1', 0, end).split('\r\n');
  const [method = '', path = ''] = line.split(' ');
  const headers = Object.fromEntries(
    rest.map((header) => {
      const colon = header.indexOf(':');
      return [header.slice(0, colon).toLowerCase(), header.slice(colon + 1).trim()];
    }),
  );
  const start = end + 4;
  const body = headers['transfer-encoding'] === 'chunked' ? chunked(bytes, start) : sized(bytes, start, headers);
  return body && { request: { method, path, headers, body: body.text, connection }, length: body.end };
}

type Body = { readonly text: string; readonly end: number } | undefined;

function sized(bytes: Buffer, start: number, headers: Readonly<Record<string, string>>): Body {
  const end = start + Number(headers['content-length'] ?? 0);
  return bytes.length < end ? undefined : { text: bytes.toString('utf8', start, end), end };
}

function chunked(bytes: Buffer, start: number): Body {
  const parts: Buffer[] = [];
  for (let at = start; ;) {
    const line = bytes.indexOf('\r\n', at);
    if (line < 0) return undefined;
    const size = Number.parseInt(bytes.toString('latin1', at, line), 16);
    at = line + 2;
    if (bytes.length < at + size + 2) return undefined;
    parts.push(bytes.subarray(at, at + size));
    at += size + 2;
    if (size === 0) return { text: Buffer.concat(parts).toString('utf8'), end: at };
  }
}

type Headers = Readonly<Record<string, string>>;

function head(code: number, headers: Headers): string {
  const lines = Object.entries(headers).map(([name, value]) => `${name}: ${value}\r\n`);
  return `HTTP/1.1 ${code} Scripted\r\n${lines.join('')}\r\n`;
}

/** A complete answer, as bytes: for `raw`, `reset` and the like, which send a part of it. */
export function complete(
  code: number,
  body: string,
  headers: Headers = { 'content-type': 'application/json' },
): string {
  return head(code, { 'content-length': String(Buffer.byteLength(body)), ...headers }) + body;
}

export function json(code: number, body: unknown, headers: Headers = {}): Answer {
  return raw(complete(code, JSON.stringify(body), { 'content-type': 'application/json', ...headers }));
}

/** A failure as the API server words it; `more` goes into the Status (`details`), `headers` onto the answer (Retry-After). */
export function status(code: number, reason = '', message = '', more: object = {}, headers: Headers = {}): Answer {
  const object = { kind: 'Status', apiVersion: 'v1', metadata: {}, status: 'Failure', message, reason, code, ...more };
  return json(code, object, headers);
}

export function text(code: number, body: string, type = 'text/html', headers: Headers = {}): Answer {
  return raw(complete(code, body, { 'content-type': type, ...headers }));
}

/** Exactly these bytes; then the connection is kept, closed, or reset. */
export function raw(bytes: string | Uint8Array, then: 'keep' | 'close' | 'reset' = 'keep'): Answer {
  return async ({ send, socket, reset: breakOff }) => {
    await send(bytes);
    if (then === 'reset') {
      // The peer has to read the bytes before the RST overtakes them. It is in this process: some turns of the event loop will do.
      for (let turn = 0; turn < 10; turn++) await wait(0);
      breakOff();
    }
    if (then === 'close') socket.end();
  };
}

export const reset = (bytes: string | Uint8Array = ''): Answer => raw(bytes, 'reset');
export const close = (bytes: string | Uint8Array = ''): Answer => raw(bytes, 'close');
export const silence = (bytes: string | Uint8Array = ''): Answer => raw(bytes, 'keep');

/** A body that comes `size` bytes every `every` milliseconds; what is said of its length is true. */
export function drip(body: string, { size = 1, every = 1 }: { size?: number; every?: number } = {}): Answer {
  return async ({ send, socket }) => {
    const bytes = Buffer.from(body);
    await send(head(200, { 'content-type': 'application/json', 'content-length': String(bytes.length) }));
    for (let at = 0; at < bytes.length && !socket.destroyed; at += size) {
      await send(bytes.subarray(at, at + size));
      await wait(every);
    }
  };
}

/** Answers in full and then ends the connection, which it had not announced. */
export function afterwards(answer: Answer, how: 'close' | 'reset' = 'close'): Answer {
  return inTurn(answer, raw('', how));
}

export function inTurn(...answers: Answer[]): Answer {
  return async (exchange) => {
    for (const answer of answers) await answer(exchange);
  };
}

/** What a watch does next. */
export type Step = string | Uint8Array | { readonly type: string; readonly object: unknown } | Answer;

export const pause =
  (delay: number): Answer =>
  () =>
    wait(delay);
export const until =
  (promise: Promise<unknown>): Answer =>
  async () => {
    await promise;
  };
export const cut: Answer = raw('', 'reset');
export const end: Answer = raw('0\r\n\r\n');
export const hang: Answer = () => new Promise(() => undefined);

/** A stream in chunks, one chunk a step: texts as they are, so that lines can be torn. It ends in order unless told otherwise. */
export function watch(...steps: Step[]): Answer {
  return async (exchange) => {
    await exchange.send(head(200, { 'content-type': 'application/json', 'transfer-encoding': 'chunked' }));
    for (const step of steps) {
      if (typeof step === 'function') await step(exchange);
      else await exchange.send(chunk(step));
    }
    if (steps.at(-1) !== cut && steps.at(-1) !== end) await end(exchange);
  };
}

function chunk(step: Exclude<Step, Answer>): Uint8Array {
  const lines = typeof step === 'string' || step instanceof Uint8Array ? step : `${JSON.stringify(step)}\n`;
  const bytes = Buffer.from(lines);
  return Buffer.concat([Buffer.from(`${bytes.length.toString(16)}\r\n`), bytes, Buffer.from('\r\n')]);
}

function wait(delay: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, delay));
}
