/**
 * Writes src/kubernetes/*.gen.json: what the pinned Kubernetes itself says about every object that can be created.
 *
 *     npx tsx scripts/kubernetes-facts.ts           writes the files
 *     npx tsx scripts/kubernetes-facts.ts --check   fails when one is stale
 *
 * The source is the Go module k8s.io/kubernetes at the version that test/control-plane/go.mod pins, so the offline check and
 * the real server that its tests ask are of one version. Fields come from the published OpenAPI document; the values of
 * enumerations are missing there and come from the OpenAPI code that the server itself is built with; which empty values are
 * stored comes from the Go structs, and names of resources from the recorded discovery documents.
 */
import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { pinnedVersion } from '../test/control-plane/pins.js';
import { formsText, numbersText } from './kubernetes-facts/forms.js';
import { GoPackages } from './kubernetes-facts/go-structs.js';
import type { Document, Schema, TypeFacts } from './kubernetes-facts/open-api.js';
import { resourcesText } from './kubernetes-facts/resources.js';

const repository = fileURLToPath(new URL('..', import.meta.url));

type KindFacts = readonly [type: string, scope: 'Namespaced' | 'Cluster'];
/** Per Go type name such as `io.k8s.api.core.v1.ContainerPort`, per field, the values that it may have. */
type Enumerations = ReadonlyMap<string, ReadonlyMap<string, readonly string[]>>;

/** Types whose JSON form is not that of their fields. */
const scalars: Readonly<Record<string, string>> = {
  'io.k8s.apimachinery.pkg.api.resource.Quantity': 'quantity',
  'io.k8s.apimachinery.pkg.util.intstr.IntOrString': 'int-or-string',
  'io.k8s.apimachinery.pkg.apis.meta.v1.Time': 'time',
  'io.k8s.apimachinery.pkg.apis.meta.v1.MicroTime': 'micro-time',
  'io.k8s.apimachinery.pkg.apis.meta.v1.FieldsV1': 'any',
  'io.k8s.apimachinery.pkg.runtime.RawExtension': 'any',
  'io.k8s.apiextensions-apiserver.pkg.apis.apiextensions.v1.JSON': 'any',
  'io.k8s.apiextensions-apiserver.pkg.apis.apiextensions.v1.JSONSchemaPropsOrArray': 'any',
  'io.k8s.apiextensions-apiserver.pkg.apis.apiextensions.v1.JSONSchemaPropsOrBool': 'any',
  'io.k8s.apiextensions-apiserver.pkg.apis.apiextensions.v1.JSONSchemaPropsOrStringArray': 'any',
};

function main(): void {
  const version = pinnedVersion();
  const folder = moduleFolder('k8s.io/kubernetes');
  const document = JSON.parse(readFileSync(join(folder, 'api/openapi-spec/swagger.json'), 'utf8')) as Document;
  const enumerations = readEnumerations(
    readFileSync(join(folder, 'pkg/generated/openapi/zz_generated.openapi.go'), 'utf8'),
  );
  const kinds = creatableKinds(document);
  const types = reachableTypes(document, kinds, enumerations);
  const go = new GoPackages(new Map(API_MODULES.map((module) => [module, moduleFolder(module)])));
  const files: Readonly<Record<string, string>> = {
    'src/kubernetes/facts.gen.json': print(version, kinds, types),
    'src/kubernetes/forms.gen.json': formsText(version, document, types, go),
    'src/kubernetes/protobuf-numbers.gen.json': numbersText(version, types, go),
    'src/kubernetes/resources.gen.json': resourcesText(version, join(folder, 'api/discovery')),
  };
  for (const [file, text] of Object.entries(files)) {
    const target = join(repository, file);
    if (!process.argv.includes('--check')) {
      writeFileSync(target, text);
      process.stdout.write(`${file}: Kubernetes ${version}, ${Math.round(text.length / 1024)} KiB\n`);
    } else if (!existsSync(target) || readFileSync(target, 'utf8') !== text) {
      process.stderr.write(`${file} is stale: run npx tsx scripts/kubernetes-facts.ts\n`);
      process.exitCode = 1;
    }
  }
}

/** Where the Go structs of the API are. */
const API_MODULES = ['k8s.io/api', 'k8s.io/apimachinery', 'k8s.io/apiextensions-apiserver', 'k8s.io/kube-aggregator'];

function moduleFolder(module: string): string {
  const cwd = join(repository, 'test/control-plane');
  execFileSync('go', ['mod', 'download', module], { cwd });
  return execFileSync('go', ['list', '-m', '-f', '{{.Dir}}', module], { cwd, encoding: 'utf8' }).trim();
}

/** Kinds with a create operation on a collection; those on one named object (Eviction, Scale) are subresources. */
function creatableKinds(document: Document): Map<string, Map<string, KindFacts>> {
  const kinds = new Map<string, Map<string, KindFacts>>();
  for (const [path, { post }] of Object.entries(document.paths)) {
    const identity = post?.['x-kubernetes-group-version-kind'];
    if (!post || !identity || post['x-kubernetes-action'] !== 'post' || path.includes('{name}')) continue;
    const reference = post.parameters?.find((parameter) => parameter.in === 'body')?.schema?.$ref;
    if (!reference) continue;
    const apiVersion = identity.group === '' ? identity.version : `${identity.group}/${identity.version}`;
    const ofVersion = kinds.get(apiVersion) ?? new Map<string, KindFacts>();
    kinds.set(apiVersion, ofVersion);
    ofVersion.set(identity.kind, [
      typeName(reference),
      path.includes('/namespaces/{namespace}/') ? 'Namespaced' : 'Cluster',
    ]);
  }
  return kinds;
}

/** What is sent to subresources and is no object of its own. */
const OF_SUBRESOURCES = ['io.k8s.api.autoscaling.v1.Scale', 'io.k8s.api.policy.v1.Eviction'];

function reachableTypes(
  document: Document,
  kinds: ReadonlyMap<string, ReadonlyMap<string, KindFacts>>,
  enumerations: Enumerations,
): Map<string, TypeFacts> {
  const types = new Map<string, TypeFacts>();
  const visit = (name: string): void => {
    if (types.has(name) || scalars[name]) return;
    const schema = document.definitions[name];
    if (!schema) throw new Error(`${name} is referred to and not defined.`);
    const fields: Record<string, string> = {};
    const keys: Record<string, readonly string[]> = {};
    types.set(name, {
      fields,
      ...(schema.required ? { required: schema.required } : {}),
      keys,
    });
    for (const [field, of] of sorted(Object.entries(schema.properties ?? {}))) {
      const values = enumerations.get(name)?.get(field);
      fields[field] = typeCode(of, visit) + (values ? `=${values.join('|')}` : '');
      if (of['x-kubernetes-list-map-keys']) keys[field] = of['x-kubernetes-list-map-keys'];
    }
  };
  for (const ofVersion of kinds.values()) for (const [type] of ofVersion.values()) visit(type);
  for (const type of OF_SUBRESOURCES) visit(type);
  return types;
}

/** `string`, `[]int32`, `{}quantity`, `[]io.k8s.api.core.v1.Container`: what src/kubernetes/facts.ts reads. */
function typeCode(schema: Schema, visit: (name: string) => void): string {
  if (schema.$ref) {
    const name = typeName(schema.$ref);
    visit(name);
    return scalars[name] ?? name;
  }
  switch (schema.type) {
    case 'array':
      return `[]${typeCode(schema.items ?? {}, visit)}`;
    case 'object':
      return schema.additionalProperties ? `{}${typeCode(schema.additionalProperties, visit)}` : 'any';
    case 'integer':
      return schema.format === 'int64' ? 'int64' : 'int32';
    case 'number':
      return 'number';
    case 'boolean':
      return 'boolean';
    case 'string':
      return schema.format === 'byte' ? 'byte' : 'string';
    default:
      return 'any';
  }
}

function typeName(reference: string): string {
  return reference.replace('#/definitions/', '');
}

/** gofmt'ed and generated, so that its indentation says where a line belongs. */
function readEnumerations(source: string): Enumerations {
  const typeOf = new Map<string, string>();
  for (const [, goName, builder] of source.matchAll(/^\t\t"([^"]+)":\s+(schema_\w+)\(ref\),$/gm)) {
    typeOf.set(builder!, goTypeName(goName!));
  }
  const enumerations = new Map<string, Map<string, readonly string[]>>();
  let type = '';
  let field = '';
  for (const line of source.split('\n')) {
    const builder = /^func (schema_\w+)\(/.exec(line)?.[1];
    if (builder) type = typeOf.get(builder) ?? '';
    field = /^\t{5}"([^"]+)": \{$/.exec(line)?.[1] ?? field;
    const values = /^\t+Enum:\s+\[\]interface\{\}\{(.*)\},$/.exec(line)?.[1];
    if (values === undefined) continue;
    const ofType = enumerations.get(type) ?? new Map<string, readonly string[]>();
    enumerations.set(type, ofType);
    ofType.set(field, JSON.parse(`[${values}]`) as string[]);
  }
  return enumerations;
}

/** `k8s.io/api/core/v1.Pod` is `io.k8s.api.core.v1.Pod` in the document. */
function goTypeName(name: string): string {
  const [host = '', ...rest] = name.split('/');
  return [...host.split('.').reverse(), ...rest].join('.');
}

/** One line per type: a new Kubernetes version shows as a readable difference. */
function print(
  version: string,
  kinds: ReadonlyMap<string, ReadonlyMap<string, KindFacts>>,
  types: ReadonlyMap<string, TypeFacts>,
): string {
  const kindLines = sorted([...kinds]).map(
    ([apiVersion, ofVersion]) =>
      `${JSON.stringify(apiVersion)}:${JSON.stringify(Object.fromEntries(sorted([...ofVersion])))}`,
  );
  const typeLines = sorted([...types]).map(([name, { fields, required, keys }]) => {
    const facts = {
      fields,
      ...(required ? { required } : {}),
      ...(keys && Object.keys(keys).length > 0 ? { keys } : {}),
    };
    return `${JSON.stringify(name)}:${JSON.stringify(facts)}`;
  });
  return (
    `{"kubernetes":${JSON.stringify(version)},\n` +
    `"kinds":{\n${kindLines.join(',\n')}\n},\n"types":{\n${typeLines.join(',\n')}\n}}\n`
  );
}

function sorted<T>(entries: readonly (readonly [string, T])[]): (readonly [string, T])[] {
  return [...entries].sort(([a], [b]) => (a < b ? -1 : 1));
}

main();
