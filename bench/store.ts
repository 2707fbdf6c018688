import { fork, type ChildProcess } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { report, spreadOf } from './measure.js';
import type { Figures, Task } from './store-worker.js';

// What a copy of many pods costs, against client-node's informer, which has neither pages nor indexes; ours keeps two indexes. Each
// measurement is a process of its own, and they take turns: `npx tsx bench/store.ts [--runs N] [--objects N] [--events N]`.
const { values } = parseArgs({
  options: {
    runs: { type: 'string', default: '5' },
    objects: { type: 'string', default: '50000' },
    events: { type: 'string', default: '50000' },
  },
});
const runs = Number(values.runs);
const folder = 'bench/out/store';

function start(role: string, argument: string): ChildProcess {
  return fork('bench/store-worker.ts', [role, argument], { execArgv: ['--expose-gc', '--import', 'tsx'] });
}

function answerOf<T>(child: ChildProcess): Promise<T> {
  return new Promise((resolve, reject) => {
    child.once('message', (message) => resolve(message as T));
    child.once('exit', (code) => reject(new Error(`a worker ended with ${String(code)}`)));
  });
}

const objects = Number(values.objects);
const events = Number(values.events);
const server = start('server', String(objects));
try {
  const url = `http://127.0.0.1:${await answerOf<number>(server)}`;
  mkdirSync(folder, { recursive: true });
  const kubeconfig = `${folder}/kubeconfig`;
  const config = {
    'current-context': 'bench',
    contexts: [{ name: 'bench', context: { cluster: 'bench', user: 'bench' } }],
    clusters: [{ name: 'bench', cluster: { server: url, 'insecure-skip-tls-verify': true } }],
    users: [{ name: 'bench', user: {} }],
  };
  writeFileSync(kubeconfig, JSON.stringify(config));
  const task: Task = { kubeconfig, url, objects, events };
  const measure = (role: string): Promise<Figures> => answerOf(start(role, JSON.stringify(task)));
  const pairs: { readonly ours: Figures; readonly theirs: Figures }[] = [];
  for (let run = 0; run <= runs; run++)
    pairs.push({ ours: await measure('ours'), theirs: await measure('client-node') });
  // The first warmed the server up.
  pairs.shift();

  const medianOf = (who: 'ours' | 'theirs', of: keyof Figures): number =>
    spreadOf(pairs.map((pair) => pair[who][of])).median;
  const tell = (what: string, of: keyof Figures, unit: (value: number) => string): void =>
    console.log(`       ${what}: ours ${unit(medianOf('ours', of))}, client-node's ${unit(medianOf('theirs', of))}`);
  const seconds = (value: number): string => `${(value / 1000).toFixed(2)} s`;
  console.log(`${objects} pods of some 4 kB, then ${events} events, ${runs} runs`);
  tell('time to list', 'list', seconds);
  tell('CPU to list', 'listCpu', (value) => seconds(value / 1000));
  tell('heap for each pod', 'heap', (value) => `${(value / 1024).toFixed(2)} KiB`);
  tell('memory at most', 'rss', (value) => `${(value / 2 ** 20).toFixed(0)} MiB`);
  tell('events', 'watch', (value) => `${((events / value) * 1000).toFixed(0)}/s`);
  tell('CPU for each event', 'watchCpu', (value) => `${(value / events).toFixed(1)} us`);
  const goals: readonly { readonly what: string; readonly of: keyof Figures; readonly most: number }[] = [
    { what: 'CPU to list', of: 'listCpu', most: 0.6 },
    { what: 'heap for each pod', of: 'heap', most: 0.6 },
    { what: 'memory at most', of: 'rss', most: 0.7 },
    { what: 'CPU for each event', of: 'watchCpu', most: 1 },
  ];
  const figures = goals.map(({ what, of, most }) => {
    const ratio = spreadOf(pairs.map(({ ours, theirs }) => ours[of] / theirs[of]));
    return { what, against: "client-node's informer", goal: `at most ${most}`, ratio, met: ratio.median <= most };
  });
  report(figures);
} finally {
  server.disconnect();
}
