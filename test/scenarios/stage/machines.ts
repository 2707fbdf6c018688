import type { Behaviour } from '../../../src/cluster/kubelet/behaviour.js';
import { digestOf, type Registry } from '../../../src/cluster/kubelet/images.js';

// What an image does is in its tag, since nothing really runs: `app:3-crash` ends after two seconds, `app:4-missing` is in no
// registry, `app:2-again` is another name of `app:2`, `app:5-slow` takes long to be ready, `migrate:ok` and `migrate:bad` are done.

/** Milliseconds of the kubelet's time. */
const behaviour: Behaviour = {
  run: ({ image }) => ({
    startup: image.endsWith('-slow') ? 20_000 : 1000,
    stop: { after: 1000 },
    ...(image.endsWith('-crash') && { exit: { code: 1, after: 2000 } }),
    ...(image.endsWith(':ok') && { exit: { code: 0, after: 2000 } }),
    ...(image.endsWith(':bad') && { exit: { code: 1, after: 2000 } }),
  }),
};

const registry: Registry = {
  pull: (image) =>
    image.endsWith('-missing')
      ? { after: 200, error: `failed to resolve reference "${image}": not found` }
      : { after: 500, digest: digestOf(image.replace(/-again$/, '')) },
};

/** What runs on a cluster with stages. */
export const machines = { behaviour, registry };
