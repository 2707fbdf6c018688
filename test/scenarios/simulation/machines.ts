import type { Behaviour } from '../../../src/cluster/kubelet/behaviour.js';
import { digestOf, type Registry } from '../../../src/cluster/kubelet/images.js';
import { behaviourOf } from '../../rollout/simulation/images.js';

// Images behave by their names, as in the light simulation; a Job's image says how it ends.

/** Milliseconds. */
const behaviour: Behaviour = {
  run: ({ image, isTask }) => {
    const { crashes, becomesReady, startsSlowly } = behaviourOf(image);
    if (isTask) {
      const [, end] = image.split(':');
      return end === 'running' ? {} : { exit: { code: end === 'Failed' ? 1 : 0, after: 500 } };
    }
    return {
      startup: becomesReady ? (startsSlowly ? 30_000 : 1500) : Number.MAX_SAFE_INTEGER,
      stop: { after: 500 },
      ...(crashes && { exit: { code: 1, after: 3000 } }),
    };
  },
};

const registry: Registry = {
  pull: (image) => {
    const { exists, pullsSlowly } = behaviourOf(image);
    if (!exists) return { after: 200, error: `failed to resolve reference "${image}": not found` };
    return { after: pullsSlowly ? 30_000 : 1000, digest: digestOf(image.replace(/@.*/, '').replace('-again', '')) };
  },
};

export const machines = { behaviour, registry };
