import { under, type Problem } from '../api/problem.js';
import { suggest } from '../api/suggest.js';
import { builtInNames, usesOfBuiltIn, whereBuiltInExists, type HookUse } from './builtin.js';
import { carriesCredentials, credentialsProblem } from './endpoint.js';
import { argumentsUsed } from './placeholder.js';
import { hookStepFrom, templateFrom, type HookStepSpec, type HookTemplateSpec, type MetricSpec } from './spec.js';

/** A HookStep of a workload together with the template that it names. */
export interface HookUseToCheck {
  readonly kind: HookUse;
  readonly hookStep: HookStepSpec;
  readonly template: HookTemplateSpec;
  /** The names of the pod's containers, where they are known. */
  readonly containers?: readonly string[];
}

/** What is wrong between a template and one use of it. Paths are relative to the HookStep. */
export function checkHookUse(written: HookUseToCheck): Problem[] {
  const use = { ...written, hookStep: hookStepFrom(written.hookStep), template: templateFrom(written.template) };
  return [...checkGiven(use), ...checkNeeded(use), ...checkTargets(use), ...checkOnDeadline(use)];
}

function checkGiven({ kind, hookStep, template }: HookUseToCheck): Problem[] {
  const declared = declaredNames(template);
  const seen = new Set<string>();
  return (hookStep.args ?? []).flatMap(({ name, value }, index): Problem[] => {
    const path = ['args', index, 'name'];
    if (!name) return [{ path, message: 'the argument has no name', hint: 'set name and value' }];
    if (seen.has(name)) return [{ path, message: `argument ${name} is given twice`, hint: 'remove one', value: name }];
    seen.add(name);
    const problems: Problem[] = [];
    if (value !== undefined && carriesCredentials(value)) {
      problems.push(...under(['args', index, 'value'], [credentialsProblem(value, `argument ${name}`)]));
    }
    const uses = usesOfBuiltIn(name);
    if (uses === undefined && !declared.includes(name)) {
      const meant = suggest(name, [...declared, ...builtInNames(kind)]);
      const all = declared.length === 0 ? 'it has no arguments' : `it has ${declared.join(', ')}`;
      const message = `template ${templateName(hookStep)} has no argument ${name}`;
      problems.push({ path, message, hint: meant === undefined ? all : `did you mean ${meant}?`, value: name });
    } else if (uses !== undefined && !uses.includes(kind)) {
      problems.push({ path, message: `${name} ${unavailable(name, kind)}`, hint: 'remove it', value: name });
    } else if (uses !== undefined && value) {
      const message = `argument ${name} is filled in by the controller`;
      problems.push({
        path,
        message,
        hint: 'remove it, or give the argument a name of its own',
        value: name,
        severity: 'warning',
      });
    }
    return problems;
  });
}

/** Every argument that is declared or stands in a placeholder has a value: from this step, the template or the controller. */
function checkNeeded({ kind, hookStep, template, containers }: HookUseToCheck): Problem[] {
  const given = new Set((hookStep.args ?? []).map(({ name }) => name));
  const preset = new Set((template.args ?? []).flatMap(({ name, value }) => (value === undefined ? [] : [name])));
  const declared = declaredNames(template);
  const withoutValue = new Set((hookStep.args ?? []).flatMap(({ name, value }) => (value === undefined ? [name] : [])));
  const needed = [...new Set([...declared, ...argumentsUsed(template)])];
  return needed.flatMap((name): Problem[] => {
    const uses = usesOfBuiltIn(name);
    const valued = preset.has(name) || (given.has(name) && !withoutValue.has(name));
    if (uses === undefined) {
      if (valued || !declared.includes(name)) return [];
      const hint = `add {name: ${name}, value: ...}`;
      return [{ path: ['args'], message: `argument ${name} has no value`, hint, missing: [['args']] }];
    }
    // A step that gives it is told so at its own place.
    if (!uses.includes(kind)) {
      if (preset.has(name) || given.has(name)) return [];
      const message = `template ${templateName(hookStep)} needs ${name}, which ${unavailable(name, kind)}`;
      const hint = argumentsUsed(template).includes(name)
        ? 'use another template here'
        : `remove ${name} from the template's args`;
      return [{ path: ['templateName'], message, hint, value: hookStep.templateName }];
    }
    const index = /^PodContainer\[(\d+)\]$/.exec(name)?.[1];
    if (valued || index === undefined || containers === undefined || Number(index) < containers.length) return [];
    const message = `template ${templateName(hookStep)} needs ${name}: the pod has ${containers.length} container${containers.length === 1 ? '' : 's'}`;
    return [
      {
        path: ['templateName'],
        message,
        hint: `the last is PodContainer[${containers.length - 1}]`,
        value: hookStep.templateName,
      },
    ];
  });
}

function checkTargets({ kind, hookStep, template, containers }: HookUseToCheck): Problem[] {
  return (template.metrics ?? []).flatMap((metric, index): Problem[] => {
    const exec = metric.provider?.exec;
    const who = `metric ${nameOf(metric, index)} of template ${templateName(hookStep)}`;
    const path = ['templateName'];
    const value = hookStep.templateName;
    if (kind === 'canary' && (exec || metric.provider?.kubernetes)) {
      const message = exec ? `${who} runs a command in a pod` : `${who} reads or writes a pod's annotation`;
      return [
        {
          path,
          message: `${message}, and a canary hook has no pod`,
          hint: 'use the web or the prometheus provider',
          value,
        },
      ];
    }
    const container = exec?.container;
    if (!container || container.includes('{{') || containers === undefined || containers.includes(container)) return [];
    const meant = suggest(container, containers);
    const hint = meant === undefined ? `it has ${containers.join(', ')}` : `did you mean ${meant}?`;
    return [{ path, message: `${who} runs in container ${container}, which the pod does not have`, hint, value }];
  });
}

function checkOnDeadline({ kind, hookStep, template }: HookUseToCheck): Problem[] {
  const { onDeadline } = hookStep;
  if (onDeadline === undefined) return [];
  const path = ['onDeadline'];
  if (onDeadline !== 'hold' && onDeadline !== 'proceed') {
    return [{ path, message: `unknown onDeadline ${onDeadline}`, hint: 'use hold or proceed', value: onDeadline }];
  }
  if (kind === 'canary') {
    const message = 'onDeadline is for a pod that is held: a canary hook holds none';
    return [{ path, message, hint: 'use canary.onFailure', value: onDeadline, severity: 'warning' }];
  }
  if (onDeadline === 'hold' || template.deadlineSeconds !== undefined) return [];
  const message = `onDeadline proceed never happens: template ${templateName(hookStep)} has no deadlineSeconds`;
  return [{ path, message, hint: 'set deadlineSeconds on the template', value: onDeadline, severity: 'warning' }];
}

function unavailable(name: string, kind: HookUse): string {
  return `${whereBuiltInExists(name)}${kind === 'canary' ? ', and a canary hook has no pod' : `, not in ${kind}`}`;
}

function declaredNames(template: HookTemplateSpec): readonly string[] {
  return (template.args ?? []).flatMap(({ name }) => (name ? [name] : []));
}

const templateName = (step: HookStepSpec) => step.templateName ?? '';
const nameOf = (metric: MetricSpec, index: number) => metric.name ?? String(index);
