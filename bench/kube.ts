import { fork, type ChildProcess } from 'node:child_process';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { connect } from '../src/kube/connect.js';
import { configMaps } from '../src/kube/resource.js';
import { CertificateMaker } from '../src/cluster/api-server/http/certificate-maker.js';
import type { Done, Job, Setup } from './kube-worker.js';
import { spreadOf, type Spread } from './measure.js';

// How fast we talk to a cluster, against client-node and against a bare loop over node:https: `npx tsx bench/kube.ts [--runs N]`.
// The server is one that answers at once. A real one sets the pace itself:
// `npm run control-plane -- -- sh -c 'npx tsx bench/kube.ts --kubeconfig $KUBECONFIG'`.
// All clients are processes that live as long as the benchmark, and take turns.
const { values } = parseArgs({ options: { runs: { type: 'string', default: '9' }, kubeconfig: { type: 'string' } } });
const runs = Number(values.runs);
const folder = 'bench/out/kube';
mkdirSync(folder, { recursive: true });
const children: ChildProcess[] = [];

function start(...args: string[]): ChildProcess {
  const child = fork('bench/kube-worker.ts', args, { execArgv: ['--import', 'tsx'] });
  children.push(child);
  return child;
}

function answerOf<T>(child: ChildProcess): Promise<T> {
  return new Promise((resolve, reject) => {
    const onExit = (code: number | null): void => reject(new Error(`a worker ended with ${String(code)}`));
    child.once('exit', onExit);
    child.once('message', (message) => {
      child.off('exit', onExit);
      resolve(message as T);
    });
  });
}

async function ownServer(): Promise<Setup> {
  const authority = new CertificateMaker();
  const { key, cert } = authority.make({ name: 'server' });
  const url = `https://127.0.0.1:${await answerOf<number>(start('server', key, cert))}`;
  const token = 'bench';
  const kubeconfig = `${folder}/kubeconfig`;
  const config = {
    'current-context': 'bench',
    contexts: [{ name: 'bench', context: { cluster: 'bench', user: 'bench' } }],
    clusters: [
      {
        name: 'bench',
        cluster: { server: url, 'certificate-authority-data': Buffer.from(authority.cert).toString('base64') },
      },
    ],
    users: [{ name: 'bench', user: { token } }],
  };
  writeFileSync(kubeconfig, JSON.stringify(config));
  return { kubeconfig, url, ca: authority.cert, token };
}

/** A server of `npm run control-plane`, whose kubeconfig is JSON and holds a token. */
async function realServer(kubeconfig: string): Promise<Setup> {
  const config = JSON.parse(readFileSync(kubeconfig, 'utf8')) as {
    clusters: [{ cluster: { server: string; 'certificate-authority': string } }];
    users: [{ user: { token: string } }];
  };
  const { server, 'certificate-authority': authority } = config.clusters[0].cluster;
  const connection = connect({ kubeconfig });
  // One for each call in flight: writers of the same object wait for each other in the server.
  for (let lane = 0; lane < 32; lane++) {
    const metadata = { namespace: 'default', name: `bench-${lane}` };
    await connection.api.patch(configMaps, metadata, { type: 'apply', body: { metadata } });
  }
  await connection.close();
  return { kubeconfig, url: server, ca: readFileSync(authority, 'utf8'), token: config.users[0].user.token };
}

interface Compared {
  /** Ours to theirs. */
  readonly rate: Spread;
  readonly cpu: Spread;
  /** Of ours: per second, and microseconds each. */
  readonly ours: { readonly rate: Spread; readonly cpu: Spread };
}

/** Turn by turn, after one each to warm up; the ratios are of neighbouring turns. */
async function compare(ours: ChildProcess, theirs: ChildProcess, job: Job, theirCount = job.count): Promise<Compared> {
  const turn = async (child: ChildProcess, count: number): Promise<{ rate: number; cpu: number }> => {
    const done = answerOf<Done>(child);
    child.send({ ...job, count });
    const { milliseconds, cpu } = await done;
    return { rate: (count / milliseconds) * 1000, cpu: cpu / count };
  };
  const pairs: { a: { rate: number; cpu: number }; b: { rate: number; cpu: number } }[] = [];
  for (let run = 0; run <= runs; run++)
    pairs.push({ a: await turn(ours, job.count), b: await turn(theirs, theirCount) });
  pairs.shift();
  return {
    rate: spreadOf(pairs.map(({ a, b }) => a.rate / b.rate)),
    cpu: spreadOf(pairs.map(({ a, b }) => b.cpu / a.cpu)),
    ours: { rate: spreadOf(pairs.map(({ a }) => a.rate)), cpu: spreadOf(pairs.map(({ a }) => a.cpu)) },
  };
}

function show(what: string, ratio: Spread, least: number | undefined, remark: string): void {
  const figure = `${ratio.median.toFixed(2)} (${ratio.min.toFixed(2)} to ${ratio.max.toFixed(2)})`;
  const verdict = least === undefined ? '      ' : ratio.median >= least ? 'met   ' : 'MISSED';
  if (verdict === 'MISSED') process.exitCode = 1;
  console.log(`${verdict} ${what}: ${figure}${least === undefined ? '' : `; goal at least ${least}`}${remark}`);
}

try {
  const setup = values.kubeconfig === undefined ? await ownServer() : await realServer(values.kubeconfig);
  const [ours, clientNode, bare] = ['ours', 'client-node', 'bare'].map((role) => start(role, JSON.stringify(setup)));
  const isOwn = values.kubeconfig === undefined;
  const each = ({ rate, cpu }: Compared['ours']): string =>
    ` [${rate.median.toFixed(0)}/s, ${cpu.median.toFixed(0)} us of CPU each]`;
  if (isOwn)
    for (const inFlight of [1, 20]) {
      const { rate, cpu, ours: own } = await compare(ours!, clientNode!, { what: 'get', inFlight, count: 2000 }, 200);
      show(`GETs per second to client-node's, ${inFlight} in flight`, rate, 5, each(own));
      show(`CPU per GET of client-node to ours, ${inFlight} in flight`, cpu, 5, '');
    }
  for (const inFlight of [1, 8, 32]) {
    const count = isOwn ? 3000 : 600;
    const { rate, cpu, ours: own } = await compare(ours!, bare!, { what: 'patch', inFlight, count });
    show(`patches per second to a bare loop's, ${inFlight} in flight`, rate, 0.9, each(own));
    show(`CPU per patch of a bare loop to ours, ${inFlight} in flight`, cpu, undefined, '');
  }
  if (isOwn) {
    const { rate, cpu, ours: own } = await compare(ours!, clientNode!, { what: 'watch', inFlight: 1, count: 30_000 });
    show("watch events per second to client-node's", rate, undefined, each(own));
    show('CPU per watch event of client-node to ours', cpu, undefined, '');
  }
} finally {
  for (const child of children) child.disconnect();
}
