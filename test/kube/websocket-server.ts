import { createHash } from 'node:crypto';
import type { Answer, Exchange } from './hostile-server.js';

/*
 * The server's side of an exec, for the hostile server: `server.always(exec(async (peer) => { await peer.send(1, 'out'); ... }))`.
 * What the client sends is unmasked and collected in `peer.received`, one buffer per frame, its first byte the channel.
 */

export interface Peer {
  readonly received: readonly { readonly opcode: number; readonly payload: Buffer }[];
  /** A whole message on a channel: 1 is standard output, 2 standard error, 3 how it ended. */
  send(channel: number, text: string | Uint8Array): Promise<void>;
  /** Any frame; `first` is its first byte: 0x82 is a whole binary message. */
  frame(first: number, payload: string | Uint8Array): Promise<void>;
  bytes(bytes: Uint8Array): Promise<void>;
  /** Ends in order. */
  close(): Promise<void>;
  reset(): void;
  /** Resolves when so many frames have come. */
  arrived(count: number): Promise<void>;
}

export const success = JSON.stringify({ metadata: {}, status: 'Success' });
export const exited = (code: number): string =>
  JSON.stringify({
    metadata: {},
    status: 'Failure',
    message: `command terminated with non-zero exit code: exit status ${code}`,
    reason: 'NonZeroExitCode',
    details: { causes: [{ reason: 'ExitCode', message: String(code) }] },
  });

export function exec(
  script: (peer: Peer) => Promise<void> | void,
  { protocol = 'v5.channel.k8s.io', accept }: { readonly protocol?: string; readonly accept?: string } = {},
): Answer {
  return async (exchange) => {
    const key = exchange.request.headers['sec-websocket-key'] ?? '';
    const agreed = createHash('sha1').update(`${key}258EAFA5-E914-47DA-95CA-C5AB0DC85B11`).digest('base64');
    exchange.takeOver();
    const peer = peerOf(exchange);
    await exchange.send(
      'HTTP/1.1 101 Switching Protocols\r\nupgrade: websocket\r\nconnection: Upgrade\r\n' +
        `sec-websocket-accept: ${accept ?? agreed}\r\nsec-websocket-protocol: ${protocol}\r\n\r\n`,
    );
    await script(peer);
  };
}

function peerOf({ socket, send, reset }: Exchange): Peer {
  const received: { opcode: number; payload: Buffer }[] = [];
  const waiting: { count: number; resolve: () => void }[] = [];
  let pending = Buffer.alloc(0);
  socket.on('data', (chunk: Buffer) => {
    pending = Buffer.concat([pending, chunk]);
    for (let frame = unmasked(pending); frame; frame = unmasked(pending)) {
      pending = pending.subarray(frame.size);
      received.push(frame);
    }
    for (const { count, resolve } of waiting) if (received.length >= count) resolve();
  });
  const frame = (first: number, payload: string | Uint8Array): Promise<void> => {
    const bytes = Buffer.from(payload as string);
    const { length } = bytes;
    const head = Buffer.alloc(length > 65_535 ? 10 : length > 125 ? 4 : 2);
    head[0] = first;
    head[1] = length > 65_535 ? 127 : length > 125 ? 126 : length;
    if (head.length === 4) head.writeUInt16BE(length, 2);
    if (head.length === 10) head.writeBigUInt64BE(BigInt(length), 2);
    return send(Buffer.concat([head, bytes]));
  };
  return {
    received,
    frame,
    bytes: send,
    reset,
    send: (channel, text) => frame(0x82, Buffer.concat([Buffer.from([channel]), Buffer.from(text as string)])),
    close: async () => {
      await frame(0x88, Buffer.from([3, 232]));
      socket.end();
    },
    arrived: (count) =>
      received.length >= count ? Promise.resolve() : new Promise((resolve) => waiting.push({ count, resolve })),
  };
}

function unmasked(bytes: Buffer): { opcode: number; payload: Buffer; size: number } | undefined {
  if (bytes.length < 2) return undefined;
  // A client that does not mask is to be cut off: RFC 6455 5.1.
  if ((bytes[1]! & 0x80) === 0) throw new Error('a frame without a mask');
  const short = bytes[1]! & 0x7f;
  const start = short === 127 ? 10 : short === 126 ? 4 : 2;
  if (bytes.length < start + 4) return undefined;
  const length = short === 127 ? Number(bytes.readBigUInt64BE(2)) : short === 126 ? bytes.readUInt16BE(2) : short;
  const size = start + 4 + length;
  if (bytes.length < size) return undefined;
  const mask = bytes.subarray(start, start + 4);
  const payload = Buffer.from(bytes.subarray(start + 4, size).map((byte, at) => byte ^ mask[at % 4]!));
  return { opcode: bytes[0]! & 0x0f, payload, size };
}
