import type { Pod } from '../../../src/api/pod.js';
import type { Invariant } from './invariant.js';
import { changedImages, gateOf, isLeaving, isServing, placeOf, planned, revisionOf } from './readings.js';
import { maxUnavailable, mayRecreate } from './settings.js';
import type { PodStep } from './timeline.js';
import type { World } from './world.js';

/** I1: when a write of ours makes a pod unavailable, open plans and other unavailable pods are at most maxUnavailable. */
export function budget(): Invariant {
  return {
    name: 'I1',
    step: (step, world) => {
      if (step.resource !== 'pods' || !step.by || !step.old) return undefined;
      const { name = '' } = step.object.metadata;
      const { workload } = placeOf(name);
      const most = Math.max(0, ...world.workload(workload, step.at).map(maxUnavailable));
      const names = world.podNames(workload, step.at);
      if (!names.includes(name)) return undefined;
      const others = names.filter(
        (other) => other !== name && isOut(world, other, step.at) && !waits(step, world, other),
      );
      if (isServing(step.old) && takesOut(step)) {
        if (others.length + 1 <= most) return undefined;
        return `${name} is taken out of service, ${others.join(', ')} ${are(others)} unavailable: ${others.length + 1} of at most ${most}`;
      }
      const target = begins(step);
      const atTarget = others.filter((other) => isAt(world, other, target));
      if (target === undefined || atTarget.length + 1 <= most) return undefined;
      return `${name} is moved to ${target}, where ${atTarget.join(', ')} ${are(atTarget)} unavailable: ${atTarget.length + 1} of at most ${most}`;
    },
  };
}

const takesOut = ({ object, old }: PodStep): boolean =>
  !isServing(object) || (gateOf(object) === 'none' && changedImages(old!, object).length > 0);

/** The revision for which a pod that serves nobody is touched first. */
function begins({ object, old }: PodStep): string | undefined {
  const target = planned(object) ?? (changedImages(old!, object).length > 0 ? revisionOf(object) : undefined);
  return planned(old!) === target || revisionOf(old!) === target ? undefined : target;
}

/**
 * Broken, and only to be made anew when those above it have been: it would hold them back for ever. Who is being made comes by itself.
 */
function waits({ object, at }: PodStep, world: World, name: string): boolean {
  const [{ workload, ordinal }, place] = [placeOf(object.metadata.name ?? ''), placeOf(name)];
  const pod = world.pod(name);
  if (!pod || isLeaving(pod) || place.ordinal > ordinal || !world.workload(workload, at).some(mayRecreate))
    return false;
  const target = planned(object) ?? revisionOf(object);
  return (planned(pod) ?? revisionOf(pod)) !== target && !isBeingMade(pod);
}

/** Not while it is being initialized: an init container may be what is broken. */
const isBeingMade = ({ status }: Pod): boolean =>
  (status?.containerStatuses ?? []).every(({ state }) => state?.waiting?.reason === 'ContainerCreating');

/** What we have closed is known to us; of the rest only what has been so for a moment. */
function isOut(world: World, name: string, at: number): boolean {
  const pod = world.pod(name);
  if (pod && isServing(pod)) return false;
  return (
    (pod !== undefined && gateOf(pod) === 'closed' && !isLeaving(pod)) ||
    world.outFor(name, at) > world.lag.knownAfter(at)
  );
}

function isAt(world: World, name: string, target: string | undefined): boolean {
  const pod = world.pod(name);
  return pod !== undefined && (planned(pod) ?? revisionOf(pod)) === target;
}

const are = (names: readonly string[]): string => (names.length === 1 ? 'is' : 'are');
