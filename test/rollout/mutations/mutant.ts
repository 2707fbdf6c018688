// Looks whether the simulation notices anything: node --import tsx test/rollout/mutations/mutant.ts SEEDS
// Prints the first violation and ends with 1, or ends with 0.
import { planOf } from '../simulation/plan.js';
import { run } from '../simulation/run.js';
import { INTERRUPTED, STORIES } from '../simulation/stories.js';
import { tell } from '../simulation/story.js';

const violation = inStories() ?? inSeeds(Number(process.argv[2]));
if (violation !== undefined) {
  console.log(violation);
  process.exitCode = 1;
}

function inStories(): string | undefined {
  for (const story of [...STORIES, ...INTERRUPTED]) {
    const { violation: found, drains } = tell(story);
    if (found) return `story "${story.title}": ${found.message}`;
    if (drains.some((time) => time < (story.begin.grace ?? 0) * 1000)) return `story "${story.title}": a grace is cut`;
  }
  return undefined;
}

function inSeeds(seeds: number): string | undefined {
  for (let seed = 0; seed < seeds; seed++) {
    const { violation: found } = run(planOf(seed));
    if (found) return `seed ${seed}: ${found.message.split('\n', 1)[0]}`;
  }
  return undefined;
}
