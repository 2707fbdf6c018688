import { dump } from 'js-yaml';
import type { Manifest } from '../../constructs/manifests/manifest.js';

export type Format = 'yaml' | 'json';

/** The one place where objects become text: the same objects give the same bytes, whatever the machine and the Node version. */
export const emit = (manifests: readonly Manifest[], format: Format): string =>
  format === 'yaml' ? emitYaml(manifests) : emitJson(manifests);

/** One document per object. Quoted so that YAML 1.1 readers, Kubernetes' own among them, see the same values. */
const emitYaml = (manifests: readonly Manifest[]): string =>
  manifests.map((manifest) => dump(manifest, { noRefs: true, lineWidth: -1 })).join('---\n');

/** A List, which kubectl takes apart again. */
const emitJson = (manifests: readonly Manifest[]): string =>
  `${JSON.stringify({ apiVersion: 'v1', kind: 'List', items: manifests }, undefined, 2)}\n`;
