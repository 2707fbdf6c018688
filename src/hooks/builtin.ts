// The arguments that the controller fills in, and for which uses of a hook: the names are the wire contract (bcs.md 1.5, hooks.md).

/** What a workload waits for: before a deletion, before and after a change in place, or between two canary steps. */
export type HookUse = 'preDelete' | 'preInplace' | 'postInplace' | 'canary';

const POD_HOOKS: readonly HookUse[] = ['preDelete', 'preInplace', 'postInplace'];

const BUILT_INS: readonly { readonly name: string; readonly indexed?: true; readonly uses: readonly HookUse[] }[] = [
  { name: 'PodName', uses: POD_HOOKS },
  { name: 'PodNamespace', uses: POD_HOOKS },
  { name: 'PodIP', uses: POD_HOOKS },
  { name: 'HostIP', uses: POD_HOOKS },
  { name: 'PodContainer', indexed: true, uses: POD_HOOKS },
  // Only before a change in place is there a difference between what runs and what will run.
  { name: 'ModifiedContainer', indexed: true, uses: ['preInplace'] },
  { name: 'WorkloadName', uses: ['canary'] },
  { name: 'WorkloadNamespace', uses: ['canary'] },
  { name: 'UpdateRevision', uses: ['canary'] },
  { name: 'StableRevision', uses: ['canary'] },
  { name: 'StepIndex', uses: ['canary'] },
];

/** For which uses the controller fills this argument in; undefined when it is not one of its names. */
export function usesOfBuiltIn(name: string): readonly HookUse[] | undefined {
  const [, base = name, index] = /^(\w+)\[(\d{1,3})\]$/.exec(name) ?? [];
  const builtIn = BUILT_INS.find((each) => each.name === base);
  return builtIn !== undefined && (builtIn.indexed === true) === (index !== undefined) ? builtIn.uses : undefined;
}

/** The built-in names as a person writes them, for suggestions. */
export function builtInNames(use?: HookUse): readonly string[] {
  return BUILT_INS.filter(({ uses }) => use === undefined || uses.includes(use)).map(({ name, indexed }) =>
    indexed ? `${name}[0]` : name,
  );
}

/** `exists in pod hooks only`. */
export function whereBuiltInExists(name: string): string {
  const uses = usesOfBuiltIn(name) ?? [];
  return `exists in ${uses.length === POD_HOOKS.length ? 'pod' : uses.join(' and ')} hooks only`;
}
