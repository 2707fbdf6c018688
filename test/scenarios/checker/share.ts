import type { GameStatefulSet } from '../../../src/api/generated/types/game-stateful-set.js';
import type { PodTemplateSpec } from '../../../src/api/kubernetes.js';
import type { Invariant } from './invariant.js';
import { placeOf, planned, revisionOf } from './readings.js';
import { partition } from './settings.js';
import type { World } from './world.js';

/** Of the versions of a workload that a controller may hold, those that the target can be of. */
function sameImages(world: World, name: string, target: string | undefined, at: number): readonly GameStatefulSet[] {
  const workloads = world.workload(name, at);
  const child = world.child(name, at).find(({ status }) => status?.updateRevision === target);
  const images = ({ spec }: PodTemplateSpec = {}): string =>
    (spec?.containers ?? []).map((container) => container.image).join();
  const same = child && workloads.filter(({ spec }) => images(spec.template) === images(child.spec.template));
  return same && same.length > 0 ? same : workloads;
}

/**
 * I5: no write of ours raises the number of pods at, or in grace for, the target above what the partition lets have it. Back to
 * the stable revision all may go.
 */
export function share(): Invariant {
  return {
    name: 'I5',
    step: (step, world) => {
      if (step.resource !== 'pods' || !step.by || !step.old || step.by.verb === 'delete') return undefined;
      const { object, old, at } = step;
      const { name = '' } = object.metadata;
      const { workload } = placeOf(name);
      const target = planned(object) ?? revisionOf(object);
      if (target === (planned(old) ?? revisionOf(old)) || target === revisionOf(old)) return undefined;
      const workloads = sameImages(world, workload, target, at);
      if (workloads.some(({ status }) => status?.stableRevision === target)) return undefined;
      const held = Math.min(...workloads.map(partition));
      const index = world.indexOf(name, at);
      if (index >= held) return undefined;
      return `${name} is moved to ${target ?? 'nothing'}; the partition ${held} holds it`;
    },
  };
}
