import type { HookTemplateSpec } from '../../../hooks/spec.js';
import type { HookStepSpec } from '../../../hooks/spec.js';
import type { HookUse } from '../../../hooks/builtin.js';
import { under } from '../../../api/problem.js';
import type { Path, Problem } from '../../../api/problem.js';
import { suggest } from '../../../api/suggest.js';
import { valueAt } from '../prune.js';
import { settingsOf } from '../../../../constructs/checks/context.js';
import type { ZoneContext } from '../../../../constructs/checks/context.js';
import type { Rules } from '../rules.js';

interface PlacedUse {
  readonly kind: HookUse;
  readonly step: HookStepSpec;
  readonly path: Path;
  readonly container: string;
}

const HOOKS = ['preDelete', 'preInplace', 'postInplace'] as const;

/** Whether there is anything of hooks to check. */
export const hasHooks = (zone: ZoneContext): boolean =>
  (zone.document.spec.hookTemplates ?? []).length > 0 || usesOf(zone).length > 0;

/** Templates that could never work, and uses that name no template or give it the wrong arguments. */
export function checkHooks(zone: ZoneContext, { hooks }: Rules): Problem[] {
  if (!hooks) return [];
  const { checkHookTemplate, checkHookUse } = hooks;
  const templates = zone.document.spec.hookTemplates ?? [];
  const uses = usesOf(zone);
  const at = ['spec', 'hookTemplates'];
  const seen = new Set<string>();
  const problems = templates.flatMap(({ name, spec, external = false }, index): Problem[] => {
    const found: Problem[] = [];
    if (seen.has(name))
      found.push({
        path: [...at, index, 'name'],
        message: `two hook templates are named ${name}`,
        hint: 'rename one',
        value: name,
      });
    seen.add(name);
    if (external && spec)
      found.push({
        path: [...at, index, 'spec'],
        message: 'an external template has no `spec` here',
        hint: 'remove `spec`, or `external`',
      });
    if (!external && !spec)
      found.push({
        path: [...at, index],
        message: `hook template ${name} has no \`spec\``,
        hint: 'write it, or set external: true',
        missing: [
          [...at, index, 'spec'],
          [...at, index, 'external'],
        ],
      });
    if (spec) found.push(...under([...at, index, 'spec'], checkHookTemplate(spec)));
    if (!uses.some(({ step }) => step.templateName === name)) {
      const hint = 'name it in `hooks` or in a canary step, or remove it';
      found.push({
        severity: 'warning',
        path: [...at, index, 'name'],
        message: `no service uses hook template ${name}`,
        hint,
        value: name,
      });
    }
    return found;
  });
  for (const { kind, step, path, container } of uses) {
    const declared = templates.findIndex(({ name }) => name === step.templateName);
    const template = templates[declared];
    if (!template) problems.push(...undeclared(zone, step, path));
    else if (template.spec) {
      const use = { kind, hookStep: step, template: template.spec as HookTemplateSpec, containers: [container] };
      const argumentsOfTemplate = [...at, declared, 'spec', 'args'];
      const found = under(path, checkHookUse(use));
      problems.push(
        ...found.map((problem) => ({ ...problem, missing: [...(problem.missing ?? []), argumentsOfTemplate] })),
      );
    }
  }
  return problems;
}

function usesOf(zone: ZoneContext): PlacedUse[] {
  const uses: PlacedUse[] = [];
  const addHooks = (hooks: object, path: Path, container: string): void => {
    for (const kind of HOOKS) {
      const step = (hooks as Readonly<Record<string, HookStepSpec | undefined>>)[kind];
      if (step) uses.push({ kind, step, path: [...path, kind], container });
    }
  };
  const addCanary = (update: object, path: Path, container: string): void => {
    const { canary } = update as { readonly canary?: { readonly steps?: unknown } };
    if (!Array.isArray(canary?.steps)) return;
    (canary.steps as ({ readonly hook?: HookStepSpec | null } | null)[]).forEach((canaryStep, index) => {
      const step = canaryStep?.hook;
      if (typeof step === 'object' && step !== null)
        uses.push({ kind: 'canary', step, path: [...path, 'canary', 'steps', index, 'hook'], container });
    });
  };
  for (const { value, path, service } of settingsOf(zone, 'hooks')) addHooks(value, path, service.type);
  for (const { value, path, service } of settingsOf(zone, 'update')) addCanary(value, path, service.type);
  const { defaults } = zone.document.spec;
  const container = zone.services[0]?.type ?? '';
  if (defaults?.hooks) addHooks(defaults.hooks, ['spec', 'defaults', 'hooks'], container);
  if (defaults?.update) addCanary(defaults.update, ['spec', 'defaults', 'update'], container);
  return uses;
}

function undeclared(zone: ZoneContext, { templateName = '' }: HookStepSpec, path: Path): Problem[] {
  const written = valueAt(zone.written, ['spec', 'hookTemplates']);
  const names = (Array.isArray(written) ? (written as unknown[]) : [])
    .map((template) => (template as { readonly name?: unknown } | null)?.name)
    .filter((name): name is string => typeof name === 'string');
  if (names.includes(templateName)) return [];
  const near = suggest(templateName, names);
  const declare = 'declare it under spec.hookTemplates (external: true for one that stands elsewhere)';
  const hint = near === undefined ? declare : `did you mean ${near}? Else ${declare}`;
  const message = `hook template ${templateName} is not declared`;
  const missing = [['spec', 'hookTemplates']];
  return [{ path: [...path, 'templateName'], message, hint, value: templateName, missing }];
}
