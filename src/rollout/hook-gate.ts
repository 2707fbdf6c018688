import type { Pod } from '../api/pod.js';

/** What a hook is asked to agree to. */
export type HookPurpose = 'updateInPlace' | 'delete' | 'afterUpdate';

export type HookAnswer =
  | { readonly kind: 'agreed' }
  /** It has not agreed yet, or never will: nothing happens to the pod meanwhile. */
  | { readonly kind: 'waiting'; readonly why: string };

/**
 * Whether the hooks of a workload agree to what is about to happen to one of its pods. Who is asked may begin a hook, so nobody
 * is asked before the turn of the pod has come. The same question is asked again at each decision until the pod was touched, and
 * once more right before it is: what was agreed to stays so while the gate of the pod is closed.
 */
export interface HookGate {
  ask(pod: Pod, purpose: HookPurpose): HookAnswer;
}

/** For workloads without hooks. */
export const noHooks: HookGate = { ask: () => ({ kind: 'agreed' }) };

/** For workloads whose hooks nobody can run: they fail closed. */
export const hooksNotRun = (why: string): HookGate => ({ ask: () => ({ kind: 'waiting', why }) });
