import type { Socket } from 'node:net';
import type { ExecOptions, ExecResult } from './api.js';
import type { Clock } from './clock.js';
import { KubeError } from './error.js';
import { dialFailure, type Incoming, type Outgoing } from './exchange.js';
import { failureOfStatus } from './failure.js';
import type { ObjectName } from './objects.js';
import { onAbort } from './on-abort.js';
import { objectPath, query } from './paths.js';
import { whereOf, type Call, type Requester } from './requester.js';
import { pods } from './resource.js';
import { openWebSocket, type WebSocketConnection } from './websocket.js';
import { within } from './within.js';

/** Where connections that are no calls come from. */
export interface ExecDoor {
  readonly host: string;
  readonly connection: () => Promise<Socket>;
}

export interface ExecMeans {
  readonly requester: Requester;
  readonly door: ExecDoor;
  readonly basePath: string;
  readonly clock: Clock;
}

/** v5 can end the standard input, which v4 cannot: https://kep.k8s.io/4006 */
const PROTOCOLS = ['v5.channel.k8s.io', 'v4.channel.k8s.io'];
const STDIN = 0;
const STDOUT = 1;
const STDERR = 2;
const STATUS = 3;
const CLOSE = 255;
const CHUNK = 32_768;
const MAX_MESSAGE = 4 << 20;
const DEFAULT_LIMIT = 1 << 20;
const DEFAULT_TIMEOUT = 30_000;

/** What a connection may still bring after the word that the command has ended: the end of its output comes on another channel. */
const LINGER = 1000;

/**
 * Runs a command in a container. When it is aborted or out of time the connection ends; the command itself may go on, since Kubernetes
 * has no way to stop it.
 */
export async function execIn(
  means: ExecMeans,
  name: Required<ObjectName>,
  command: readonly string[],
  options: ExecOptions,
): Promise<ExecResult> {
  const { requester, door, basePath, clock } = means;
  const { container, stdin, limit = DEFAULT_LIMIT, timeout = DEFAULT_TIMEOUT, urgent } = options;
  const path = basePath + objectPath(pods, name, 'exec');
  const where = whereOf({ method: 'GET', path });
  if (command.length === 0) throw new KubeError('badRequest', `${where}: no command`);
  const asked = query({ container, command, stdin: stdin !== undefined, stdout: true, stderr: true });
  const signal = options.signal ?? new AbortController().signal;
  return within(clock, timeout, signal, where, async (own) => {
    const call: Call = { method: 'GET', path, query: asked, signal: own, timeout, urgent };
    const connection = await requester.persist<WebSocketConnection>(call, (request) => open(request, door, own));
    try {
      return await converse(connection, where, clock, limit, stdin);
    } finally {
      connection.close();
    }
  });
}

async function open(request: Outgoing, door: ExecDoor, signal: AbortSignal): Promise<WebSocketConnection | Incoming> {
  let socket: Socket;
  try {
    socket = await door.connection();
  } catch (error) {
    throw dialFailure(request.where, error);
  }
  onAbort(signal, () => socket.destroy());
  const handshake = { host: door.host, protocols: PROTOCOLS, maxMessage: MAX_MESSAGE, maxBody: MAX_MESSAGE };
  return openWebSocket(socket, request, handshake);
}

async function converse(
  connection: WebSocketConnection,
  where: string,
  clock: Clock,
  limit: number,
  stdin?: string | Uint8Array,
): Promise<ExecResult> {
  const output = new Output(limit);
  const status = await new Promise<Buffer>((resolve, reject) => {
    let ended: Buffer | undefined;
    let cancel = (): void => undefined;
    connection.listen({
      onMessage: (message) => {
        if (message[0] !== STATUS) output.take(message);
        else if (message.length > 1) {
          ended = message.subarray(1);
          cancel = clock.after(LINGER, () => resolve(message.subarray(1)));
        }
      },
      onClose: (error) => {
        cancel();
        if (ended) resolve(ended);
        else reject(error ?? new KubeError('network', `${where}: closed before the command ended`));
      },
    });
    if (stdin !== undefined) feed(connection, where, Buffer.from(stdin as string)).catch(reject);
  });
  return output.result(exitCodeIn(status, where));
}

async function feed(connection: WebSocketConnection, where: string, stdin: Buffer): Promise<void> {
  if (connection.protocol !== PROTOCOLS[0])
    throw new KubeError('refused', `${where}: this cluster cannot end a standard input, it is older than 1.30`);
  for (let at = 0; at < stdin.length; at += CHUNK)
    await connection.send(Buffer.concat([Buffer.from([STDIN]), stdin.subarray(at, at + CHUNK)]));
  await connection.send(Buffer.from([CLOSE, STDIN]));
}

/** What was written, up to a limit for each stream. */
class Output {
  private readonly kept: Readonly<Record<number, Buffer[]>> = { [STDOUT]: [], [STDERR]: [] };
  private readonly sizes: Record<number, number> = { [STDOUT]: 0, [STDERR]: 0 };

  constructor(private readonly limit: number) {}

  take(message: Buffer): void {
    const channel = message[0]!;
    const room = this.limit - (this.sizes[channel] ?? 0);
    if (room > 0) this.kept[channel]?.push(message.subarray(1, 1 + room));
    if (channel in this.sizes) this.sizes[channel]! += message.length - 1;
  }

  result(exitCode: number): ExecResult {
    return {
      exitCode,
      stdout: Buffer.concat(this.kept[STDOUT]!).toString(),
      stderr: Buffer.concat(this.kept[STDERR]!).toString(),
      truncated: Object.values(this.sizes).some((size) => size > this.limit),
    };
  }
}

/** Throws what is no exit of the command: there is no such container, no such program. */
function exitCodeIn(message: Buffer, where: string): number {
  let status: { status?: unknown; reason?: unknown; details?: { causes?: { reason?: unknown; message?: unknown }[] } };
  try {
    status = JSON.parse(message.toString()) as typeof status;
  } catch {
    throw new KubeError('protocol', `${where}: how the command ended is no JSON`);
  }
  if (status.status === 'Success') return 0;
  const code = status.details?.causes?.find(({ reason }) => reason === 'ExitCode')?.message;
  if (status.reason === 'NonZeroExitCode' && typeof code === 'string' && /^\d+$/.test(code)) return Number(code);
  throw failureOfStatus(where, status);
}
