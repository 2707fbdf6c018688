import type { Invariant } from './invariant.js';
import { placeOf } from './readings.js';

interface Images {
  readonly spec?: {
    readonly containers?: readonly { readonly name: string; readonly image?: string }[];
    readonly initContainers?: readonly { readonly name: string; readonly image?: string }[];
  };
}

/** I6: no patch with a withdrawn image, and none while the update is paused, is sent after that could be known. */
export function withdrawn(): Invariant {
  return {
    name: 'I6',
    write: ({ isOurs, resource, subresource, verb, name, body, at }, world) => {
      if (!isOurs || resource !== 'pods' || subresource !== undefined || verb !== 'patch') return undefined;
      const { containers = [], initContainers = [] } = (body as Images).spec ?? {};
      const workloads = world.workload(placeOf(name).workload, at);
      if (workloads.length === 0) return undefined;
      for (const { name: container, image } of [...containers, ...initContainers]) {
        if (image === undefined) continue;
        const isWanted = workloads.some(({ spec }) => {
          const { containers: own = [], initContainers: init = [] } = (spec.template as Images).spec ?? {};
          return [...own, ...init].some((one) => one.name === container && one.image === image);
        });
        if (!isWanted) return `${name} is sent ${image}, which the template does not say any more`;
        if (workloads.every(({ spec }) => spec.updateStrategy?.paused === true))
          return `${name} is sent ${image} during a pause`;
      }
      return undefined;
    },
  };
}
