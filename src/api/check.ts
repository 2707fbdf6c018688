import type { CompiledSchema } from './compiled-schema.js';
import { checkWith } from './explain.js';
import type { Problem } from './problem.js';

/** One module for each kind: a command pays only for those that it reads or writes. */
const COMPILED = {
  GameZone: () => import('./generated/validators/game-zone.js'),
  GameStatefulSet: () => import('./generated/validators/game-stateful-set.js'),
  GameDeployment: () => import('./generated/validators/game-deployment.js'),
  HookTemplate: () => import('./generated/validators/hook-template.js'),
  HookRun: () => import('./generated/validators/hook-run.js'),
} satisfies Record<string, () => Promise<CompiledSchema>>;

export type Kind = keyof typeof COMPILED;

export const KINDS = Object.keys(COMPILED) as readonly Kind[];

export function isKind(text: unknown): text is Kind {
  return typeof text === 'string' && Object.hasOwn(COMPILED, text);
}

/** The compiled schema of a kind, loaded at the first call. */
export function compiledSchema(kind: Kind): Promise<CompiledSchema> {
  return COMPILED[kind]();
}

/**
 * What a person should mend in `value` before it is an object of this kind: unknown fields included, although an API
 * server would tolerate them. Nothing is changed and no default is filled in. The order is that of the schema, not of the document.
 */
export async function checkAgainstSchema(kind: Kind, value: unknown): Promise<Problem[]> {
  return checkWith(await compiledSchema(kind), value);
}
