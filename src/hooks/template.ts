import { under, type Problem } from '../api/problem.js';
import { suggest } from '../api/suggest.js';
import { builtInNames, usesOfBuiltIn } from './builtin.js';
import { checkConditions } from './condition.js';
import { carriesCredentials, credentialsProblem } from './endpoint.js';
import { argumentsUsed, literalTexts, placeholdersIn, templatedTexts } from './placeholder.js';
import { checkProvider } from './provider.js';
import { checkDeadline, checkSchedule } from './schedule.js';
import { templateFrom, type HookTemplateSpec, type MetricSpec } from './spec.js';

/**
 * Everything that is wrong with a HookTemplate whoever uses it. What depends on the use is `checkHookUse`.
 * This module loads the expression engine: import it where there is a template, not at start-up.
 *
 * @param written the `spec`; paths are relative to it
 */
export function checkHookTemplate(written: HookTemplateSpec): Problem[] {
  const template = templateFrom(written);
  const metrics = template.metrics ?? [];
  const { deadlineSeconds, ttlSecondsAfterFinished: ttl } = template;
  const problems: Problem[] = [];
  if (metrics.length === 0) {
    problems.push({
      path: ['metrics'],
      message: 'the template has no metrics',
      hint: 'a hook measures at least one thing',
    });
  }
  for (const [index, metric] of metrics.entries()) {
    const own = [...checkProvider(metric), ...checkSchedule(metric, deadlineSeconds), ...checkConditions(metric)];
    problems.push(...under(['metrics', index], own));
  }
  problems.push(...checkMetricNames(metrics), ...checkDeadline(template));
  if (ttl !== undefined && !(Number.isInteger(ttl) && ttl >= 0)) {
    const message = `ttlSecondsAfterFinished ${String(ttl)} is out of range`;
    problems.push({ path: ['ttlSecondsAfterFinished'], message, hint: 'use whole seconds from 0', value: ttl });
  }
  return [...problems, ...checkArguments(template), ...checkPlaceholders(template), ...checkTogether(template)];
}

function checkMetricNames(metrics: readonly MetricSpec[]): Problem[] {
  const first = new Map<string, number>();
  return metrics.flatMap(({ name }, index): Problem[] => {
    if (!name) {
      return [{ path: ['metrics', index], message: 'the metric has no name', hint: 'its results are kept under it' }];
    }
    const before = first.get(name);
    if (before === undefined) {
      first.set(name, index);
      return [];
    }
    const message = `metric ${name} is there twice, first at metrics[${before}]`;
    return [
      { path: ['metrics', index, 'name'], message, hint: 'results are kept by name: give each its own', value: name },
    ];
  });
}

function checkArguments(template: HookTemplateSpec): Problem[] {
  const used = new Set(argumentsUsed(template));
  const usesTarget = (template.metrics ?? []).some(({ provider }) => provider?.kubernetes !== undefined);
  const seen = new Set<string>();
  return (template.args ?? []).flatMap(({ name, value }, index): Problem[] => {
    if (name === undefined || !/^[^\s{}]+$/.test(name)) {
      return [
        {
          path: ['args', index, 'name'],
          message: `${JSON.stringify(name ?? '')} is not an argument name`,
          hint: 'use letters and digits',
        },
      ];
    }
    if (seen.has(name)) {
      return [
        {
          path: ['args', index, 'name'],
          message: `argument ${name} is declared twice`,
          hint: 'remove one',
          value: name,
        },
      ];
    }
    seen.add(name);
    const problems: Problem[] = [];
    if (value !== undefined && carriesCredentials(value)) {
      problems.push(...under(['args', index, 'value'], [credentialsProblem(value, `argument ${name}`)]));
    }
    // Older operators demand that built-in arguments are declared, and find the kubernetes provider's target by these names.
    const implicit = usesOfBuiltIn(name) !== undefined || (usesTarget && TARGET_ARGUMENTS.includes(name));
    if (!used.has(name) && !implicit) {
      const message = `argument ${name} is not used`;
      problems.push({
        path: ['args', index, 'name'],
        message,
        hint: `write {{ args.${name} }}, or remove it`,
        value: name,
        severity: 'warning',
      });
    }
    return problems;
  });
}

const TARGET_ARGUMENTS = ['Group', 'Version', 'Kind'];

function checkPlaceholders(template: HookTemplateSpec): Problem[] {
  const declared = (template.args ?? []).flatMap(({ name }) => (name === undefined ? [] : [name]));
  const check = (metric: MetricSpec): Problem[] => [
    ...templatedTexts(metric).flatMap(({ path, text }) => under(path, checkText(text, declared))),
    ...literalTexts(metric).flatMap(({ path, text }): Problem[] => {
      if (!text.includes('{{')) return [];
      const hint = 'they are filled in in url, header values, body, query and command';
      return [{ path, message: `arguments are not filled in in ${String(path.at(-1))}`, hint, value: text }];
    }),
  ];
  return (template.metrics ?? []).flatMap((metric, index) => under(['metrics', index], check(metric)));
}

/** Shows the placeholder, never the text around it, which may hold a credential. */
function checkText(text: string, declared: readonly string[]): Problem[] {
  return placeholdersIn(text).flatMap((placeholder): Problem[] => {
    if (placeholder.kind === 'unclosed')
      return [{ path: [], message: '{{ is not closed by }}', hint: 'write {{ args.NAME }}' }];
    const known = [...declared, ...builtInNames()];
    if (placeholder.kind === 'other') {
      const { content } = placeholder;
      const shown = content.length > 40 ? `${content.slice(0, 40)}...` : content;
      const name = known.includes(content) || usesOfBuiltIn(content) !== undefined ? content : 'NAME';
      return [{ path: [], message: `{{ ${shown} }} is not an argument`, hint: `write {{ args.${name} }}` }];
    }
    const { name } = placeholder;
    if (declared.includes(name) || usesOfBuiltIn(name) !== undefined) return [];
    const meant = suggest(name, known);
    const hint = meant === undefined ? `add {name: ${name}} to args` : `did you mean ${meant}?`;
    return [{ path: [], message: `argument ${name} is not declared`, hint, value: name }];
  });
}

/** Is there a use in which every built-in argument of the template is filled in? */
function checkTogether(template: HookTemplateSpec): Problem[] {
  const given = new Set((template.args ?? []).flatMap(({ name, value }) => (value === undefined ? [] : [name])));
  const needed = argumentsUsed(template).filter((name) => !given.has(name));
  const canary = needed.find((name) => usesOfBuiltIn(name)?.includes('canary'));
  const pod = needed.find((name) => usesOfBuiltIn(name)?.includes('canary') === false);
  if (canary === undefined || pod === undefined) return [];
  const message = `no hook has both ${pod} and ${canary}: the first exists in pod hooks, the second in canary hooks`;
  return [{ path: ['metrics'], message, hint: 'make two templates' }];
}
