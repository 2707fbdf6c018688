import type { Fields } from '../fields.js';
import { checkLabels } from './labels.js';
import { dnsLabel, qualifiedName, type NameRule } from './names.js';

const annotationLimit = 256 * 1024;
const standardFinalizers = ['kubernetes', 'orphan', 'foregroundDeletion'];

/** metadata of an object that is created: its name by the rule of its kind, labels, annotations, owners, finalizers. */
export function checkMetadata(
  metadata: Fields,
  nameRule: NameRule,
  { namespaced = true, coreFinalizers = true, nameless = false } = {},
): void {
  const name = metadata.text('name');
  const prefix = metadata.text('generateName');
  if (prefix !== '') {
    // A name is appended to it, so a "-" at its end is fine.
    const wrong = nameRule(prefix.endsWith('-') ? `${prefix.slice(0, -1)}a` : prefix);
    if (wrong !== undefined) metadata.wrong('generateName', wrong);
  }
  if (name === '') {
    if (prefix === '' && !nameless) metadata.wrong('name', 'is missing: every object needs a name (or generateName)');
  } else {
    const wrong = nameRule(name);
    if (wrong !== undefined) metadata.wrong('name', wrong);
  }
  const namespace = metadata.text('namespace');
  // The server drops the namespace of what is in none before it looks at it.
  if (namespaced && namespace !== '') {
    const wrong = dnsLabel(namespace);
    if (wrong !== undefined) metadata.wrong('namespace', wrong);
  }
  metadata.notNegative('generation');
  checkLabels(metadata, 'labels');
  checkAnnotations(metadata, 'annotations');
  checkOwners(metadata);
  checkFinalizers(metadata, coreFinalizers);
}

/** metadata of something that is not an object of its own, such as a pod template: a name is ignored there. */
export function checkTemplateMetadata(metadata: Fields): void {
  checkLabels(metadata, 'labels');
  checkAnnotations(metadata, 'annotations');
}

function checkAnnotations(metadata: Fields, name: string): void {
  const annotations = metadata.entries(name);
  let size = 0;
  for (const [key, value] of annotations) {
    const wrong = qualifiedName(key.toLowerCase());
    if (wrong !== undefined) metadata.wrongEntry(name, key, wrong);
    size += byteLength(key) + byteLength(value);
  }
  if (size > annotationLimit)
    metadata.wrong(name, `have ${size} bytes: all annotations together may have 262144; use a ConfigMap`);
}

function checkOwners(metadata: Fields): void {
  let controller = false;
  for (const owner of metadata.objects('ownerReferences')) {
    owner.required('apiVersion', 'name the version of the owner, such as apps/v1');
    owner.required('kind', 'name the kind of the owner');
    owner.required('name', 'name the owner');
    owner.required('uid', 'give the uid of the owner');
    if (!owner.isTrue('controller')) continue;
    if (controller) metadata.wrong('ownerReferences', 'name two controllers: only one owner may have controller: true');
    controller = true;
  }
}

export function checkFinalizers(metadata: Fields, coreFinalizers = true): void {
  for (const [index, finalizer] of metadata.texts('finalizers').entries()) {
    const wrong = qualifiedName(finalizer);
    if (wrong !== undefined) metadata.wrongElement('finalizers', index, wrong);
    else if (coreFinalizers && !finalizer.includes('/') && !standardFinalizers.includes(finalizer)) {
      metadata.wrongElement('finalizers', index, `"${finalizer}" has no domain: write example.com/${finalizer}`);
    }
  }
}

/** Limits are in bytes of UTF-8, which only differs for what is not ASCII. */
export function byteLength(text: string): number {
  return text.length * 3 > 4096 ? Buffer.byteLength(text) : measure(text);
}

function measure(text: string): number {
  for (let index = 0; index < text.length; index++) if (text.charCodeAt(index) > 127) return Buffer.byteLength(text);
  return text.length;
}
