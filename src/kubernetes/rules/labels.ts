import type { Fields } from '../fields.js';
import { qualifiedName, validLabelValue } from './names.js';

/** The map of labels in the field `name`: metadata.labels, matchLabels, nodeSelector. */
export function checkLabels(of: Fields, name: string): void {
  of.eachEntry(name, (key, value) => {
    const wrong = qualifiedName(key) ?? validLabelValue(value);
    if (wrong !== undefined) of.wrongEntry(name, key, wrong);
  });
}

/** A metav1.LabelSelector in the field `name`; nothing when it is absent. */
export function checkLabelSelector(of: Fields, name: string): void {
  const selector = of.object(name);
  if (selector) checkSelectorItself(selector);
}

export function checkSelectorItself(selector: Fields): void {
  checkLabels(selector, 'matchLabels');
  for (const expression of selector.objects('matchExpressions')) {
    const count = expression.list('values').length;
    switch (expression.text('operator')) {
      case 'In':
      case 'NotIn':
        if (count === 0) expression.wrong('values', 'is empty: In and NotIn need at least one value');
        break;
      case 'Exists':
      case 'DoesNotExist':
        if (count > 0) expression.wrong('values', 'must be left out with Exists and DoesNotExist');
        break;
      default:
        expression.wrong('operator', 'must be In, NotIn, Exists or DoesNotExist');
    }
    checkLabelKey(expression, 'key');
    for (const [index, value] of expression.texts('values').entries()) {
      const wrong = validLabelValue(value);
      if (wrong !== undefined) expression.wrongElement('values', index, wrong);
    }
  }
}

export function checkLabelKey(of: Fields, name: string): void {
  const wrong = qualifiedName(of.text(name));
  if (wrong !== undefined) of.wrong(name, wrong);
}

export function isEmptySelector(selector: Fields): boolean {
  return selector.keys('matchLabels').length + selector.list('matchExpressions').length === 0;
}

export function selectorMatches(selector: Fields, labels: ReadonlyMap<string, string>): boolean {
  for (const [key, value] of selector.entries('matchLabels')) if (labels.get(key) !== value) return false;
  for (const expression of selector.objects('matchExpressions')) {
    const value = labels.get(expression.text('key'));
    const values = expression.texts('values');
    switch (expression.text('operator')) {
      case 'In':
        if (value === undefined || !values.includes(value)) return false;
        break;
      case 'NotIn':
        if (value !== undefined && values.includes(value)) return false;
        break;
      case 'Exists':
        if (value === undefined) return false;
        break;
      case 'DoesNotExist':
        if (value !== undefined) return false;
        break;
    }
  }
  return true;
}

/**
 * The selector of a workload: given, not empty, and true of the pods that its template makes. Otherwise the controller would
 * create pods for ever without recognising one as its own.
 */
export function checkWorkloadSelector(spec: Fields): void {
  const selector = spec.object('selector');
  if (!selector) {
    spec.wrong('selector', 'is missing: give matchLabels that the labels of the pod template contain');
    return;
  }
  checkSelectorItself(selector);
  if (isEmptySelector(selector)) {
    spec.wrong('selector', 'is empty and would select every pod: give matchLabels that the pod template has');
    return;
  }
  checkSelectorMatchesTemplate(selector, spec.objectOrEmpty('template'));
}

export function checkSelectorMatchesTemplate(selector: Fields, template: Fields): void {
  const metadata = template.objectOrEmpty('metadata');
  if (selectorMatches(selector, new Map(metadata.entries('labels')))) return;
  const wanted = selector.entries('matchLabels').map(([key, value]) => `${key}: ${value}`);
  const advice = wanted.length > 0 ? `; it wants ${wanted.join(', ')}` : '';
  metadata.wrong(
    'labels',
    `do not match spec.selector: the selector must be true of the pods that the template makes${advice}`,
  );
}
