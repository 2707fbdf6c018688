import { request } from 'node:http';
import { Health } from '../../src/controller/health.js';
import { HttpServer } from '../../src/controller/http-server.js';
import { silent } from '../../src/controller/log.js';
import { Counter, Durations } from '../../src/controller/metrics/counters.js';
import { ControllerMetrics } from '../../src/controller/metrics/controller-metrics.js';
import { expositionOf } from '../../src/controller/metrics/exposition.js';
import { workloadFamilies } from '../../src/controller/metrics/state-metrics.js';
import { pagesOf } from '../../src/controller/pages.js';
import { gameStatefulSets } from '../../src/controller/resources.js';
import { Runtime } from '../../src/controller/runtime.js';
import type { Workload } from '../../src/controller/game-stateful-set/objects.js';
import type { KubeObject } from '../../src/kube/objects.js';
import { WritableStore } from '../../src/kube/store.js';
import { VirtualClock } from '../kube/virtual-clock.js';
import { FakeCluster } from './fake-cluster.js';
import { gameStatefulSet } from './workloads.js';

const pod = { name: 'game-1', uid: 'p1', resourceVersion: '7' };
const change = { images: {}, sidecars: {}, initImages: {}, labels: {}, annotations: {} };

test('counters, gauges and histograms as Prometheus reads them', () => {
  const counter = new Counter('a_total', 'What\nhappened.');
  counter.add({ of: 'a "b" \\ c\n' });
  counter.add({ of: 'a "b" \\ c\n' }, 2);
  counter.add({ of: 'other' });
  const durations = new Durations('b_seconds', 'How long.', [100, 1000]);
  for (const took of [50, 100, 500, 5000]) durations.observe({ kind: 'x' }, took);
  const gauge = {
    type: 'gauge',
    name: 'c',
    help: 'Now.',
    samples: [{ value: 0.5 }, { value: NaN, labels: { a: '1', b: '2' } }, { value: -Infinity }],
  } as const;
  expect(expositionOf([counter.family, durations.family, gauge])).toBe(
    [
      '# HELP a_total What\\nhappened.',
      '# TYPE a_total counter',
      'a_total{of="a \\"b\\" \\\\ c\\n"} 3',
      'a_total{of="other"} 1',
      '# HELP b_seconds How long.',
      '# TYPE b_seconds histogram',
      'b_seconds_bucket{kind="x",le="0.1"} 2',
      'b_seconds_bucket{kind="x",le="1"} 3',
      'b_seconds_bucket{kind="x",le="+Inf"} 4',
      'b_seconds_sum{kind="x"} 5.65',
      'b_seconds_count{kind="x"} 4',
      '# HELP c Now.',
      '# TYPE c gauge',
      'c 0.5',
      'c{a="1",b="2"} NaN',
      'c -Inf',
      '',
    ].join('\n'),
  );
});

test('a pod counts from its patch to its proof, in no label of its own', async () => {
  const clock = new VirtualClock();
  const metrics = new ControllerMetrics(clock);
  const acting = { namespace: 'ns' };
  const state = { revision: 'r', updateTimestamp: '', containers: [] };
  metrics.acted(acting, { kind: 'updatePod', pod, change, state, why: '' }, { kind: 'done' }, 20);
  await clock.advance(4000);
  metrics.acted(acting, { kind: 'openGate', pod, reason: 'UpdateVerified', why: '' }, { kind: 'done' }, 5);
  metrics.acted(acting, { kind: 'openGate', pod, reason: 'UpdateVerified', why: '' }, { kind: 'done' }, 5);
  metrics.acted(acting, { kind: 'deletePod', pod, why: '' }, { kind: 'failed', error: undefined }, 5);
  metrics.reconciled('success', 3);
  const text = expositionOf(metrics.families);
  expect(text).toMatch(/^gamezone_pod_update_proven_seconds_sum\{namespace="ns"\} 4$/m);
  expect(text).toMatch(/^gamezone_pod_update_proven_seconds_count\{namespace="ns"\} 1$/m);
  expect(text).toMatch(
    /^bkbcs_gamestatefulset_pod_update_duration_seconds_sum\{namespace="ns",status="success",[^}]*\} 0.02$/m,
  );
  expect(text).toMatch(
    /^bkbcs_gamestatefulset_pod_delete_duration_seconds_count\{namespace="ns",status="failure",[^}]*\} 1$/m,
  );
  expect(text).toMatch(/^gamezone_actions_total\{kind="GameStatefulSet",action="openGate",outcome="done"\} 2$/m);
  expect(text).toMatch(/^bkbcs_gamestatefulset_reconcile_duration_seconds_count\{status="success"\} 1$/m);
  expect(text).not.toMatch(/game-1|p1/);
});

test('workloads are summed up by namespace', () => {
  const store = new WritableStore<Workload>();
  const put = (namespace: string, name: string, status: object): void =>
    store.apply('ADDED', {
      metadata: { namespace, name, uid: `${namespace}/${name}`, resourceVersion: String(store.size + 1) },
      spec: { replicas: 3 },
      status,
    } as never);
  put('a', 'one', { phase: 'Healthy', readyReplicas: 3, updatedReplicas: 3 });
  put('a', 'two', { phase: 'Healthy', readyReplicas: 2 });
  put('b', 'three', {});
  const text = expositionOf(workloadFamilies(store));
  expect(text).toMatch(/^gamezone_workloads\{kind="GameStatefulSet",namespace="a",phase="Healthy"\} 2$/m);
  expect(text).toMatch(/^gamezone_workloads\{kind="GameStatefulSet",namespace="b",phase="Unknown"\} 1$/m);
  expect(text).toMatch(/^bkbcs_gamestatefulset_replicas\{namespace="a"\} 6$/m);
  expect(text).toMatch(/^bkbcs_gamestatefulset_ready_replicas\{namespace="a"\} 5$/m);
  expect(text).toMatch(/^bkbcs_gamestatefulset_updated_replicas\{namespace="b"\} 0$/m);
});

describe('over HTTP', () => {
  const clock = new VirtualClock();
  const api = new FakeCluster(clock);
  const runtime = new Runtime({ api, clock, identity: 'a', log: silent });
  const health = new Health(clock);
  const pages = pagesOf({ runtime, health, version: '1.2.3', startedAt: 5, usage: () => ({ cpu: 1.5, memory: 1024 }) });
  const server = new HttpServer(
    {
      ...pages,
      '/broken': () => {
        throw new Error('defect');
      },
    },
    () => undefined,
  );
  let port = 0;
  const ask = (path: string, method = 'GET'): Promise<{ status: number; text: string; type: string }> =>
    new Promise((resolve, reject) => {
      request({ host: '127.0.0.1', port, path, method }, (response) => {
        let text = '';
        response.setEncoding('utf8').on('data', (part: string) => (text += part));
        response.on('end', () =>
          resolve({ status: response.statusCode!, text, type: String(response.headers['content-type']) }),
        );
      })
        .on('error', reject)
        .end();
    });

  beforeAll(async () => {
    port = await server.listen(0, '127.0.0.1');
  });
  afterAll(() => server.close());

  test('not ready until everything was seen', async () => {
    expect(await ask('/readyz')).toMatchObject({ status: 503, text: 'it has begun to lead just now\n' });
    expect(await ask('/healthz')).toMatchObject({ status: 200, text: 'ok\n' });
    const workload = gameStatefulSet('game') as unknown as KubeObject;
    api.put(gameStatefulSets, { ...workload, metadata: { ...workload.metadata, generation: 1 } });
    runtime.start();
    await clock.advance(1000);
    expect(await ask('/readyz?verbose')).toMatchObject({ status: 200, text: 'ok\n' });
  });

  test('metrics of all parts, each family once', async () => {
    const { status, text, type } = await ask('/metrics');
    expect([status, type]).toEqual([200, 'text/plain; version=0.0.4; charset=utf-8']);
    const families = [...text.matchAll(/^# TYPE (\S+)/gm)].map(([, name]) => name);
    expect(new Set(families).size).toBe(families.length);
    for (const line of [
      'gamezone_build_info{version="1.2.3"} 1',
      'gamezone_leader 1',
      'process_cpu_seconds_total 1.5',
      'process_resident_memory_bytes 1024',
      'bkbcs_workqueue_depth{name="gamestatefulset"} 0',
      'gamezone_reflector_synced{resource="pods"} 1',
      'gamezone_events_dropped_total 0',
      'bkbcs_gamestatefulset_replicas{namespace="default"} 3',
    ])
      expect(text.split('\n')).toContain(line);
    // Every line is a comment or a sample.
    for (const line of text.trimEnd().split('\n'))
      expect(line).toMatch(/^(# (HELP|TYPE) \w+ .+|\w+(\{(\w+="([^"\\]|\\.)*",?)*\})? (NaN|[+-]?Inf|-?\d[\d.e+-]*))$/);
  });

  test.each([
    ['/', 'GET', 404],
    ['/toString', 'GET', 404],
    ['/metrics', 'POST', 405],
    ['/healthz', 'HEAD', 200],
    ['/broken', 'GET', 500],
  ])('%s %s: %i', async (path, method, status) => {
    expect((await ask(path, method)).status).toBe(status);
  });
});
