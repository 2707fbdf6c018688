import { differences } from '../differential/difference.js';
import type { WireClient } from './client.js';

interface Entry {
  readonly name: string;
  readonly storageVersionHash?: string;
}

interface ResourceList {
  readonly resources: readonly Entry[];
}

/** What both say of the resources that the embedded server serves, and which of a group it does not serve. */
export async function compareDiscovery(real: WireClient, ours: WireClient): Promise<readonly string[]> {
  const { body } = await ours.send({ method: 'GET', path: '/apis' });
  const { groups } = body as { readonly groups: readonly { readonly versions: readonly { groupVersion: string }[] }[] };
  const versions = groups.flatMap((group) => group.versions.map(({ groupVersion }) => `/apis/${groupVersion}`));
  const lines = await Promise.all(['/api/v1', ...versions].map((path) => compareResources(real, ours, path)));
  return lines.flat();
}

async function compareResources(real: WireClient, ours: WireClient, path: string): Promise<readonly string[]> {
  const resourcesOf = async (client: WireClient): Promise<ReadonlyMap<string, object>> => {
    const { code, body } = await client.send({ method: 'GET', path });
    if (code !== 200) return new Map();
    const { resources } = body as ResourceList;
    return new Map(resources.map(({ storageVersionHash: _, ...entry }) => [entry.name, entry]));
  };
  const [theirs, own] = await Promise.all([resourcesOf(real), resourcesOf(ours)]);
  return [
    ...[...own].flatMap(([name, entry]) => differences(sorted(theirs.get(name)), sorted(entry), `${path} ${name}`)),
    ...[...theirs.keys()].filter((name) => !own.has(name)).map((name) => `${path} ${name}: not served`),
  ];
}

/** The order of verbs and names is none. */
function sorted(value: unknown): unknown {
  if (Array.isArray(value)) return [...(value as unknown[])].sort();
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([name, field]) => [name, sorted(field)]));
}

interface Document {
  readonly paths: Readonly<Record<string, object>>;
  readonly components: { readonly schemas: Readonly<Record<string, Schema>> };
}

interface Schema {
  readonly properties?: Readonly<Record<string, unknown>>;
  readonly required?: readonly string[];
  readonly 'x-kubernetes-group-version-kind'?: readonly object[];
}

/** What both OpenAPI documents say of the fields of these kinds: their names, which are required, and the paths. */
export async function compareOpenApi(
  real: WireClient,
  ours: WireClient,
  place: string,
  schemas: readonly string[],
): Promise<readonly string[]> {
  const documentOf = async (client: WireClient): Promise<Document> => {
    const { body } = await client.send({ method: 'GET', path: `/openapi/v3/${place}` });
    return body as Document;
  };
  const [theirs, own] = await Promise.all([documentOf(real), documentOf(ours)]);
  const shape = ({ properties = {}, required = [], ...rest }: Schema = {}): object => ({
    fields: Object.keys(properties).sort().slice(1),
    required: [...required].sort(),
    kinds: rest['x-kubernetes-group-version-kind']?.slice(0, 1),
  });
  return [
    ...Object.keys(own.paths)
      .filter((path) => theirs.paths[path] === undefined)
      .map((path) => `${path}: no path of the real one`),
    ...schemas.flatMap((name) =>
      differences(shape(theirs.components.schemas[name]), shape(own.components.schemas[name]), name),
    ),
  ];
}
