import type { Fields } from '../fields.js';
import { checkLabelKey, checkLabelSelector } from './labels.js';
import { dnsLabel, dnsSubdomain, qualifiedName, validLabelValue } from './names.js';

const required = 'requiredDuringSchedulingIgnoredDuringExecution';
const preferred = 'preferredDuringSchedulingIgnoredDuringExecution';

/** Where a pod may run: affinity, tolerations, spreading, gates. */
export function checkScheduling(spec: Fields): void {
  const affinity = spec.object('affinity');
  if (affinity) {
    const node = affinity.object('nodeAffinity');
    if (node) checkNodeAffinity(node);
    for (const name of ['podAffinity', 'podAntiAffinity']) {
      const pods = affinity.object(name);
      if (pods) checkPodAffinity(pods);
    }
  }
  for (const toleration of spec.objects('tolerations')) checkToleration(toleration);
  checkSpreading(spec.objects('topologySpreadConstraints'));
  checkGates(spec);
}

function checkNodeAffinity(affinity: Fields): void {
  const must = affinity.object(required);
  if (must) checkNodeSelector(must);
  for (const term of affinity.objects(preferred)) {
    checkWeight(term);
    checkNodeTerm(term.objectOrEmpty('preference'), { strictValues: false });
  }
}

export function checkNodeSelector(selector: Fields): void {
  const terms = selector.objects('nodeSelectorTerms');
  if (terms.length === 0) selector.wrong('nodeSelectorTerms', 'is empty: give at least one term');
  for (const term of terms) checkNodeTerm(term, { strictValues: true });
}

function checkNodeTerm(term: Fields, { strictValues }: { readonly strictValues: boolean }): void {
  for (const expression of term.objects('matchExpressions')) {
    const values = expression.texts('values');
    switch (expression.text('operator')) {
      case 'In':
      case 'NotIn':
        if (values.length === 0) expression.wrong('values', 'is empty: In and NotIn need at least one value');
        break;
      case 'Exists':
      case 'DoesNotExist':
        if (values.length > 0) expression.wrong('values', 'must be left out with Exists and DoesNotExist');
        break;
      case 'Gt':
      case 'Lt':
        if (values.length !== 1) expression.wrong('values', 'must have exactly one value with Gt and Lt');
        break;
      default:
        expression.wrong('operator', 'must be In, NotIn, Exists, DoesNotExist, Gt or Lt');
    }
    checkLabelKey(expression, 'key');
    if (!strictValues) continue;
    for (const [index, value] of values.entries()) {
      const wrong = validLabelValue(value);
      if (wrong !== undefined) expression.wrongElement('values', index, wrong);
    }
  }
  for (const expression of term.objects('matchFields')) {
    const values = expression.texts('values');
    if (!['In', 'NotIn'].includes(expression.text('operator')))
      expression.wrong('operator', 'must be In or NotIn for a field');
    else if (values.length !== 1) expression.wrong('values', 'must have exactly one value');
    if (expression.text('key') !== 'metadata.name')
      expression.wrong('key', 'must be metadata.name, the only field of a node to match');
    else if (values[0] !== undefined && dnsSubdomain(values[0]) !== undefined)
      expression.wrong('values', 'must be the name of a node');
  }
}

function checkPodAffinity(affinity: Fields): void {
  for (const term of affinity.objects(required)) checkPodTerm(term);
  for (const weighted of affinity.objects(preferred)) {
    checkWeight(weighted);
    checkPodTerm(weighted.objectOrEmpty('podAffinityTerm'));
  }
}

function checkPodTerm(term: Fields): void {
  checkLabelSelector(term, 'labelSelector');
  checkLabelSelector(term, 'namespaceSelector');
  for (const [index, namespace] of term.texts('namespaces').entries()) {
    const wrong = dnsLabel(namespace);
    if (wrong !== undefined) term.wrongElement('namespaces', index, wrong);
  }
  if (term.required('topologyKey', 'name a label of nodes, such as kubernetes.io/hostname'))
    checkLabelKey(term, 'topologyKey');
  checkMatchLabelKeys(term);
  const matched = term.texts('matchLabelKeys');
  for (const [index, key] of term.texts('mismatchLabelKeys').entries()) {
    const wrong = qualifiedName(key);
    if (wrong !== undefined) term.wrongElement('mismatchLabelKeys', index, wrong);
    else if (matched.includes(key))
      term.wrongElement('matchLabelKeys', matched.indexOf(key), `"${key}" is also one of mismatchLabelKeys`);
  }
  if (!term.has('labelSelector') && term.list('mismatchLabelKeys').length > 0) {
    term.wrong('mismatchLabelKeys', 'needs a labelSelector beside it');
  }
}

function checkMatchLabelKeys(of: Fields): void {
  const keys = of.texts('matchLabelKeys');
  if (keys.length === 0) return;
  const selector = of.object('labelSelector');
  if (!selector) {
    of.wrong('matchLabelKeys', 'needs a labelSelector beside it');
    return;
  }
  const selected = [
    ...selector.keys('matchLabels'),
    ...selector.objects('matchExpressions').map((one) => one.text('key')),
  ];
  for (const [index, key] of keys.entries()) {
    const wrong = qualifiedName(key);
    if (wrong !== undefined) of.wrongElement('matchLabelKeys', index, wrong);
    else if (selected.includes(key))
      of.wrongElement('matchLabelKeys', index, `"${key}" is in labelSelector too: remove it from one`);
  }
}

function checkWeight(term: Fields): void {
  const weight = term.number('weight') ?? 0;
  if (weight < 1 || weight > 100) term.wrong('weight', 'must be from 1 to 100');
}

export function checkToleration(toleration: Fields): void {
  const key = toleration.text('key');
  const operator = toleration.text('operator');
  const value = toleration.text('value');
  if (key !== '') checkLabelKey(toleration, 'key');
  else if (operator !== 'Exists')
    toleration.wrong('operator', 'must be Exists when no key is given, which tolerates everything');
  if (toleration.has('tolerationSeconds') && toleration.text('effect') !== 'NoExecute') {
    toleration.wrong('effect', 'must be NoExecute when tolerationSeconds is given');
  }
  if (operator === 'Exists') {
    if (value !== '') toleration.wrong('value', 'must be left out with operator Exists');
  } else if (operator === '' || operator === 'Equal') {
    const wrong = validLabelValue(value);
    if (wrong !== undefined) toleration.wrong('value', wrong);
  }
}

function checkSpreading(constraints: readonly Fields[]): void {
  const seen = new Set<string>();
  for (const constraint of constraints) {
    if ((constraint.number('maxSkew') ?? 0) < 1) constraint.wrong('maxSkew', 'must be at least 1');
    constraint.required('topologyKey', 'name a label of nodes, such as topology.kubernetes.io/zone');
    const action = constraint.text('whenUnsatisfiable');
    if (action === '') constraint.wrong('whenUnsatisfiable', 'is missing: use DoNotSchedule or ScheduleAnyway');
    const pair = `${constraint.text('topologyKey')} ${action}`;
    if (seen.has(pair)) constraint.wrongHere('repeats the topologyKey and whenUnsatisfiable of another constraint');
    seen.add(pair);
    if (constraint.has('minDomains')) {
      if ((constraint.number('minDomains') ?? 0) < 1) constraint.wrong('minDomains', 'must be at least 1');
      else if (action !== 'DoNotSchedule')
        constraint.wrong('minDomains', 'may only be given with whenUnsatisfiable: DoNotSchedule');
    }
    for (const name of ['nodeAffinityPolicy', 'nodeTaintsPolicy']) constraint.oneOf(name, ['Honor', 'Ignore']);
    checkLabelSelector(constraint, 'labelSelector');
    checkMatchLabelKeys(constraint);
  }
}

function checkGates(spec: Fields): void {
  for (const gate of spec.objects('readinessGates')) checkLabelKey(gate, 'conditionType');
  const seen = new Set<string>();
  for (const gate of spec.objects('schedulingGates')) {
    checkLabelKey(gate, 'name');
    if (seen.has(gate.text('name'))) gate.wrong('name', `"${gate.text('name')}" is given twice`);
    seen.add(gate.text('name'));
  }
}
