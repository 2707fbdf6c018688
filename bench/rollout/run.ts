import { parseArgs } from 'node:util';
import { report, spreadOf, type Figure } from '../measure.js';
import { Stage } from './stage.js';

// What a rollout in place costs, and what it is worth, against a script that patches the images of all pods at once, on a real
// control plane with modelled kubelets: `npm run bench:rollout [-- --runs N] [--sizes 100,1000]`.
const { values } = parseArgs({
  options: { runs: { type: 'string', default: '3' }, sizes: { type: 'string', default: '100,1000' } },
});
const runs = Number(values.runs);
const figures: Figure[] = [];

for (const size of values.sizes.split(',').map(Number)) {
  const stage = await Stage.start(size);
  try {
    figures.push(...(await measure(stage, size)));
  } finally {
    await stage.stop();
  }
}
report(figures);

async function measure(stage: Stage, size: number): Promise<Figure[]> {
  stage.act();
  await stage.create('game', size, {
    type: 'InplaceUpdate',
    rollingUpdate: { maxUnavailable: '100%' },
    inPlaceUpdateStrategy: { gracePeriodSeconds: 1 },
  });
  const [times, bareTimes, writes, exposures, bareExposures]: [number[], number[], number[], number[], number[]] = [
    [],
    [],
    [],
    [],
    [],
  ];
  for (let run = 1; run <= runs; run++) {
    const from = stage.audited;
    const ours = await timed(() => stage.roll('game', `game:${run}`, size));
    times.push(ours.took);
    writes.push(stage.writesSince('game', from) / size);
    exposures.push(stage.exposureSince('game', ours.begun) / size);
    await stage.rest();
    const bare = await timed(() => stage.patchAll('game', `game:${run}-bare`, 32));
    bareTimes.push(bare.took);
    bareExposures.push(stage.exposureSince('game', bare.begun) / size);
    // Back to what the controller knows, so that the next run begins like the first.
    await stage.patchAll('game', `game:${run}`, 32);
    stage.act();
  }
  const { median } = spreadOf(times.map((took) => size / took));
  const exposed = spreadOf(bareExposures).median;
  console.log(
    `${size} pods: ${median.toFixed(1)} per second; Ready while restarting: with the script ${exposed.toFixed(2)} s for each pod`,
  );
  const ratio = spreadOf(times.map((took, run) => took / bareTimes[run]!));
  const perPod = spreadOf(writes);
  const unsafe = spreadOf(exposures);
  return [
    {
      what: `time to roll ${size} pods, 1 s of grace`,
      against: 'a script that patches them all',
      goal: 'none yet',
      ratio,
      met: true,
    },
    { what: `writes to each of ${size} pods`, against: '1', goal: 'at most 3', ratio: perPod, met: perPod.max <= 3 },
    {
      what: `seconds in which one of ${size} pods is Ready while it restarts`,
      against: '1 s',
      goal: '0',
      ratio: unsafe,
      met: unsafe.max === 0,
    },
  ];
}

/** Seconds. */
async function timed(run: () => Promise<void>): Promise<{ readonly begun: number; readonly took: number }> {
  const begun = Date.now();
  await run();
  return { begun, took: (Date.now() - begun) / 1000 };
}
