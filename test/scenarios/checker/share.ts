import type { Invariant } from './invariant.js';
import { placeOf, planned, revisionOf } from './readings.js';
import { partition } from './settings.js';

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
      const workloads = world.workload(workload, at);
      if (workloads.some(({ status }) => status?.stableRevision === target)) return undefined;
      const held = Math.min(...workloads.map(partition));
      const index = world.indexOf(name, at);
      if (index >= held) return undefined;
      return `${name} is moved to ${target ?? 'nothing'}; the partition ${held} holds it`;
    },
  };
}
