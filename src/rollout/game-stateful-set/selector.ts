import type { LabelSelector } from '../../api/generated/types/kubernetes.js';

/** The selector as the API server reads it in a query: `app=game,tier in (a,b),!old`. */
export function selectorText({ matchLabels = {}, matchExpressions = [] }: LabelSelector): string {
  const labels = Object.entries(matchLabels).map(([key, value]) => `${key}=${value}`);
  const expressions = matchExpressions.map(({ key, operator, values = [] }) => {
    switch (operator) {
      case 'Exists':
        return key;
      case 'DoesNotExist':
        return `!${key}`;
      default:
        return `${key} ${operator === 'In' ? 'in' : 'notin'} (${values.join(',')})`;
    }
  });
  return [...labels.sort(), ...expressions].join(',');
}

/** The labels that a selector speaks of. */
export const selectorKeys = ({ matchLabels = {}, matchExpressions = [] }: LabelSelector): ReadonlySet<string> =>
  new Set([...Object.keys(matchLabels), ...matchExpressions.map(({ key }) => key)]);

/** Whether labels are what a selector asks for. */
export function matches(
  { matchLabels = {}, matchExpressions = [] }: LabelSelector,
  labels: Readonly<Record<string, string>> = {},
): boolean {
  const fits = ({ key, operator, values = [] }: (typeof matchExpressions)[number]): boolean => {
    const value = Object.hasOwn(labels, key) ? labels[key] : undefined;
    switch (operator) {
      case 'Exists':
        return value !== undefined;
      case 'DoesNotExist':
        return value === undefined;
      case 'In':
        return value !== undefined && values.includes(value);
      default:
        return value === undefined || !values.includes(value);
    }
  };
  return Object.entries(matchLabels).every(([key, value]) => labels[key] === value) && matchExpressions.every(fits);
}
