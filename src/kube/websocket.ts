import { createHash, randomBytes } from 'node:crypto';
import { request as httpRequest, type IncomingMessage } from 'node:http';
import type { Socket } from 'node:net';
import type { Incoming, Outgoing } from './exchange.js';
import { KubeError } from './error.js';

/** What a connection tells its user. After `onClose` nothing more comes. */
export interface SocketEvents {
  readonly onMessage: (bytes: Buffer) => void;
  readonly onClose: (error?: KubeError) => void;
}

export interface Handshake {
  readonly host: string;
  readonly protocols: readonly string[];
  /** Bytes of one message. */
  readonly maxMessage: number;
  /** Bytes of the body of a refusal. */
  readonly maxBody: number;
}

const GUID = '258EAFA5-E914-47DA-95CA-C5AB0DC85B11';
const CONTINUATION = 0;
const BINARY = 2;
const CLOSE = 8;
const PING = 9;
const PONG = 10;

/**
 * Asks for a WebSocket on a new connection: RFC 6455, the part that clients of Kubernetes need. Resolves with the refusal where the
 * server has one, which libraries of WebSockets keep to themselves.
 */
export function openWebSocket(
  socket: Socket,
  outgoing: Outgoing,
  { host, protocols, maxMessage, maxBody }: Handshake,
): Promise<WebSocketConnection | Incoming> {
  const key = randomBytes(16).toString('base64');
  const { where } = outgoing;
  return new Promise((resolve, reject) => {
    const fail = (kind: KubeError['kind'], what: string, cause?: unknown): void => {
      socket.destroy();
      reject(new KubeError(kind, `${where}: ${what}`, { cause }));
    };
    const sent = httpRequest({
      createConnection: () => socket,
      method: outgoing.method,
      path: outgoing.path,
      headers: {
        ...(outgoing.headers as Record<string, string | string[]>),
        host,
        connection: 'Upgrade',
        upgrade: 'websocket',
        'sec-websocket-version': '13',
        'sec-websocket-key': key,
        'sec-websocket-protocol': protocols.join(', '),
      },
    });
    sent.on('error', (error) => fail('network', `the connection broke before an answer (${error.message})`, error));
    sent.on('upgrade', (response: IncomingMessage, upgraded: Socket, head: Buffer) => {
      const accept = createHash('sha1').update(`${key}${GUID}`).digest('base64');
      const protocol = response.headers['sec-websocket-protocol'] ?? '';
      if (response.headers['sec-websocket-accept'] !== accept || !protocols.includes(protocol))
        fail('protocol', 'the server agreed to something else than was asked for');
      else resolve(new WebSocketConnection(upgraded, head, where, maxMessage, response.headers, protocol));
    });
    sent.on('response', (response) => {
      const { statusCode = 0 } = response;
      if (statusCode < 300) {
        fail('protocol', `${statusCode}, and no WebSocket`);
        return;
      }
      const chunks: Buffer[] = [];
      let size = 0;
      response.on('data', (chunk: Buffer) => {
        size += chunk.length;
        if (size > maxBody) fail('protocol', `a refusal of more than ${maxBody} bytes`);
        else chunks.push(chunk);
      });
      response.on('error', (error) => fail('network', `the connection broke within the answer (${error.message})`));
      response.on('end', () => {
        socket.destroy();
        resolve({ status: statusCode, headers: response.headers, body: Buffer.concat(chunks) });
      });
    });
    sent.end();
  });
}

/** An open WebSocket. Messages wait until `listen`. */
export class WebSocketConnection {
  private pending: Buffer;
  private readonly parts: Buffer[] = [];
  private partBytes = 0;
  private events: SocketEvents | undefined;
  private isOver = false;

  constructor(
    private readonly socket: Socket,
    head: Buffer,
    private readonly where: string,
    private readonly maxMessage: number,
    readonly headers: Incoming['headers'],
    readonly protocol: string,
  ) {
    this.pending = head;
    socket.on('error', (error: NodeJS.ErrnoException) => this.over('network', error.code ?? error.message));
  }

  listen(events: SocketEvents): void {
    this.events = events;
    this.socket.on('data', (chunk: Buffer) => {
      this.pending = this.pending.length === 0 ? chunk : Buffer.concat([this.pending, chunk]);
      this.advance();
    });
    this.socket.on('close', () => this.over('network', 'closed without a word'));
    this.advance();
  }

  /** Resolves when there is room for more, or when the connection is gone. */
  send(bytes: Uint8Array): Promise<void> {
    if (this.isOver || this.write(BINARY, bytes)) return Promise.resolve();
    return new Promise((resolve) => {
      const settle = (): void => {
        this.socket.off('drain', settle).off('close', settle);
        resolve();
      };
      this.socket.once('drain', settle).once('close', settle);
    });
  }

  /** Ends the connection; nothing more is told. */
  close(): void {
    if (this.isOver) return;
    this.isOver = true;
    this.write(CLOSE, Buffer.from([3, 232]));
    this.socket.destroySoon();
  }

  private write(opcode: number, payload: Uint8Array): boolean {
    const { length } = payload;
    const extended = length > 65_535 ? 8 : length > 125 ? 2 : 0;
    const frame = Buffer.alloc(6 + extended + length);
    frame[0] = 0x80 | opcode;
    frame[1] = 0x80 | (extended === 0 ? length : extended === 2 ? 126 : 127);
    if (extended === 2) frame.writeUInt16BE(length, 2);
    if (extended === 8) frame.writeBigUInt64BE(BigInt(length), 2);
    const mask = randomBytes(4);
    mask.copy(frame, 2 + extended);
    for (let at = 0; at < length; at++) frame[6 + extended + at] = payload[at]! ^ mask[at & 3]!;
    return this.socket.write(frame);
  }

  private advance(): void {
    while (!this.isOver && this.frame());
  }

  /** Takes one frame off the bytes that wait; false when there is none in full. */
  private frame(): boolean {
    const bytes = this.pending;
    if (bytes.length < 2) return false;
    const short = bytes[1]! & 0x7f;
    const start = short === 127 ? 10 : short === 126 ? 4 : 2;
    if (bytes.length < start) return false;
    const length = short === 127 ? Number(bytes.readBigUInt64BE(2)) : short === 126 ? bytes.readUInt16BE(2) : short;
    const isFinal = (bytes[0]! & 0x80) !== 0;
    const opcode = bytes[0]! & 0x0f;
    const isControl = opcode >= CLOSE;
    if ((bytes[0]! & 0x70) !== 0 || (bytes[1]! & 0x80) !== 0 || (isControl && (!isFinal || length > 125)))
      return this.over('protocol', 'a frame that no server may send');
    if (length + this.partBytes > this.maxMessage)
      return this.over('protocol', `a message of more than ${this.maxMessage} bytes`);
    if (bytes.length < start + length) return false;
    const payload = bytes.subarray(start, start + length);
    this.pending = bytes.subarray(start + length);
    return isControl ? this.control(opcode, payload) : this.part(opcode, payload, isFinal);
  }

  private control(opcode: number, payload: Buffer): boolean {
    if (opcode === PING) this.write(PONG, payload);
    if (opcode !== CLOSE) return true;
    this.write(CLOSE, payload.subarray(0, 2));
    return this.over();
  }

  private part(opcode: number, payload: Buffer, isFinal: boolean): boolean {
    if ((opcode === CONTINUATION) !== this.parts.length > 0)
      return this.over('protocol', 'parts of messages out of their order');
    this.parts.push(payload);
    this.partBytes += payload.length;
    if (!isFinal) return true;
    const message = this.parts.length === 1 ? payload : Buffer.concat(this.parts);
    this.parts.length = 0;
    this.partBytes = 0;
    this.events?.onMessage(message);
    return true;
  }

  private over(kind?: KubeError['kind'], what = ''): false {
    if (this.isOver) return false;
    this.isOver = true;
    this.socket.destroySoon();
    this.events?.onClose(kind && new KubeError(kind, `${this.where}: ${what}`));
    return false;
  }
}
