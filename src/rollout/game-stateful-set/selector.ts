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
