import { mkdirSync, writeFileSync } from 'node:fs';
import { HttpFace } from '../../src/cluster/api-server/http/face.js';
import type { KubeApi } from '../../src/kube/api.js';
import { connect } from '../../src/kube/connect.js';
import { configMaps, pods } from '../../src/kube/resource.js';
import { populate, simulation } from './world.js';

// One measurement in a process of its own: `over KUBECONFIG`, `inside`, `memory PODS` or `idle PODS MINUTES`; or `face`, which serves.
const [task, ...args] = process.argv.slice(2);
const collect = (): void => (globalThis as unknown as { readonly gc: () => void }).gc();

/** Patches of one label of ConfigMaps, one after the other in each of eight lanes; per second. */
async function writesPerSecond(api: KubeApi, duration: number): Promise<number> {
  const lanes = Array.from({ length: 8 }, (_, lane) => ({ namespace: 'default', name: `bench-${lane}` }));
  for (const metadata of lanes) await api.patch(configMaps, metadata, { type: 'apply', body: { metadata } });
  const run = async (until: number): Promise<number> => {
    const counts = await Promise.all(
      lanes.map(async (name) => {
        let count = 0;
        for (; performance.now() < until; count++)
          await api.patch(configMaps, name, { type: 'merge', body: { metadata: { labels: { at: `${count}` } } } });
        return count;
      }),
    );
    return counts.reduce((sum, count) => sum + count, 0);
  };
  await run(performance.now() + duration / 4);
  const begun = performance.now();
  const count = await run(begun + duration);
  return (count * 1000) / (performance.now() - begun);
}

const DURATION = 4000;

const tasks: Readonly<Record<string, () => Promise<number>>> = {
  over: async () => {
    const connection = connect({ kubeconfig: args[0]!, fieldManager: 'bench' });
    const figure = await writesPerSecond(connection.api, DURATION);
    await connection.close();
    return figure;
  },
  inside: async () => {
    const { cluster } = await simulation(1);
    return writesPerSecond(cluster.client('bench', { fieldManager: 'bench' }), DURATION);
  },
  face: async () => {
    const { cluster } = await simulation(1);
    const face = await HttpFace.listen({
      server: cluster.server,
      users: new Map([['bench-token', 'bench']]),
      port: 0,
      onError: (error) => {
        throw error;
      },
    });
    mkdirSync('bench/out/cluster', { recursive: true });
    const kubeconfig = 'bench/out/cluster/kubeconfig';
    writeFileSync(kubeconfig, face.kubeconfig('bench'), { mode: 0o600 });
    console.log(kubeconfig);
    await new Promise<void>((resolve) => process.stdin.once('end', resolve).resume());
    await face.close();
    return 0;
  },
  // Bytes of the heap for each byte of the pods' JSON.
  memory: async () => {
    const world = await simulation(Number(args[0]));
    collect();
    const before = process.memoryUsage().heapUsed;
    await populate(world, Number(args[0]));
    collect();
    const used = process.memoryUsage().heapUsed - before;
    const { items } = await world.api.list(pods);
    const json = items.reduce((sum, pod) => sum + JSON.stringify(pod).length, 0);
    const [heap, text, most] = [used, json, process.resourceUsage().maxRSS * 1024].map((of) =>
      Math.round(of / 2 ** 20),
    );
    console.error(
      `${items.length} pods: ${heap} MiB of heap for ${text} MiB of JSON; the process had ${most} MiB at most`,
    );
    return used / json;
  },
  // Hours of pods for each second.
  idle: async () => {
    const [count, minutes] = args.map(Number) as [number, number];
    const world = await simulation(count);
    await populate(world, count);
    const begun = performance.now();
    await world.clock.advance(minutes * 60_000);
    return (count * minutes) / 60 / ((performance.now() - begun) / 1000);
  },
};

console.log(JSON.stringify(await tasks[task!]!()));
process.exit(0);
