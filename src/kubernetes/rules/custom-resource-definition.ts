import type { Fields } from '../fields.js';
import { isRecord } from '../structure.js';
import { dns1035Label, dnsSubdomain } from './names.js';
import { checkStructuralSchema } from './structural-schema.js';

export function checkCustomResourceDefinition(object: Fields): void {
  const spec = object.objectOrEmpty('spec');
  const group = spec.text('group');
  const names = spec.objectOrEmpty('names');
  checkGroup(object, spec, group);
  const expected = `${names.text('plural')}.${group}`;
  const metadata = object.objectOrEmpty('metadata');
  if (metadata.text('name') !== expected)
    metadata.wrong('name', `must be spec.names.plural and spec.group with a dot between: ${expected}`);
  if (!['Namespaced', 'Cluster'].includes(spec.text('scope'))) spec.wrong('scope', 'must be Namespaced or Cluster');
  checkNames(names);
  checkVersions(spec);
  checkConversion(spec);
  if (spec.isTrue('preserveUnknownFields'))
    spec.wrong('preserveUnknownFields', 'must be false: use x-kubernetes-preserve-unknown-fields in the schema');
}

function checkGroup(object: Fields, spec: Fields, group: string): void {
  const wrong = group === '' ? 'is missing: give a domain such as example.com' : dnsSubdomain(group);
  if (wrong !== undefined) spec.wrong('group', wrong);
  else if (!group.includes('.')) spec.wrong('group', `"${group}" is not a domain: write it like ${group}.example.com`);
  if (!/(^|\.)(k8s|kubernetes)\.io$/.test(group)) return;
  const annotations = new Map(object.objectOrEmpty('metadata').entries('annotations'));
  const approval = annotations.get('api-approved.kubernetes.io') ?? '';
  if (!/^(https?:\/\/|unapproved)/.test(approval)) {
    object
      .objectOrEmpty('metadata')
      .wrong(
        'annotations',
        `must hold api-approved.kubernetes.io, since ${group} is a group of Kubernetes: use a group of your own`,
      );
  }
}

function checkNames(names: Fields): void {
  for (const name of ['plural', 'singular', 'kind', 'listKind'] as const) {
    const text = names.text(name);
    // The server makes singular and listKind from kind.
    if (text === '' && (name === 'singular' || name === 'listKind')) continue;
    const lower = name === 'kind' || name === 'listKind' ? text.toLowerCase() : text;
    const wrong = text === '' ? 'is missing: every resource needs it' : dns1035Label(lower);
    if (wrong !== undefined) names.wrong(name, wrong);
  }
  if (names.text('kind') !== '' && names.text('kind') === names.text('listKind'))
    names.wrong('listKind', 'must differ from kind');
  for (const name of ['shortNames', 'categories']) {
    for (const [index, text] of names.texts(name).entries()) {
      const wrong = dns1035Label(text);
      if (wrong !== undefined) names.wrongElement(name, index, wrong);
    }
  }
}

function checkVersions(spec: Fields): void {
  const versions = spec.objects('versions');
  if (versions.length === 0) spec.wrong('versions', 'is empty: give at least one version');
  const seen = new Set<string>();
  let stored = 0;
  for (const version of versions) {
    const name = version.text('name');
    const wrong = dns1035Label(name);
    if (wrong !== undefined) version.wrong('name', name === '' ? 'is missing: name the version, such as v1' : wrong);
    if (seen.has(name)) spec.wrong('versions', `name ${name} twice`);
    seen.add(name);
    if (version.has('deprecationWarning') && !version.isTrue('deprecated'))
      version.wrong('deprecationWarning', 'needs deprecated: true');
    if (version.isTrue('storage')) stored++;
    checkSchema(version);
    checkSubresources(version);
    for (const column of version.objects('additionalPrinterColumns')) checkColumn(column);
    for (const selectable of version.objects('selectableFields')) {
      if (!/^\.[^.]/.test(selectable.text('jsonPath')))
        selectable.wrong('jsonPath', 'must be a path such as .spec.game');
    }
  }
  if (versions.length > 0 && stored !== 1)
    spec.wrong('versions', `has ${stored} versions with storage: true: exactly one is stored`);
}

function checkSchema(version: Fields): void {
  const schema = version.object('schema')?.object('openAPIV3Schema');
  if (!schema) version.objectOrEmpty('schema').wrong('openAPIV3Schema', 'is missing: every version needs a schema');
  else {
    checkStructuralSchema(schema, { root: true });
    if (!version.object('subresources')?.has('status')) return;
    // Spec and status are then validated apart, so nothing may speak of both.
    for (const name of ['enum', 'allOf', 'anyOf', 'oneOf', 'not']) {
      if (schema.has(name)) schema.wrong(name, 'may not stand at the root of a kind with a status subresource');
    }
  }
}

function checkSubresources(version: Fields): void {
  const scale = version.object('subresources')?.object('scale');
  if (!scale) return;
  for (const [name, start, example] of [
    ['specReplicasPath', '.spec.', '.spec.replicas'],
    ['statusReplicasPath', '.status.', '.status.replicas'],
  ] as const) {
    if (!scale.text(name).startsWith(start))
      scale.wrong(name, `must be a path below ${start.slice(0, -1)}, such as ${example}`);
  }
  const selector = scale.text('labelSelectorPath');
  if (selector !== '' && !/^\.(spec|status)\./.test(selector))
    scale.wrong('labelSelectorPath', 'must be a path below .spec or .status');
}

function checkColumn(column: Fields): void {
  column.required('name', 'give the heading of the column');
  if (!['boolean', 'date', 'integer', 'number', 'string'].includes(column.text('type'))) {
    column.wrong('type', 'must be boolean, date, integer, number or string');
  }
  const format = column.text('format');
  if (
    format !== '' &&
    !['int32', 'int64', 'float', 'double', 'byte', 'date', 'date-time', 'password'].includes(format)
  ) {
    column.wrong(
      'format',
      `"${format}" is not known: use int32, int64, float, double, byte, date, date-time or password`,
    );
  }
  if (!column.text('jsonPath').startsWith('.')) column.wrong('jsonPath', 'must be a path such as .status.replicas');
}

function checkConversion(spec: Fields): void {
  const conversion = spec.object('conversion');
  if (!conversion) return;
  const strategy = conversion.text('strategy');
  const webhook = conversion.object('webhook');
  if (strategy === 'Webhook') {
    if (!webhook?.has('clientConfig'))
      conversion.wrong('webhook', 'is missing: strategy Webhook needs its clientConfig');
    if (webhook && webhook.list('conversionReviewVersions').length === 0) {
      webhook.wrong('conversionReviewVersions', 'is empty: give at least v1');
    }
  } else if (strategy !== 'None') conversion.wrong('strategy', 'must be None or Webhook');
  else if (isRecord(conversion.value('webhook')))
    conversion.wrong('webhook', 'may only be given with strategy: Webhook');
}
