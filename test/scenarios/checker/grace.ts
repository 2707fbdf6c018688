import { isReady } from '../../../src/api/pod.js';
import type { Invariant } from './invariant.js';
import { changedImages, gateOf, placeOf, runsSomething } from './readings.js';
import { graceOf } from './settings.js';
import { JITTER } from './timeline.js';

/** Milliseconds after which a grace may begin although nobody has confirmed that the pod is out of traffic. */
const CONFIRMED_WITHIN = 10_000;

interface Memory {
  /** It was Ready since it was made or last patched: somebody may play on it. */
  hasServed: boolean;
  closed?: { readonly at: number; readonly grace: number; out?: number };
}

/** I2: no image patch on a gated pod with a grace before Ready=False was seen for that grace. */
export function grace(): Invariant {
  const memories = new Map<string, Memory>();
  return {
    name: 'I2',
    step: (step, world) => {
      if (step.resource !== 'pods') return undefined;
      const { object, old, by, at } = step;
      const { uid = '', name = '' } = object.metadata;
      const memory = memories.get(uid) ?? { hasServed: false };
      memories.set(uid, memory);
      const isPatch = old !== undefined && changedImages(old, object).length > 0;
      const problem =
        by && isPatch && gateOf(old) !== 'none' ? judge(memory, by.at, gateOf(old) === 'closed') : undefined;

      if (isReady(object)) memory.hasServed = true;
      if (isPatch) memory.hasServed = false;
      if (gateOf(object) !== 'closed') delete memory.closed;
      else if (memory.closed === undefined) {
        const isDue = memory.hasServed && old !== undefined && runsSomething(old);
        const asked = Math.min(...world.workload(placeOf(name).workload, at).map(graceOf));
        memory.closed = { at: by?.at ?? at, grace: isDue && Number.isFinite(asked) ? asked * 1000 : 0 };
      }
      if (memory.closed && !isReady(object)) memory.closed.out ??= at;
      return problem === undefined ? undefined : `${name} ${problem}`;
    },
  };
}

function judge({ hasServed, closed }: Memory, sent: number, isClosed: boolean): string | undefined {
  if (!isClosed || !closed) return hasServed ? 'was patched while its gate was open' : undefined;
  if (closed.grace === 0) return undefined;
  const seconds = (from: number): string => ((sent - from) / 1000).toFixed(2);
  if (closed.out === undefined) {
    if (sent - closed.at >= CONFIRMED_WITHIN + closed.grace - JITTER) return undefined;
    return `was patched ${seconds(closed.at)} s after its gate was closed, and never seen out of traffic`;
  }
  if (sent - closed.out >= closed.grace - JITTER) return undefined;
  return `was patched after ${seconds(closed.out)} s out of traffic; its grace is ${closed.grace / 1000} s`;
}
