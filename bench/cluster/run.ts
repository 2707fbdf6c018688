import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { parseArgs } from 'node:util';
import { startControlPlane } from '../../test/control-plane/start.js';
import { inTurn, report, spreadOf, wallTime, type Figure } from '../measure.js';

// What the embedded cluster costs, beside a real control plane: `npm run bench:cluster [-- --runs N] [--pods N] [--minutes N]`.
const { values } = parseArgs({
  options: {
    runs: { type: 'string', default: '5' },
    pods: { type: 'string', default: '10000' },
    minutes: { type: 'string', default: '30' },
  },
});
const runs = Number(values.runs);
const WORKER = ['--expose-gc', '--import', 'tsx', 'bench/cluster/worker.ts'];

/** The figure of one measurement, which is a process of its own. */
function measured(...task: string[]): number {
  const { status, stdout, stderr } = spawnSync(process.execPath, [...WORKER, ...task], { encoding: 'utf8' });
  if (status !== 0) throw new Error(`${task.join(' ')} ended with ${String(status)}: ${stderr.slice(-2000)}`);
  if (stderr !== '') console.log(`       ${stderr.trim()}`);
  return JSON.parse(stdout.trim().split('\n').at(-1)!) as number;
}

async function writes(): Promise<Figure[]> {
  const real = await startControlPlane({ users: ['bench'] });
  const face = spawn(process.execPath, [...WORKER, 'face'], { stdio: ['pipe', 'pipe', 'inherit'] });
  try {
    const [chunk] = (await once(face.stdout, 'data')) as [Buffer];
    const embedded = chunk.toString().trim();
    const theirs = (): number => measured('over', real.as('bench').kubeconfig);
    const overTls = await inTurn(runs, () => measured('over', embedded), theirs);
    const inside = await inTurn(runs, () => measured('inside'), theirs);
    console.log(
      `       writes per second: ${Math.round(inside.a.median)} in the process, ${Math.round(overTls.a.median)} over TLS, ${Math.round(inside.b.median)} to a real API server`,
    );
    const against = 'a real API server and etcd';
    return [
      {
        what: 'writes per second over TLS, 8 in flight',
        against,
        goal: 'at least 1',
        ratio: overTls.ratio,
        met: overTls.ratio.median >= 1,
      },
      {
        what: 'writes per second in the process',
        against,
        goal: 'at least 3',
        ratio: inside.ratio,
        met: inside.ratio.median >= 3,
      },
    ];
  } finally {
    face.stdin.end();
    await real.stop();
  }
}

async function start(): Promise<Figure> {
  const gamezone = ['dist/bin/gamezone.js', 'dev', 'examples/in-place/zone.yaml', '--speed', '10000'];
  const { a, ratio } = await inTurn(
    runs,
    () => wallTime({ command: process.execPath, args: [...gamezone, '--', 'true'] }),
    () => wallTime({ command: process.execPath, args: ['-e', '0'] }),
  );
  console.log(`       gamezone dev with five pods Ready after ${(a.median / 1000).toFixed(2)} s`);
  const what = 'start of `gamezone dev`, five pods Ready at 10,000 times their speed, and its end';
  return { what, against: '`node -e 0`', goal: 'at most 30', ratio, met: ratio.median <= 30 };
}

function memory(): Figure {
  const ratio = spreadOf([measured('memory', values.pods)]);
  const what = `heap for ${values.pods} pods that run`;
  return { what, against: 'their JSON', goal: 'at most 20', ratio, met: ratio.median <= 20 };
}

function simulated(): Figure {
  const ratio = spreadOf(Array.from({ length: runs }, () => measured('idle', '1000', values.minutes) * 3600));
  const what = 'time that passes for 1,000 pods, summed over them';
  return { what, against: 'real time', goal: 'at least 100000', ratio, met: ratio.median >= 100_000 };
}

report([...(await writes()), memory(), simulated(), await start()]);
