import type { GameStatefulSet } from '../../api/generated/types/game-stateful-set.js';
import { findUnsupported, UNSUPPORTED } from '../../api/unsupported.js';

/** What a spec asks for and nobody does yet. */
export interface Unsupported {
  /** Why no pod is updated. */
  readonly stopsUpdates?: string;
  /** Why no pod is made: it would start with something else than what was asked for. */
  readonly stopsCreation?: string;
  /** What has no effect, and does no harm. */
  readonly ignored: readonly string[];
}

/** A safety that was asked for and is not there stops updates; what merely adds comfort is ignored, and said. */
export function unsupportedIn(workload: GameStatefulSet): Unsupported {
  const { updateStrategy = {}, instances = [] } = workload.spec;
  const stopsCreation = [
    ...(updateStrategy.type === 'HotPatchUpdate' || updateStrategy.hotPatch
      ? ['hot patches are not supported yet: use updateStrategy.type InplaceUpdate without hotPatch']
      : []),
    ...(instances.length > 0 ? ['instances are not supported yet: all pods have the images of the template'] : []),
  ];
  const stopsUpdates = [
    ...stopsCreation,
    ...((updateStrategy.canary?.steps.length ?? 0) > 0
      ? ['canary.steps are not supported yet: remove canary, and use rollingUpdate.partition step by step']
      : []),
  ];
  const prepull = updateStrategy.prepull
    ? ['prepull has no effect yet: an image that cannot be pulled stops the first pods that get it']
    : [];
  const rows = UNSUPPORTED.filter(({ field }) => field !== '*');
  const ignored = findUnsupported('GameStatefulSet', workload, rows).map(({ message }) => message);
  return {
    ...(stopsUpdates.length > 0 && { stopsUpdates: stopsUpdates.join('; ') }),
    ...(stopsCreation.length > 0 && { stopsCreation: stopsCreation.join('; ') }),
    ignored: [...prepull, ...ignored],
  };
}
