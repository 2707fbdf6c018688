import { AccessError } from './access-error.js';
import { Certificates } from './certificates.js';
import { systemClock, type Clock } from './clock.js';
import { credentialsOf, type Credentials } from './credentials.js';
import { dial } from './dial.js';
import { HttpKubeApi } from './http-client.js';
import { kubeconfigFiles, readKubeconfig, type Access, type Environment } from './kubeconfig.js';
import { proxyFor } from './proxy.js';
import { RateLimit, type Rate } from './rate.js';
import { Requester } from './requester.js';
import { readServiceAccount } from './service-account.js';
import { Transport } from './transport.js';
import { Warnings } from './warnings.js';

export interface ConnectOptions {
  /** A kubeconfig. @default `KUBECONFIG`, then `~/.kube/config`, then the service account of the pod that this runs in */
  readonly kubeconfig?: string;
  /** @default the current context */
  readonly context?: string;
  /** @default 'gamezone' */
  readonly userAgent?: string;
  /** Who owns the fields that are written. @default 'gamezone' */
  readonly fieldManager?: string;
  /** What the server does about fields that it does not know, or that stand there twice. @default 'Strict' */
  readonly fieldValidation?: 'Strict' | 'Warn' | 'Ignore';
  /** Calls that are started. @default as many as there are: servers have their own limits, and say 429 */
  readonly rate?: Rate;
  /** Milliseconds for a call that does not say. @default 30000 */
  readonly timeout?: number;
  /** Milliseconds for a connection. @default 10000 */
  readonly connectTimeout?: number;
  /** Milliseconds of Retry-After that a call waits for by itself; what asks for more is told its caller. @default 10000 */
  readonly patience?: number;
  /** Milliseconds that a connection waits for its next call; less than the 90 s after which kube-apiserver ends it. @default 30000 */
  readonly keepAlive?: number;
  /** Milliseconds for one run of an exec plugin. @default 60000 */
  readonly pluginTimeout?: number;
  /** Connections for calls; watches have their own. @default 32 */
  readonly maxConnections?: number;
  /** Bytes of one answer. @default 128 MiB */
  readonly maxBody?: number;
  /** Bytes of one event of a watch. @default 16 MiB */
  readonly maxEvent?: number;
  /** Told each warning of the server, once. */
  readonly onWarning?: (text: string) => void;
  readonly environment?: Environment;
  readonly clock?: Clock;
}

/** A way into a cluster, until it is closed. */
export interface Connection {
  readonly api: HttpKubeApi;
  /** For people: `context "a" of /home/me/.kube/config`. */
  readonly source: string;
  readonly server: string;
  readonly context: string;
  /** Of the context. */
  readonly namespace: string;
  /** Ends all connections. Calls under way reject with kind `aborted`. */
  close(): Promise<void>;
}

const MAX_HEAD = 65_536;

/**
 * Finds out where the cluster is and who we are. Sends nothing yet, and runs no exec plugin.
 *
 * @throws AccessError with the file, the context or the name that is wrong
 */
export function connect(options: ConnectOptions = {}): Connection {
  const { environment = process.env } = options;
  return connectTo(accessFor(options, environment), options);
}

/** @throws AccessError as `connect` */
export function connectTo(access: Access, options: ConnectOptions = {}): Connection {
  const { environment = process.env, clock = systemClock, pluginTimeout = 60_000, rate, onWarning } = options;
  const server = new URL(access.server);
  const proxy = proxyFor(server, access.proxy, environment);
  const certificates: Certificates = new Certificates(access, () => credentials.certificate());
  const credentials: Credentials = credentialsOf(access, {
    environment,
    clock,
    pluginTimeout,
    cluster: () => clusterInfo(access, certificates),
    onCertificate: () => transport.renew(),
  });
  // What is wrong with the files is said now, not with the first call.
  if (server.protocol === 'https:') certificates.context();
  const transport = new Transport({
    origin: server.origin,
    dial: () =>
      dial({
        server,
        proxy,
        secureContext: () => certificates.context(),
        skipVerify: access.skipVerify,
        serverName: access.serverName,
        clock,
        timeout: options.connectTimeout ?? 10_000,
      }),
    clock,
    maxConnections: options.maxConnections ?? 32,
    maxBody: options.maxBody ?? 128 << 20,
    maxHead: MAX_HEAD,
    keepAlive: options.keepAlive ?? 30_000,
  });
  const requester = new Requester({
    transport,
    credentials,
    clock,
    userAgent: options.userAgent ?? 'gamezone',
    timeout: options.timeout ?? 30_000,
    patience: options.patience ?? 10_000,
    ...(rate && { rate: new RateLimit(rate, clock) }),
    ...(onWarning && { warnings: new Warnings(onWarning) }),
  });
  const api = new HttpKubeApi({
    requester,
    door: { host: server.host, connection: () => transport.connection() },
    clock,
    basePath: server.pathname.replace(/\/+$/, ''),
    fieldManager: options.fieldManager ?? 'gamezone',
    fieldValidation: options.fieldValidation ?? 'Strict',
    maxEvent: options.maxEvent ?? 16 << 20,
  });
  const { source, context, namespace } = access;
  return { api, source, context, namespace, server: access.server, close: () => transport.close() };
}

function accessFor({ kubeconfig, context }: ConnectOptions, environment: Environment): Access {
  const files = kubeconfig === undefined ? kubeconfigFiles(environment) : [kubeconfig];
  const access = readKubeconfig(files, context);
  if (access) return access;
  const own = kubeconfig === undefined && context === undefined ? readServiceAccount(environment) : undefined;
  if (own) return own;
  throw new AccessError(`There is no kubeconfig at ${files.join(', ')}`, {
    hint: 'name one with KUBECONFIG, or run in a pod that has a service account',
  });
}

function clusterInfo(access: Access, certificates: Certificates): object & { server: string } {
  const authority = certificates.authorityData();
  return {
    server: access.server,
    ...(access.serverName !== undefined && { 'tls-server-name': access.serverName }),
    ...(access.skipVerify && { 'insecure-skip-tls-verify': true }),
    ...(access.proxy !== undefined && { 'proxy-url': access.proxy }),
    ...(authority !== undefined && { 'certificate-authority-data': authority }),
  };
}
