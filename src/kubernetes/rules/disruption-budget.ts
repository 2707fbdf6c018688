import type { Fields } from '../fields.js';
import { checkLabelSelector } from './labels.js';
import { checkIntOrPercent } from './values.js';

export function checkDisruptionBudget(object: Fields): void {
  const spec = object.objectOrEmpty('spec');
  if (spec.has('minAvailable') && spec.has('maxUnavailable')) {
    spec.wrongHere('has minAvailable and maxUnavailable: give one of the two');
  }
  checkIntOrPercent(spec, 'minAvailable', { atMost100: true });
  checkIntOrPercent(spec, 'maxUnavailable', { atMost100: true });
  checkLabelSelector(spec, 'selector');
}
