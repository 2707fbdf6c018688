import { compiledSchema } from '../../api/check.js';
import type { CompiledSchema } from '../../api/compiled-schema.js';
import type { checkHookUse } from '../../hooks/arguments.js';
import type { checkHookTemplate } from '../../hooks/template.js';
import type { checkUpdateStrategy } from '../../rollout/steps.js';
import type { ZoneContext } from '../../../constructs/checks/context.js';
import { hasHooks } from './check/hooks.js';
import { hasUpdates } from './check/updates.js';

/**
 * Rules that only some zone files need and that take long to load, the expression engine of hooks above all. The command
 * loads them when a file needs them; a program that cannot wait has them all from the start.
 */
export interface Rules {
  readonly hooks?: HookRules;
  readonly updates?: UpdateRules;
}

export interface HookRules {
  readonly checkHookTemplate: typeof checkHookTemplate;
  readonly checkHookUse: typeof checkHookUse;
}

export interface UpdateRules {
  readonly checkUpdateStrategy: typeof checkUpdateStrategy;
  /** The schema of a workload knows what its updateStrategy may hold. */
  readonly schemas: Readonly<Record<'GameStatefulSet' | 'GameDeployment', CompiledSchema>>;
}

/** What these zones need. */
export async function loadRules(zones: readonly ZoneContext[]): Promise<Rules> {
  return {
    ...(zones.some(hasHooks) && { hooks: await loadHookRules() }),
    ...(zones.some(hasUpdates) && { updates: await loadUpdateRules() }),
  };
}

async function loadHookRules(): Promise<HookRules> {
  const { checkHookTemplate } = await import('../../hooks/template.js');
  const { checkHookUse } = await import('../../hooks/arguments.js');
  return { checkHookTemplate, checkHookUse };
}

async function loadUpdateRules(): Promise<UpdateRules> {
  const { checkUpdateStrategy } = await import('../../rollout/steps.js');
  const schemas = {
    GameStatefulSet: await compiledSchema('GameStatefulSet'),
    GameDeployment: await compiledSchema('GameDeployment'),
  };
  return { checkUpdateStrategy, schemas };
}
