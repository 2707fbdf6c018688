import type { GameStatefulSet } from '../../api/generated/types/game-stateful-set.js';
import type { HookGate, HookPurpose } from '../hook-gate.js';

/** The hooks of a workload while nobody runs them: what one of them should have agreed to does not happen. */
export function unrunHooks(workload: GameStatefulSet): HookGate {
  return {
    ask: (_, purpose) => {
      const hook = hookFor(workload, purpose);
      return hook === undefined
        ? { kind: 'agreed' }
        : { kind: 'waiting', why: `nobody runs hooks yet, and ${hook} asks for one` };
    },
  };
}

/** The field with the hook that is asked for a purpose: rollout.md section 3. */
function hookFor({ spec }: GameStatefulSet, purpose: HookPurpose): string | undefined {
  const { preDeleteUpdateStrategy, preInplaceUpdateStrategy, postInplaceUpdateStrategy } = spec;
  const fields = {
    updateInPlace: preInplaceUpdateStrategy?.hook
      ? { preInplaceUpdateStrategy }
      : // Without the hook that is to run after it, an update would end half done.
        { preDeleteUpdateStrategy, postInplaceUpdateStrategy },
    delete: { preDeleteUpdateStrategy },
    afterUpdate: { postInplaceUpdateStrategy },
  }[purpose];
  return Object.entries(fields).find(([, strategy]) => strategy?.hook !== undefined)?.[0];
}
