import { createServer, Agent, request } from 'node:https';
import type { ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { CoreV1Api, KubeConfig, Watch } from '@kubernetes/client-node';
import { connect } from '../src/kube/connect.js';
import { configMaps, pods } from '../src/kube/resource.js';

// A process of bench/kube.ts: a server, or one of the clients that are compared. It is told what to do by messages.

export interface Job {
  readonly what: 'get' | 'patch' | 'watch';
  readonly inFlight: number;
  readonly count: number;
}

export interface Done {
  readonly milliseconds: number;
  /** Microseconds of this process. */
  readonly cpu: number;
}

/** What a client needs to know; `server` also says with which certificate to listen. */
export interface Setup {
  readonly kubeconfig: string;
  readonly url: string;
  readonly ca: string;
  readonly token: string;
}

/** `lane` tells calls apart that are in flight at the same time. */
type Client = Readonly<Record<Job['what'], (count: number, lane: number) => Promise<unknown>>>;

const NAMESPACE = 'default';
const nameOf = (lane: number): string => `bench-${lane}`;
let writes = 0;
const change = (): object => ({ metadata: { labels: { written: String(process.pid) + String(writes++) } } });

const clients: Readonly<Record<string, (setup: Setup) => Client>> = { ours, 'client-node': clientNode, bare };

function ours({ kubeconfig }: Setup): Client {
  const { api } = connect({ kubeconfig });
  return {
    get: (_count, lane) => api.get(pods, { namespace: NAMESPACE, name: nameOf(lane) }),
    patch: (_count, lane) =>
      api.patch(configMaps, { namespace: NAMESPACE, name: nameOf(lane) }, { type: 'merge', body: change() }),
    watch: async (count) => {
      let seen = 0;
      for await (const event of api.watch(pods, { resourceVersion: '1', labelSelector: `count=${count}` }))
        if (event.type !== 'BOOKMARK') seen++;
      if (seen !== count) throw new Error(`saw ${seen} of ${count} events`);
    },
  };
}

function clientNode({ kubeconfig }: Setup): Client {
  const config = new KubeConfig();
  config.loadFromFile(kubeconfig);
  const api = config.makeApiClient(CoreV1Api);
  return {
    get: (_count, lane) => api.readNamespacedPod({ name: nameOf(lane), namespace: NAMESPACE }),
    patch: (_count, lane) => api.patchNamespacedConfigMap({ name: nameOf(lane), namespace: NAMESPACE, body: change() }),
    watch: (count) =>
      new Promise((resolve, reject) => {
        let seen = 0;
        const ended = (error: unknown): void => {
          if (seen === count) resolve(undefined);
          else reject(error instanceof Error ? error : new Error(`saw ${seen} of ${count} events`));
        };
        const query = { resourceVersion: '1', labelSelector: `count=${count}` };
        new Watch(config).watch('/api/v1/pods', query, () => seen++, ended).catch(reject);
      }),
  };
}

/** What nobody could do without: a request on a kept connection, the body, and JSON. */
function bare({ url, ca, token }: Setup): Client {
  const agent = new Agent({ keepAlive: true, ca, maxSockets: 64, scheduling: 'lifo' });
  const { hostname, port } = new URL(url);
  const send = (method: string, path: string, body?: string): Promise<unknown> =>
    new Promise((resolve, reject) => {
      const headers = {
        authorization: `Bearer ${token}`,
        accept: 'application/json',
        ...(body !== undefined && {
          'content-type': 'application/merge-patch+json',
          'content-length': Buffer.byteLength(body),
        }),
      };
      const sent = request({ hostname, port, method, path, agent, headers }, (response) => {
        const chunks: Buffer[] = [];
        response.on('data', (chunk: Buffer) => chunks.push(chunk));
        response.on('end', () => {
          const text = Buffer.concat(chunks).toString();
          if (response.statusCode === 200) resolve(JSON.parse(text));
          else reject(new Error(text));
        });
      });
      sent.on('error', reject);
      sent.end(body);
    });
  return {
    get: (_count, lane) => send('GET', `/api/v1/namespaces/${NAMESPACE}/pods/${nameOf(lane)}`),
    patch: (_count, lane) =>
      send(
        'PATCH',
        `/api/v1/namespaces/${NAMESPACE}/configmaps/${nameOf(lane)}?fieldManager=x`,
        JSON.stringify(change()),
      ),
    watch: () => Promise.reject(new Error('not compared')),
  };
}

async function run(client: Client, { what, inFlight, count }: Job): Promise<Done> {
  let left = what === 'watch' ? 1 : count;
  const before = process.cpuUsage();
  const start = performance.now();
  await Promise.all(
    Array.from({ length: inFlight }, async (_, lane) => {
      while (left-- > 0) await client[what](count, lane);
    }),
  );
  const { user, system } = process.cpuUsage(before);
  return { milliseconds: performance.now() - start, cpu: user + system };
}

/** Answers as the API server would, at once: what is measured is the client. */
function serve(key: string, cert: string): void {
  const object = (kind: string, resourceVersion: number): object => ({
    kind,
    apiVersion: 'v1',
    metadata: {
      name: nameOf(0),
      namespace: NAMESPACE,
      uid: 'u',
      resourceVersion: String(resourceVersion),
      labels: { app: 'a' },
    },
    // A pod of a game server takes about two thousand bytes.
    data: { filler: 'x'.repeat(1700) },
  });
  const bodies = { pods: JSON.stringify(object('Pod', 1)), configmaps: JSON.stringify(object('ConfigMap', 1)) };
  const server = createServer({ key, cert, keepAliveTimeout: 60_000 }, (received, response) => {
    const url = new URL(received.url ?? '', 'https://server');
    received.resume();
    received.on('end', () => {
      if (url.searchParams.get('watch')) void stream(Number(url.searchParams.get('labelSelector')?.slice(6)), response);
      else {
        const body = url.pathname.includes('/pods/') ? bodies.pods : bodies.configmaps;
        response.writeHead(200, { 'content-type': 'application/json', 'content-length': Buffer.byteLength(body) });
        response.end(body);
      }
    });
  });
  const lines = Array.from({ length: 100 }, (_, index) =>
    Buffer.from(`${JSON.stringify({ type: 'MODIFIED', object: object('Pod', index + 2) })}\n`),
  );
  const stream = async (count: number, response: ServerResponse): Promise<void> => {
    response.writeHead(200, { 'content-type': 'application/json' });
    for (let sent = 0; sent < count; sent += lines.length)
      if (!response.write(Buffer.concat(lines.slice(0, count - sent))))
        await new Promise((resolve) => response.once('drain', resolve));
    response.end();
  };
  server.listen(0, '127.0.0.1', () => process.send?.((server.address() as AddressInfo).port));
}

if (process.send) {
  const [role = '', ...given] = process.argv.slice(2);
  process.once('disconnect', () => process.exit());
  if (role === 'server') serve(given[0]!, given[1]!);
  else {
    const client = clients[role]!(JSON.parse(given[0]!) as Setup);
    process.on('message', (job: Job) => {
      run(client, job).then(
        (done) => process.send?.(done),
        (error: unknown) => {
          console.error(role, error);
          process.exit(1);
        },
      );
    });
  }
}
