import type { Invariant } from './invariant.js';
import { gateOf, isLeaving, placeOf } from './readings.js';
import { mayRecreate, recreatesUngated } from './settings.js';

const NATIVE = 'system:serviceaccount:kube-system:statefulset-controller';

/** I7: in place never changes a pod's UID: neither we nor, because of us, the StatefulSet controller delete a pod to update it. */
export function identity(): Invariant {
  return {
    name: 'I7',
    step: (step, world) => {
      if (step.resource !== 'pods' || !step.old || isLeaving(step.old)) return undefined;
      const { object, old, endedBy, at } = step;
      if (!endedBy || !(endedBy.isOurs || endedBy.user === NATIVE)) return undefined;
      // One that has failed is over, whoever deletes it then.
      if (step.type !== 'removed' && object.metadata.deletionTimestamp === undefined) return undefined;
      const { name = '' } = object.metadata;
      const { workload } = placeOf(name);
      const workloads = world.workload(workload, at);
      if (workloads.length === 0) return undefined;
      if (workloads.some((one) => mayRecreate(one) || one.metadata.deletionTimestamp !== undefined)) return undefined;
      const index = world.indexOf(name, at);
      const isScaledIn = world.child(workload, at).some(({ spec }) => index < 0 || index >= (spec.replicas ?? 1));
      if (isScaledIn || (gateOf(old) === 'none' && workloads.some(recreatesUngated))) return undefined;
      return `${name} was deleted by ${endedBy.isOurs ? 'us' : 'the StatefulSet controller'}; it is to be updated in place`;
    },
  };
}
