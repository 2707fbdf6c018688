import type { Fields } from '../fields.js';
import { checkSelectorItself } from './labels.js';
import { dnsSubdomain, pathSegment } from './names.js';

const group = 'rbac.authorization.k8s.io';

export function checkRole(object: Fields): void {
  for (const rule of object.objects('rules')) checkRule(rule, { namespaced: true });
}

export function checkClusterRole(object: Fields): void {
  for (const rule of object.objects('rules')) checkRule(rule, { namespaced: false });
  const aggregation = object.object('aggregationRule');
  if (!aggregation) return;
  const selectors = aggregation.objects('clusterRoleSelectors');
  if (selectors.length === 0) aggregation.wrong('clusterRoleSelectors', 'is empty: give at least one selector');
  for (const selector of selectors) checkSelectorItself(selector);
}

function checkRule(rule: Fields, { namespaced }: { readonly namespaced: boolean }): void {
  if (rule.list('verbs').length === 0)
    rule.wrong('verbs', 'is empty: say what is allowed, such as get, list and watch');
  const resources =
    rule.list('apiGroups').length + rule.list('resources').length + rule.list('resourceNames').length > 0;
  if (rule.list('nonResourceURLs').length > 0) {
    if (namespaced) rule.wrong('nonResourceURLs', 'may only be given in a ClusterRole');
    else if (resources) rule.wrong('nonResourceURLs', 'may not stand beside resources: make two rules');
    return;
  }
  if (rule.list('apiGroups').length === 0)
    rule.wrong('apiGroups', 'is empty: give at least one group; "" is the core group');
  if (rule.list('resources').length === 0) rule.wrong('resources', 'is empty: give at least one resource');
}

export function checkRoleBinding(object: Fields): void {
  checkBinding(object, ['Role', 'ClusterRole'], { namespaced: true });
}

export function checkClusterRoleBinding(object: Fields): void {
  checkBinding(object, ['ClusterRole'], { namespaced: false });
}

function checkBinding(
  object: Fields,
  kinds: readonly string[],
  { namespaced }: { readonly namespaced: boolean },
): void {
  const role = object.object('roleRef');
  if (role) checkRoleReference(role, kinds);
  else object.wrong('roleRef', 'is missing: say which role is given');
  for (const subject of object.objects('subjects')) checkSubject(subject, namespaced);
}

function checkRoleReference(role: Fields, kinds: readonly string[]): void {
  // The server fills in the group that is not given.
  if (role.text('apiGroup') !== '' && role.text('apiGroup') !== group) role.wrong('apiGroup', `must be ${group}`);
  if (!kinds.includes(role.text('kind'))) role.wrong('kind', `must be ${kinds.join(' or ')}`);
  if (role.required('name', 'name the role')) {
    const wrong = pathSegment(role.text('name'));
    if (wrong !== undefined) role.wrong('name', wrong);
  }
}

function checkSubject(subject: Fields, namespaced: boolean): void {
  const named = subject.required('name', 'name who is allowed');
  const apiGroup = subject.text('apiGroup');
  switch (subject.text('kind')) {
    case 'ServiceAccount': {
      const wrong = named ? dnsSubdomain(subject.text('name')) : undefined;
      if (wrong !== undefined) subject.wrong('name', wrong);
      if (apiGroup !== '') subject.wrong('apiGroup', 'must be left out for a ServiceAccount');
      if (!namespaced && subject.text('namespace') === '')
        subject.wrong('namespace', 'is missing: say where the ServiceAccount is');
      break;
    }
    case 'User':
    case 'Group':
      if (apiGroup !== '' && apiGroup !== group) subject.wrong('apiGroup', `must be ${group}`);
      break;
    default:
      subject.wrong('kind', 'must be ServiceAccount, User or Group');
  }
}
