import type { Invariant } from './invariant.js';
import { changedImages, placeOf, runsSomething } from './readings.js';
import type { World } from './world.js';

/** Whether the hook of a pod has succeeded for what is about to happen to it. */
export type HookSucceeded = (podUid: string, purpose: 'update' | 'delete') => boolean;

/** I4: nothing of ours deletes or patches a pod that runs the game and whose hook has not succeeded. */
export function hooks(hasSucceeded: HookSucceeded = () => false): Invariant {
  return {
    name: 'I4',
    step: (step, world) => {
      const { by, old, at } = step;
      if (!by || !old) return undefined;
      const { name = '' } = step.object.metadata;
      if (step.resource === 'pods' && step.type === 'changed') {
        const { workload } = placeOf(name);
        const isDeleted = by.verb === 'delete';
        const purpose = isDeleted ? 'delete' : 'update';
        if (!isDeleted && changedImages(step.old!, step.object).length === 0) return undefined;
        if (!asks(world, workload, purpose, at) || !runsSomething(step.old!)) return undefined;
        if (hasSucceeded(step.object.metadata.uid ?? '', purpose)) return undefined;
        return `${name} runs the game and was ${isDeleted ? 'deleted' : 'patched'}: its hook has not succeeded`;
      }
      if (step.resource !== 'statefulsets') return undefined;
      const [was, is] = [step.old!.spec.replicas ?? 1, step.object.spec.replicas ?? 1];
      const lowered = Math.min(partitionOf(step.old!), was) > partitionOf(step.object);
      if ((is >= was && !lowered) || !asks(world, name, 'delete', at)) return undefined;
      const start = step.object.spec.ordinals?.start ?? 0;
      const from = is < was ? is : partitionOf(step.object);
      for (let index = from; index < was; index++) {
        const pod = world.pod(`${name}-${start + index}`);
        const isOld = pod?.metadata.labels?.['controller-revision-hash'] !== step.object.status?.updateRevision;
        if (!pod || !runsSomething(pod) || (index < is && !isOld)) continue;
        if (hasSucceeded(pod.metadata.uid ?? '', 'delete')) continue;
        return `${pod.metadata.name!} runs the game and would be deleted by this: its hook has not succeeded`;
      }
      return undefined;
    },
  };
}

const partitionOf = (child: { spec: { updateStrategy?: { rollingUpdate?: { partition?: number } } } }): number =>
  child.spec.updateStrategy?.rollingUpdate?.partition ?? 0;

function asks(world: World, workload: string, purpose: 'update' | 'delete', at: number): boolean {
  return world.workload(workload, at).every(({ spec }) => {
    const { preDeleteUpdateStrategy, preInplaceUpdateStrategy } = spec;
    return (
      preDeleteUpdateStrategy?.hook !== undefined ||
      (purpose === 'update' && preInplaceUpdateStrategy?.hook !== undefined)
    );
  });
}
