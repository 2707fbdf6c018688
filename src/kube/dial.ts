import { connect as connectPlain, isIP, type Socket } from 'node:net';
import { connect as connectSecure, type SecureContext } from 'node:tls';
import type { Clock } from './clock.js';

export interface Dialling {
  readonly server: URL;
  readonly proxy?: URL | undefined;
  /** Asked for each connection to a server with https. */
  readonly secureContext: () => SecureContext;
  readonly skipVerify: boolean;
  readonly serverName?: string | undefined;
  readonly clock: Clock;
  /** Milliseconds until the connection can be used, proxy and TLS included. */
  readonly timeout: number;
}

/** A connection that did not come about. Carries the code of what failed. */
export class DialError extends Error {
  constructor(
    message: string,
    readonly code: string,
    cause?: unknown,
  ) {
    super(message, { cause });
    this.name = 'DialError';
  }
}

const PROBE_AFTER = 30_000;
const LONGEST_HEAD = 16_384;

/** Opens a connection on which HTTP can be spoken. Rejects with a DialError, or with what `secureContext` throws. */
export function dial(options: Dialling): Promise<Socket> {
  const { server, clock, timeout } = options;
  const opened: Socket[] = [];
  return new Promise<Socket>((resolve, reject) => {
    const cancel = clock.after(timeout, () =>
      reject(new DialError(`no connection to ${server.host} within ${timeout} ms`, 'ETIMEDOUT')),
    );
    connected(options, opened).then(resolve, reject).finally(cancel);
  }).catch((error: unknown) => {
    for (const socket of opened) socket.destroy();
    throw error;
  });
}

async function connected(options: Dialling, opened: Socket[]): Promise<Socket> {
  const { server, proxy } = options;
  const ready = (socket: Socket, event: 'connect' | 'secureConnect'): Promise<Socket> => {
    opened.push(socket);
    return new Promise((resolve, reject) => {
      socket.once(event, () => resolve(socket));
      // It stays: nobody else listens until the connection is handed over.
      socket.on('error', (error: NodeJS.ErrnoException) =>
        reject(new DialError(explain(error, server, proxy), error.code ?? '', error)),
      );
    });
  };
  let socket = await ready(plain(proxy ?? server), 'connect');
  if (proxy) {
    if (proxy.protocol === 'https:')
      socket = await ready(connectSecure({ socket, host: hostOf(proxy), ...named(hostOf(proxy)) }), 'secureConnect');
    await tunnel(socket, server, proxy);
  }
  return server.protocol === 'https:' ? ready(secure(socket, options), 'secureConnect') : socket;
}

function plain(to: URL): Socket {
  const port = to.port === '' ? (to.protocol === 'https:' ? 443 : 80) : Number(to.port);
  const socket = connectPlain({ host: hostOf(to), port, noDelay: true });
  return socket.setKeepAlive(true, PROBE_AFTER);
}

function secure(socket: Socket, { server, secureContext, skipVerify, serverName }: Dialling): Socket {
  const host = hostOf(server);
  return connectSecure({
    socket,
    secureContext: secureContext(),
    rejectUnauthorized: !skipVerify,
    ALPNProtocols: ['http/1.1'],
    // The name that is checked in the certificate, an address as well.
    host: serverName ?? host,
    ...named(serverName ?? host),
  });
}

/** The name that is sent in the clear, which must not be an address. */
function named(host: string): { servername?: string } {
  return isIP(host) === 0 ? { servername: host } : {};
}

function hostOf({ hostname }: URL): string {
  return hostname.replace(/^\[(.*)\]$/, '$1');
}

/** Asks a proxy to pass on what follows: RFC 9110 9.3.6. */
function tunnel(socket: Socket, server: URL, proxy: URL): Promise<void> {
  const port = server.port === '' ? (server.protocol === 'https:' ? '443' : '80') : server.port;
  const target = `${server.hostname}:${port}`;
  const user = `${decodeURIComponent(proxy.username)}:${decodeURIComponent(proxy.password)}`;
  const authorization =
    proxy.username === '' ? '' : `Proxy-Authorization: Basic ${Buffer.from(user).toString('base64')}\r\n`;
  return new Promise((resolve, reject) => {
    let head = '';
    const refuse = (what: string): void => reject(new DialError(`the proxy ${proxy.host} ${what}`, 'EPROXY'));
    const onEnd = (): void => refuse('closed the connection');
    const onData = (bytes: Buffer): void => {
      head += bytes.toString('latin1');
      const end = head.indexOf('\r\n\r\n');
      if (end < 0 && head.length <= LONGEST_HEAD) return;
      socket.off('data', onData).off('end', onEnd).pause();
      const status = /^HTTP\/1\.[01] (\d{3})/.exec(head)?.[1] ?? 'nonsense';
      // Servers of HTTP and TLS do not speak first: there is nothing behind the head that could get lost.
      if (status.startsWith('2') && end + 4 === head.length) resolve();
      else refuse(`answered ${status} to CONNECT ${target}`);
    };
    socket.on('data', onData).on('end', onEnd);
    socket.write(`CONNECT ${target} HTTP/1.1\r\nHost: ${target}\r\n${authorization}\r\n`);
  });
}

function explain(error: NodeJS.ErrnoException, server: URL, proxy: URL | undefined): string {
  const to = proxy ? `${server.host} by way of the proxy ${proxy.host}` : server.host;
  const code = error.code ?? '';
  if (/CERT|SELF_SIGNED|VERIFY|ALTNAME/.test(code))
    return `the certificate of ${server.host} is not trusted (${code}); is its certificate authority in the kubeconfig?`;
  if (/SSL|EPROTO/.test(code)) return `no TLS with ${to} (${error.message.trim()})`;
  return `no connection to ${to} (${code === '' ? error.message : code})`;
}
