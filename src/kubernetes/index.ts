import { suggest } from '../api/suggest.js';
import {
  builtInApiVersions,
  builtInKind,
  builtInKinds,
  kubernetesVersion,
  typeShape,
  versionsOf,
  type BuiltInKind,
  type ObjectShape,
} from './facts.js';
import { Fields } from './fields.js';
import { kindRules, typeRules } from './kinds.js';
import { checkListKeys } from './list-keys.js';
import { FieldPath, Problems, type ObjectProblem } from './problem.js';
import { checkMetadata } from './rules/metadata.js';
import { dnsSubdomain, pathSegment } from './rules/names.js';
import { withoutSecrets } from './secrets.js';
import { checkRequired, checkStructure, describe, isRecord } from './structure.js';

export type { ObjectProblem } from './problem.js';
export { kubernetesVersion } from './facts.js';

/** The check of a custom resource, given its whole object. What is known of every object (metadata) is checked before. */
export type CustomCheck = (object: Readonly<Record<string, unknown>>) => readonly ObjectProblem[];

export interface CheckOptions {
  /** Checks of kinds that Kubernetes does not know, by `apiVersion/kind`: `tkex.tencent.com/v1alpha1/GameStatefulSet`. */
  readonly custom?: ReadonlyMap<string, CustomCheck>;
  /** Also what only a server-side apply refuses: two elements of one key in a list. Default: false, as for a create. */
  readonly serverSideApply?: boolean;
}

export interface TypeOptions {
  /**
   * For pod templates of a StatefulSet-like kind: the names of its volumeClaimTemplates, which containers may mount like volumes.
   * Such kinds also set hostname and subdomain of their pods themselves, so these are not looked at.
   */
  readonly claims?: readonly string[];
}

const metadataType = 'io.k8s.apimachinery.pkg.apis.meta.v1.ObjectMeta';

/**
 * What the API server of the pinned Kubernetes version would refuse in an object that is created: unknown fields, wrong types,
 * and what its validation says of every kind that a zone holds. Empty means accepted. Never touches a cluster, so it cannot know
 * what depends on one: whether a namespace or a class exists, quotas, admission webhooks.
 *
 * Of a group that Kubernetes does not serve only metadata is checked, and what `options.custom` has for the kind.
 */
export function checkObject(object: unknown, options: CheckOptions = {}): ObjectProblem[] {
  const problems = new Problems();
  if (!isRecord(object)) {
    problems.add(FieldPath.root, `must be a Kubernetes object, not ${describe(object)}`, object);
    return problems.found;
  }
  const fields = Fields.of(object, FieldPath.root, problems);
  const apiVersion = fields.text('apiVersion');
  const kind = fields.text('kind');
  fields.required('apiVersion', 'every object needs it, such as v1 or apps/v1');
  fields.required('kind', 'every object needs it, such as Service');
  if (problems.found.length > 0) return problems.found;

  const builtIn = builtInKind(apiVersion, kind);
  if (builtIn) {
    checkBuiltIn(object, fields, builtIn, problems);
    if (options.serverSideApply === true) checkListKeys(builtIn.shape, object, FieldPath.root, problems);
  } else if (isServedByKubernetes(apiVersion)) {
    if (versionsOf(kind).length > 0) fields.wrong('apiVersion', unknownVersion(apiVersion, kind));
    else fields.wrong('kind', unknownKind(apiVersion, kind));
  } else {
    checkStructure(shapeOf(metadataType), object['metadata'], FieldPath.root.at('metadata'), problems);
    checkMetadata(fields.objectOrEmpty('metadata'), dnsSubdomain, { coreFinalizers: false });
    for (const found of options.custom?.get(`${apiVersion}/${kind}`)?.(object) ?? []) problems.found.push(found);
  }
  return kind === 'Secret' ? withoutSecrets(problems.found) : problems.found;
}

/**
 * The same for a part of an object, by the name of its type in Kubernetes' OpenAPI document, such as
 * `io.k8s.api.core.v1.PodTemplateSpec`. Problems begin with `path`.
 */
export function checkType(typeName: string, value: unknown, path: string, options: TypeOptions = {}): ObjectProblem[] {
  const problems = new Problems();
  const place = FieldPath.from(path);
  const shape = shapeOf(typeName);
  const rules = typeRules(typeName);
  checkStructure(shape, value, place, problems);
  if (rules)
    rules(Fields.of(value, place, problems), {
      claims: new Set(options.claims),
      ignoreHostname: options.claims !== undefined,
    });
  else checkRequired(shape, value, place, problems);
  return problems.found;
}

function checkBuiltIn(
  object: Record<string, unknown>,
  fields: Fields,
  { shape, namespaced }: BuiltInKind,
  problems: Problems,
): void {
  const apiVersion = fields.text('apiVersion');
  checkStructure(shape, object, FieldPath.root, problems);
  const rules = kindRules(apiVersion, fields.text('kind'));
  if (shape.fields.has('metadata') && !isQuestion(apiVersion)) {
    const options = {
      namespaced,
      coreFinalizers: rules?.laxFinalizers !== true,
      nameless: rules?.mayBeNameless === true,
    };
    checkMetadata(fields.objectOrEmpty('metadata'), rules?.name ?? pathSegment, options);
  }
  if (rules) rules.check(fields);
  // Without rules of its own a kind has at least the fields that its schema calls required.
  else checkRequired(shape, object, FieldPath.root, problems);
}

/** Reviews are answered, not kept, so they have no name. */
function isQuestion(apiVersion: string): boolean {
  return ['authentication.k8s.io', 'authorization.k8s.io'].includes(groupOf(apiVersion));
}

/** Groups without a dot, and those of Kubernetes' own domain that it really serves, are not a user's. */
function isServedByKubernetes(apiVersion: string): boolean {
  const group = groupOf(apiVersion);
  builtInGroups ??= new Set(builtInApiVersions().map(groupOf));
  return !group.includes('.') || builtInGroups.has(group);
}

let builtInGroups: ReadonlySet<string> | undefined;

function groupOf(apiVersion: string): string {
  const slash = apiVersion.indexOf('/');
  return slash < 0 ? '' : apiVersion.slice(0, slash);
}

function unknownVersion(apiVersion: string, kind: string): string {
  return `Kubernetes ${kubernetesVersion} has no ${kind} in ${apiVersion}: use ${versionsOf(kind).join(' or ')}`;
}

function unknownKind(apiVersion: string, kind: string): string {
  const everywhere = builtInApiVersions().flatMap(builtInKinds);
  const near = suggest(kind, new Set(everywhere));
  if (near === undefined)
    return `Kubernetes ${kubernetesVersion} has no ${kind} in ${apiVersion}: check the spelling of both`;
  return `Kubernetes ${kubernetesVersion} has no ${kind}: did you mean ${near} (${versionsOf(near).join(', ')})?`;
}

function shapeOf(typeName: string): ObjectShape {
  const shape = typeShape(typeName);
  if (!shape) throw new Error(`${typeName} is not a type of Kubernetes ${kubernetesVersion}.`);
  return shape;
}
