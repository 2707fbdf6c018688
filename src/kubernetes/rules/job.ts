import type { Fields } from '../fields.js';
import { dnsLabel, qualifiedName } from './names.js';
import { checkLabelSelector, checkSelectorMatchesTemplate, isEmptySelector } from './labels.js';
import { checkPodTemplate } from './pod.js';

export function checkJob(object: Fields): void {
  const spec = object.objectOrEmpty('spec');
  checkJobSpec(spec);
  if (!spec.isTrue('manualSelector')) {
    // The server adds what it makes to an empty one.
    const selector = spec.object('selector');
    if (selector && !isEmptySelector(selector))
      spec.wrong('selector', 'is made by the server: remove it, or set manualSelector: true');
  } else {
    checkLabelSelector(spec, 'selector');
    const selector = spec.object('selector');
    if (selector) checkSelectorMatchesTemplate(selector, spec.objectOrEmpty('template'));
    else spec.wrong('selector', 'is missing: manualSelector: true needs it');
  }
  const completions = spec.number('completions') ?? 0;
  const name = object.objectOrEmpty('metadata').text('name');
  if (
    spec.text('completionMode') === 'Indexed' &&
    completions > 0 &&
    dnsLabel(`${name}-${completions - 1}`) !== undefined
  ) {
    object
      .objectOrEmpty('metadata')
      .wrong('name', 'is too long or not a DNS label: an indexed Job appends the index to make host names');
  }
}

/** The spec of a Job, by itself or within a CronJob. */
export function checkJobSpec(spec: Fields): void {
  spec.notNegative(
    'parallelism', 'completions', 'activeDeadlineSeconds', 'backoffLimit', 'ttlSecondsAfterFinished', 'backoffLimitPerIndex',
    'maxFailedIndexes',
  ); // prettier-ignore
  const indexed = spec.text('completionMode') === 'Indexed';
  if (indexed && !spec.has('completions')) spec.wrong('completions', 'is missing: completionMode Indexed needs it');
  if (indexed && (spec.number('parallelism') ?? 0) > 100_000)
    spec.wrong('parallelism', 'must be at most 100000 with completionMode Indexed');
  for (const name of ['backoffLimitPerIndex', 'maxFailedIndexes', 'successPolicy']) {
    if (!indexed && spec.has(name)) spec.wrong(name, 'needs completionMode: Indexed');
  }
  if (spec.has('maxFailedIndexes') && !spec.has('backoffLimitPerIndex')) {
    spec.wrong('backoffLimitPerIndex', 'is missing: maxFailedIndexes needs it');
  }
  if (indexed && (spec.number('maxFailedIndexes') ?? 0) > (spec.number('completions') ?? Infinity)) {
    spec.wrong('maxFailedIndexes', 'must be at most completions');
  }
  const template = spec.objectOrEmpty('template');
  checkPodTemplate(template);
  const pod = template.objectOrEmpty('spec');
  const policy = pod.text('restartPolicy');
  const failurePolicy = spec.object('podFailurePolicy');
  if (policy === '' || policy === 'Always') {
    pod.wrong('restartPolicy', 'must be OnFailure or Never in a Job; it is Always when it is not given');
  } else if (failurePolicy && policy !== 'Never') pod.wrong('restartPolicy', 'must be Never with a podFailurePolicy');
  if (failurePolicy) checkFailurePolicy(failurePolicy, spec, pod);
  if (spec.has('podFailurePolicy') && spec.text('podReplacementPolicy') === 'TerminatingOrFailed') {
    spec.wrong('podReplacementPolicy', 'must be Failed with a podFailurePolicy');
  }
  if (indexed) checkSuccessPolicy(spec);
  if (spec.has('managedBy')) {
    const manager = spec.text('managedBy');
    if (!/^[^/]+\/.+$/.test(manager) || manager.length > 63)
      spec.wrong('managedBy', 'must be a name with a domain, such as example.com/controller');
  }
}

function checkFailurePolicy(policy: Fields, spec: Fields, pod: Fields): void {
  const containers = [...pod.objects('containers'), ...pod.objects('initContainers')].map((container) =>
    container.text('name'),
  );
  const rules = policy.objects('rules');
  if (rules.length > 20) policy.wrong('rules', 'may have at most 20 rules');
  for (const rule of rules) {
    rule.required('action', 'use Count, FailIndex, FailJob or Ignore');
    if (rule.text('action') === 'FailIndex' && !spec.has('backoffLimitPerIndex'))
      rule.wrong('action', 'FailIndex needs backoffLimitPerIndex');
    const codes = rule.object('onExitCodes');
    const conditions = rule.objects('onPodConditions');
    if ((codes === undefined) === (conditions.length === 0))
      rule.wrongHere('must have exactly one of onExitCodes and onPodConditions');
    if (codes) checkExitCodes(codes, containers);
    for (const condition of conditions) {
      const wrong = qualifiedName(condition.text('type'));
      if (wrong !== undefined) condition.wrong('type', wrong);
      // The server fills in True for a status that is not given.
      condition.oneOf('status', ['True', 'False', 'Unknown']);
    }
  }
}

function checkExitCodes(codes: Fields, containers: readonly string[]): void {
  codes.required('operator', 'use In or NotIn');
  const name = codes.text('containerName');
  if (codes.has('containerName') && !containers.includes(name))
    codes.wrong('containerName', `"${name}" is not a container of the template`);
  const values = codes.list('values');
  if (values.length === 0) codes.wrong('values', 'is empty: give at least one exit code');
  if (values.length > 255) codes.wrong('values', 'may have at most 255 exit codes');
  for (const [index, value] of values.entries()) {
    const before = values[index - 1];
    if ((value ?? 0) === 0 && codes.text('operator') === 'In')
      codes.wrongElement('values', index, 'must not be 0, which is success');
    else if (values.indexOf(value) !== index) codes.wrongElement('values', index, `${String(value)} is given twice`);
    else if (typeof value === 'number' && typeof before === 'number' && before > value)
      codes.wrong('values', 'must be in rising order');
  }
}

function checkSuccessPolicy(spec: Fields): void {
  const policy = spec.object('successPolicy');
  if (!policy) return;
  const rules = policy.objects('rules');
  if (rules.length === 0) policy.wrong('rules', 'is empty: give at least one rule');
  if (rules.length > 20) policy.wrong('rules', 'may have at most 20 rules');
  const completions = spec.number('completions') ?? 0;
  for (const rule of rules) {
    if (!rule.has('succeededCount') && !rule.has('succeededIndexes'))
      rule.wrongHere('says nothing: give succeededCount or succeededIndexes');
    const wrong = rule.has('succeededIndexes') ? indexesProblem(rule.text('succeededIndexes'), completions) : undefined;
    if (wrong !== undefined) rule.wrong('succeededIndexes', wrong);
    rule.notNegative('succeededCount');
    if ((rule.number('succeededCount') ?? 0) > completions)
      rule.wrong('succeededCount', `must be at most completions, which is ${completions}`);
  }
}

/** `0,2-4`: rising, and below the number of completions. */
function indexesProblem(text: string, completions: number): string | undefined {
  let last = -1;
  for (const range of text === '' ? [] : text.split(',')) {
    const match = /^(\d+)(?:-(\d+))?$/.exec(range);
    if (!match) return `"${text}" is not a list of indexes: write it like 0,2-4`;
    const first = Number(match[1]);
    const end = match[2] === undefined ? first : Number(match[2]);
    if (first <= last || end < first || (match[2] !== undefined && end === first))
      return `"${text}" is not in rising order`;
    if (end >= completions)
      return `has index ${end}: the indexes of ${completions} completions end at ${completions - 1}`;
    last = end;
  }
  return undefined;
}
