import type { Problem } from '../api/problem.js';
import { parseCondition, type Expression } from './expression.js';
import { providersOf, resultTypeOf } from './provider.js';
import type { MetricSpec } from './spec.js';

const CONDITIONS = ['successCondition', 'failureCondition'] as const;
type ConditionName = (typeof CONDITIONS)[number];

const NEVER = 'the metric can never become Successful';

/** Do the conditions type-check against what the provider gives, and can a measurement be Successful under them? Relative to the metric. */
export function checkConditions(metric: MetricSpec): Problem[] {
  const written = CONDITIONS.filter((name) => metric[name] !== undefined);
  if (written.length === 0) return checkAbsence(metric);
  if (resultTypeOf(metric) === 'none') return written.map((name) => withoutResult(metric, name));
  const problems: Problem[] = [];
  const read = new Map<ConditionName, Expression>();
  for (const name of written) {
    const text = metric[name] as string;
    const condition = parseCondition(text, resultTypeOf(metric));
    if (condition.kind === 'expression') read.set(name, condition);
    else {
      const { message, hint } = condition;
      problems.push({
        path: [name],
        message: `${name}: ${message}`,
        hint,
        value: text,
      });
    }
  }
  return [...problems, ...checkVerdicts(read.get('successCondition'), read.get('failureCondition'))];
}

/** The verdict table of hooks.md, read backwards: which conditions leave no way to Successful, or no other way. */
function checkVerdicts(success: Expression | undefined, failure: Expression | undefined): Problem[] {
  const problems: Problem[] = [];
  const hint = 'compare the result, for example asInt(result) == 0';
  if (success?.constant === false) {
    const message = `${NEVER}: successCondition is false whatever the result is`;
    problems.push({ path: ['successCondition'], message, hint, value: success.text });
  }
  if (failure?.constant === true) {
    const message = `${NEVER}: failureCondition is true whatever the result is, so that every measurement is Failed`;
    problems.push({ path: ['failureCondition'], message, hint, value: failure.text });
  }
  if (success?.constant === true) {
    const message = 'successCondition is true whatever the result is';
    problems.push({ path: ['successCondition'], message, hint, value: success.text, severity: 'warning' });
  }
  if (failure?.constant === false) {
    const message = 'failureCondition is false whatever the result is';
    problems.push({ path: ['failureCondition'], message, hint, value: failure.text, severity: 'warning' });
  }
  if (success?.constant === undefined && success?.canonical !== undefined && success.canonical === failure?.canonical) {
    const message = `${NEVER}: both conditions are the same, so that a measurement is Failed or Inconclusive`;
    problems.push({ path: ['failureCondition'], message, hint: 'remove one of them', value: success.text });
  }
  return problems;
}

function withoutResult(metric: MetricSpec, name: ConditionName): Problem {
  const value = metric[name];
  if (providersOf(metric)[0] === 'kubernetes') {
    const message = `${name} is not looked at: the kubernetes provider succeeds when its get or patch does`;
    return { path: [name], message, hint: `remove ${name}`, value, severity: 'warning' };
  }
  const message = `${name} has no result to look at: without jsonPath the status of the answer alone decides`;
  return {
    path: [name],
    message,
    hint: `set jsonPath, for example {$.online}, or remove ${name}`,
    value,
    missing: [['provider', 'web', 'jsonPath']],
  };
}

function checkAbsence(metric: MetricSpec): Problem[] {
  if (resultTypeOf(metric) !== 'number') return [];
  const message = 'without a condition every number that the query gives is a success';
  return [{ path: [], message, hint: 'set successCondition, for example result[0] < 0.05', severity: 'warning' }];
}
