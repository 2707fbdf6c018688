import type { Fields } from '../fields.js';
import { qualifiedName } from './names.js';

const highestUserPriority = 1_000_000_000;
const systemPriorities: Readonly<Record<string, number>> = {
  'system-node-critical': 2_000_001_000,
  'system-cluster-critical': 2_000_000_000,
};

export function checkPriorityClass(object: Fields): void {
  const metadata = object.objectOrEmpty('metadata');
  const name = metadata.text('name');
  const value = object.number('value') ?? 0;
  if (name.startsWith('system-')) {
    if (systemPriorities[name] !== value || object.isTrue('globalDefault'))
      metadata.wrong('name', 'begins with "system-", which is reserved: use another name');
  } else if (value > highestUserPriority) object.wrong('value', `must be at most ${highestUserPriority}`);
  if (object.value('preemptionPolicy') === '')
    object.wrong('preemptionPolicy', 'is empty: use PreemptLowerPriority or Never');
}

export function checkStorageClass(object: Fields): void {
  if (object.required('provisioner', 'name the provisioner, such as ebs.csi.aws.com')) {
    const wrong = qualifiedName(object.text('provisioner').toLowerCase());
    if (wrong !== undefined) object.wrong('provisioner', wrong);
  }
  if (object.keys('parameters').includes('')) object.wrong('parameters', 'have an empty name');
  if (object.text('reclaimPolicy') === 'Recycle') object.wrong('reclaimPolicy', 'must be Delete or Retain');
  if (object.value('volumeBindingMode') === '')
    object.wrong('volumeBindingMode', 'is empty: use Immediate or WaitForFirstConsumer');
  for (const topology of object.objects('allowedTopologies')) {
    if (topology.list('matchLabelExpressions').length === 0)
      topology.wrong('matchLabelExpressions', 'is empty: give at least one expression');
    const keys = new Set<string>();
    for (const expression of topology.objects('matchLabelExpressions')) {
      const key = expression.text('key');
      const wrong = qualifiedName(key);
      if (wrong !== undefined) expression.wrong('key', wrong);
      else if (keys.has(key)) expression.wrong('key', `"${key}" is given twice`);
      keys.add(key);
      const values = expression.texts('values');
      if (values.length === 0) expression.wrong('values', 'is empty: give at least one value');
      for (const [index, value] of values.entries()) {
        if (values.indexOf(value) !== index) expression.wrongElement('values', index, `"${value}" is given twice`);
      }
    }
  }
}
