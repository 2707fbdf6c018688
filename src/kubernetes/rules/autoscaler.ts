import type { Fields } from '../fields.js';
import { amount } from '../quantity.js';
import { dnsLabel, pathSegment } from './names.js';

const sources: Readonly<Record<string, string>> = {
  Object: 'object',
  Pods: 'pods',
  Resource: 'resource',
  External: 'external',
  ContainerResource: 'containerResource',
};

const containerResources =
  /^(cpu|memory|ephemeral-storage|hugepages-.+|[a-z0-9][-a-z0-9.]*\/[A-Za-z0-9]([-A-Za-z0-9_.]*[A-Za-z0-9])?)$/;

export function checkAutoscaler(object: Fields): void {
  const spec = object.objectOrEmpty('spec');
  const least = spec.number('minReplicas') ?? 1;
  const most = spec.number('maxReplicas') ?? 0;
  if (least < 1) spec.wrong('minReplicas', 'must be at least 1');
  if (most < 1) spec.wrong('maxReplicas', 'must be at least 1');
  else if (most < least) spec.wrong('maxReplicas', `must not be less than minReplicas, which is ${least}`);
  const target = spec.objectOrEmpty('scaleTargetRef');
  // The only thing in the core group that can be scaled.
  checkReference(target, { needsGroup: target.text('kind') !== 'ReplicationController' });
  const percentage = spec.number('targetCPUUtilizationPercentage');
  if (percentage !== undefined && percentage < 1) spec.wrong('targetCPUUtilizationPercentage', 'must be at least 1');
  for (const metric of spec.objects('metrics')) checkMetric(metric);
  const behavior = spec.object('behavior');
  for (const direction of ['scaleUp', 'scaleDown']) {
    const rules = behavior?.object(direction);
    if (rules) checkScalingRules(rules);
  }
}

function checkReference(reference: Fields, { needsGroup = false } = {}): void {
  for (const name of ['kind', 'name']) {
    if (!reference.required(name, `give the ${name} of what is scaled`)) continue;
    const wrong = pathSegment(reference.text(name));
    if (wrong !== undefined) reference.wrong(name, wrong);
  }
  const version = reference.text('apiVersion');
  if (version.split('/').length > 2)
    reference.wrong('apiVersion', `"${version}" is not a version: write it like apps/v1`);
  else if (needsGroup && version.indexOf('/') < 1)
    reference.wrong('apiVersion', 'must name the group of what is scaled, such as apps/v1');
}

function checkMetric(metric: Fields): void {
  const type = metric.text('type');
  const expected = sources[type];
  if (expected === undefined) {
    metric.wrong('type', `must be one of ${Object.keys(sources).join(', ')}`);
    return;
  }
  if (!metric.has(expected)) metric.wrong(expected, `is missing: type ${type} needs it`);
  for (const other of Object.values(sources)) {
    if (other !== expected && metric.has(other)) metric.wrong(other, `does not belong to type ${type}: remove it`);
  }
  const source = metric.object(expected);
  if (!source) return;
  const target = source.objectOrEmpty('target');
  checkTarget(target);
  const has = (name: string): boolean => target.has(name);
  switch (expected) {
    case 'object':
      checkReference(source.objectOrEmpty('describedObject'));
      checkIdentifier(source.objectOrEmpty('metric'));
      if (!has('value') && !has('averageValue')) target.wrong('averageValue', 'is missing: give value or averageValue');
      break;
    case 'external':
      checkIdentifier(source.objectOrEmpty('metric'));
      if (has('value') === has('averageValue'))
        target.wrong(
          has('value') ? 'value' : 'averageValue',
          'or the other one: give exactly one of value and averageValue',
        );
      break;
    case 'pods':
      checkIdentifier(source.objectOrEmpty('metric'));
      if (!has('averageValue')) target.wrong('averageValue', 'is missing: type Pods needs it');
      break;
    default:
      source.required('name', 'name the resource, such as cpu');
      if (expected === 'containerResource' && !containerResources.test(source.text('name'))) {
        source.wrong('name', 'must be a resource of a container: cpu, memory, ephemeral-storage or example.com/name');
      }
      if (expected === 'containerResource' && source.required('container', 'name the container')) {
        const wrong = dnsLabel(source.text('container'));
        if (wrong !== undefined) source.wrong('container', wrong);
      }
      if (!has('averageUtilization') && !has('averageValue'))
        target.wrong('averageUtilization', 'is missing: give it or averageValue');
      if (has('averageUtilization') && has('averageValue'))
        target.wrong('averageValue', 'stands beside averageUtilization: give one of the two');
  }
}

function checkTarget(target: Fields): void {
  const type = target.text('type');
  if (!['Utilization', 'Value', 'AverageValue'].includes(type))
    target.wrong('type', 'must be Utilization, Value or AverageValue');
  for (const name of ['value', 'averageValue']) {
    if (target.has(name) && (amount(target.value(name)) ?? 1) <= 0) target.wrong(name, 'must be more than 0');
  }
  if ((target.number('averageUtilization') ?? 1) < 1) target.wrong('averageUtilization', 'must be at least 1');
}

function checkIdentifier(metric: Fields): void {
  if (metric.required('name', 'name the metric')) {
    const wrong = pathSegment(metric.text('name'));
    if (wrong !== undefined) metric.wrong('name', wrong);
  }
}

function checkScalingRules(rules: Fields): void {
  const window = rules.number('stabilizationWindowSeconds') ?? 0;
  if (window < 0 || window > 3600) rules.wrong('stabilizationWindowSeconds', 'must be from 0 to 3600');
  if (rules.has('selectPolicy') && !['Max', 'Min', 'Disabled'].includes(rules.text('selectPolicy'))) {
    rules.wrong('selectPolicy', 'must be Max, Min or Disabled');
  }
  // The server fills in policies that are not given, but not ones that are given as none.
  if (rules.has('policies') && rules.list('policies').length === 0)
    rules.wrong('policies', 'is empty: give at least one, or leave it out');
  for (const policy of rules.objects('policies')) {
    if (!['Pods', 'Percent'].includes(policy.text('type'))) policy.wrong('type', 'must be Pods or Percent');
    if ((policy.number('value') ?? 0) <= 0) policy.wrong('value', 'must be at least 1');
    const period = policy.number('periodSeconds') ?? 0;
    if (period < 1 || period > 1800) policy.wrong('periodSeconds', 'must be from 1 to 1800');
  }
}
