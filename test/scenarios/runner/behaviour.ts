import type { Behaviour } from '../../../src/cluster/kubelet/behaviour.js';

/** How many times faster than a real one the modelled kubelet is: a control plane's own clock cannot be hurried. */
export const SPEED = 20;

/** What containers do is written on their pods. */
export const behaviour: Behaviour = {
  run: ({ annotations, container }) => {
    if (container === 'init') return { exit: { code: 0, after: 500 } };
    const startup = annotations['scenario/startup'];
    const stop = annotations['scenario/stop'];
    const exit = annotations['scenario/exit'];
    return {
      startup: startup === 'never' ? Number.MAX_SAFE_INTEGER : milliseconds(startup ?? '1s'),
      ...(stop !== undefined && { stop: { after: milliseconds(stop) } }),
      ...(exit !== undefined && { exit: { code: Number(exit), after: 2000 } }),
    };
  },
};

/** `2s`, `500ms`. */
function milliseconds(text: string): number {
  const [, number, unit] = /^(\d+)(s|ms)$/.exec(text) ?? [];
  if (number === undefined) throw new RangeError(`"${text}" is no time such as 2s or 500ms`);
  return Number(number) * (unit === 's' ? 1000 : 1);
}
