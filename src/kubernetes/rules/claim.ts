import type { Fields } from '../fields.js';
import { checkLabelSelector } from './labels.js';
import { checkTemplateMetadata } from './metadata.js';
import { dnsSubdomain } from './names.js';
import { quantities } from './resources.js';

/** The spec of a PersistentVolumeClaim, by itself or within a template. */
export function checkClaimSpec(spec: Fields): void {
  const modes = spec.texts('accessModes');
  if (modes.length === 0) spec.wrong('accessModes', 'is empty: give at least one, such as ReadWriteOnce');
  if (modes.includes('ReadWriteOncePod') && modes.length > 1)
    spec.wrong('accessModes', 'may not combine ReadWriteOncePod with others');
  for (const [index, mode] of modes.entries())
    if (mode === '') spec.wrongElement('accessModes', index, 'is empty: use ReadWriteOnce');
  checkLabelSelector(spec, 'selector');
  if (spec.value('volumeMode') === '') spec.wrong('volumeMode', 'is empty: use Filesystem or Block, or leave it out');
  checkSize(spec.objectOrEmpty('resources'));
  for (const name of ['storageClassName', 'volumeAttributesClassName']) {
    const className = spec.text(name);
    const wrong = className === '' ? undefined : dnsSubdomain(className);
    if (wrong !== undefined) spec.wrong(name, wrong);
  }
  const reference = spec.object('dataSourceRef');
  if (
    reference &&
    !reference.has('namespace') &&
    reference.text('apiGroup') === '' &&
    reference.text('kind') !== 'PersistentVolumeClaim'
  ) {
    reference.wrong('kind', 'must be PersistentVolumeClaim unless apiGroup is given');
  }
  for (const name of ['dataSource', 'dataSourceRef']) {
    const source = spec.object(name);
    if (!source) continue;
    source.required('name', 'name the object to copy');
    source.required('kind', 'name its kind');
  }
}

function checkSize(resources: Fields): void {
  const size = quantities(resources, 'requests').get('storage');
  if (size === undefined)
    resources.wrongEntry('requests', 'storage', 'is missing: say how much storage to request, such as 10Gi');
  else if (size <= 0) resources.wrongEntry('requests', 'storage', 'must be more than 0');
}

/** volumeClaimTemplate of an ephemeral volume. */
export function checkClaimTemplate(template: Fields): void {
  const metadata = template.objectOrEmpty('metadata');
  checkTemplateMetadata(metadata);
  for (const name of metadata.keysGiven()) {
    if (!['labels', 'annotations'].includes(name))
      metadata.wrong(name, 'cannot be set here: only labels and annotations are copied');
  }
  checkClaimSpec(template.objectOrEmpty('spec'));
}
