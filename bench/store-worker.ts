import { once } from 'node:events';
import { createServer, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { CoreV1Api, KubeConfig, makeInformer } from '@kubernetes/client-node';
import { systemClock } from '../src/kube/clock.js';
import { connect } from '../src/kube/connect.js';
import { Reflector } from '../src/kube/reflector.js';
import { pods } from '../src/kube/resource.js';

// A process of bench/store.ts: a server with many pods, or one of those who keep a copy of them.

export interface Task {
  readonly kubeconfig: string;
  readonly url: string;
  readonly objects: number;
  readonly events: number;
}

export interface Figures {
  /** Milliseconds until all objects are there. */
  readonly list: number;
  /** Microseconds of CPU of that. */
  readonly listCpu: number;
  /** Bytes for each object, after a collection of garbage. */
  readonly heap: number;
  /** Bytes at most, of the whole process. */
  readonly rss: number;
  /** Milliseconds for all events. */
  readonly watch: number;
  readonly watchCpu: number;
}

const FIRST_VERSION = 1_000_000;

/** Some 4 kB, a third of them managedFields, as a pod of a game server has. */
function pod(index: number, version: number): string {
  const game = `game-${index % 500}`;
  const name = `${game}-${Math.floor(index / 500)}`;
  const time = '2030-01-01T00:00:00Z';
  const fields = (path: string): object => ({ 'f:metadata': { 'f:labels': { [`f:${path}`]: {}, 'f:app': {} } } });
  const condition = (type: string): object => ({ type, status: 'True', lastProbeTime: null, lastTransitionTime: time });
  const container = (own: string): object => ({
    name: own,
    image: `registry.example.com/games/${own}:1.2.${version % 10}`,
    imagePullPolicy: 'IfNotPresent',
    ports: [{ name: 'game', containerPort: 7777, protocol: 'UDP' }],
    env: Array.from({ length: 6 }, (_, at) => ({ name: `SETTING_${at}`, value: `value of ${at} in ${name}` })),
    resources: { requests: { cpu: '500m', memory: '1Gi' }, limits: { memory: '1Gi' } },
    volumeMounts: [{ name: 'data', mountPath: '/data' }],
    readinessProbe: { httpGet: { path: '/ready', port: 8080 }, periodSeconds: 5, failureThreshold: 3 },
    terminationMessagePath: '/dev/termination-log',
    terminationMessagePolicy: 'File',
  });
  return JSON.stringify({
    metadata: {
      name,
      generateName: `${game}-`,
      namespace: `zone-${index % 20}`,
      uid: `${String(index).padStart(8, '0')}-aaaa-4bbb-8ccc-0123456789ab`,
      resourceVersion: String(version),
      creationTimestamp: time,
      labels: { app: game, zone: `zone-${index % 20}`, 'controller-revision-hash': `${game}-6d4cf56db6` },
      annotations: {
        'example.com/checksum': 'a'.repeat(64),
        'example.com/config': `{"room":${index},"mode":"ranked"}`,
      },
      ownerReferences: [
        { apiVersion: 'apps/v1', kind: 'StatefulSet', name: game, uid: `owner-${game}`, controller: true },
      ],
      managedFields: ['kube-controller-manager', 'kubelet', 'gamezone'].map((manager) => ({
        manager,
        operation: 'Update',
        apiVersion: 'v1',
        time,
        fieldsType: 'FieldsV1',
        fieldsV1: Object.fromEntries(
          Array.from({ length: 5 }, (_, at) => [`f:part-${at}`, fields(`${manager}-${at}`)]),
        ),
      })),
    },
    spec: {
      containers: [container('game'), container('sidecar')],
      volumes: [{ name: 'data', persistentVolumeClaim: { claimName: `data-${name}` } }],
      nodeName: `node-${index % 1000}`,
      restartPolicy: 'Always',
      terminationGracePeriodSeconds: 30,
      tolerations: [{ key: 'node.kubernetes.io/not-ready', operator: 'Exists', effect: 'NoExecute' }],
    },
    status: {
      phase: 'Running',
      conditions: ['Initialized', 'Ready', 'ContainersReady', 'PodScheduled'].map(condition),
      podIP: `10.0.${index % 250}.${index % 199}`,
      startTime: time,
      containerStatuses: ['game', 'sidecar'].map((own) => ({
        name: own,
        ready: true,
        restartCount: 0,
        image: `registry.example.com/games/${own}:1.2.3`,
        imageID: `registry.example.com/games/${own}@sha256:${'0'.repeat(64)}`,
        containerID: `containerd://${'1'.repeat(64)}`,
        state: { running: { startedAt: time } },
      })),
    },
  });
}

async function send(response: ServerResponse, text: string): Promise<void> {
  if (!response.write(text)) await once(response, 'drain');
}

/** Pages as the API server has them; all in one where no limit is given. Events go to the newest watch when `/go` is asked for. */
function serve(objects: number): void {
  const items = Array.from({ length: objects }, (_, index) => pod(index, index + 1));
  let watch: ServerResponse | undefined;
  let version = FIRST_VERSION;
  const list = async (response: ServerResponse, query: URLSearchParams): Promise<void> => {
    const begin = Number(query.get('continue') ?? 0);
    const end = Math.min(objects, begin + Number(query.get('limit') ?? Infinity));
    const rest = end < objects ? `,"continue":"${end}"` : '';
    const metadata = `{"resourceVersion":"${FIRST_VERSION}"${rest}}`;
    await send(response, `{"kind":"PodList","apiVersion":"v1","metadata":${metadata},"items":[`);
    for (let at = begin; at < end; at += 100)
      await send(response, (at > begin ? ',' : '') + items.slice(at, Math.min(end, at + 100)).join(','));
    response.end(']}');
  };
  const go = async (count: number): Promise<void> => {
    for (let sent = 0; sent < count; sent++) {
      const changed = pod((sent * 7919) % objects, ++version);
      await send(watch!, `{"type":"MODIFIED","object":{"kind":"Pod","apiVersion":"v1",${changed.slice(1)}}\n`);
    }
  };
  const listener = createServer((request, response) => {
    const { pathname, searchParams } = new URL(request.url!, 'http://server');
    response.setHeader('content-type', 'application/json');
    if (pathname === '/go') {
      void go(Number(searchParams.get('count')));
      response.end('{}');
    } else if (searchParams.has('watch')) {
      watch = response;
      version = FIRST_VERSION;
      response.flushHeaders();
    } else void list(response, searchParams);
  });
  listener.listen(0, '127.0.0.1', () => process.send!((listener.address() as AddressInfo).port));
}

/** How a copy is kept: says when all is there, and then how many events came. */
type Keeper = (task: Task, onEvent: () => void) => Promise<() => number>;

const keepers: Readonly<Record<string, Keeper>> = {
  ours: async ({ kubeconfig }, onEvent) => {
    const { api } = connect({ kubeconfig });
    const reflector = new Reflector({
      api,
      clock: systemClock,
      resource: pods,
      indexes: {
        owner: ({ metadata }) => metadata.ownerReferences?.map(({ uid }) => uid) ?? [],
        zone: ({ metadata }) => [metadata.labels?.['zone'] ?? ''],
      },
    });
    reflector.start();
    await reflector.store.whenSynced();
    reflector.store.subscribe(onEvent);
    return () => reflector.store.size;
  },
  'client-node': async ({ kubeconfig }, onEvent) => {
    const config = new KubeConfig();
    config.loadFromFile(kubeconfig);
    const api = config.makeApiClient(CoreV1Api);
    const informer = makeInformer(config, '/api/v1/pods', () => api.listPodForAllNamespaces());
    informer.on('error', (error) => {
      throw error as Error;
    });
    await informer.start();
    informer.on('update', onEvent);
    return () => informer.list().length;
  },
};

async function measure(role: string, task: Task): Promise<Figures> {
  const collect = (globalThis as { gc?: () => void }).gc!;
  collect();
  const before = process.memoryUsage().heapUsed;
  const cpuOf = (since: NodeJS.CpuUsage): number => {
    const { user, system } = process.cpuUsage(since);
    return user + system;
  };
  let events = 0;
  let ended = (): void => undefined;
  const allEvents = new Promise<void>((resolve) => (ended = resolve));
  const listCpu = process.cpuUsage();
  const begin = performance.now();
  const size = await keepers[role]!(task, () => {
    if (++events === task.events) ended();
  });
  const list = performance.now() - begin;
  const cpu = cpuOf(listCpu);
  if (size() !== task.objects) throw new Error(`${role} has ${size()} of ${task.objects} objects`);
  // The watch is opened after that; and what is not needed any more can go.
  await new Promise((resolve) => setTimeout(resolve, 300));
  collect();
  const heap = (process.memoryUsage().heapUsed - before) / task.objects;
  const watchCpu = process.cpuUsage();
  const watchBegin = performance.now();
  await fetch(`${task.url}/go?count=${task.events}`);
  await allEvents;
  return {
    list,
    listCpu: cpu,
    heap,
    rss: process.resourceUsage().maxRSS * 1024,
    watch: performance.now() - watchBegin,
    watchCpu: cpuOf(watchCpu),
  };
}

const [role = '', argument = ''] = process.argv.slice(2);
if (role === 'server') {
  serve(Number(argument));
  process.once('disconnect', () => process.exit());
} else {
  const figures = await measure(role, JSON.parse(argument) as Task);
  process.send!(figures, () => process.exit());
}
