import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

interface ApiResourceList {
  readonly groupVersion?: string;
  readonly resources?: readonly {
    readonly name: string;
    readonly singularName: string;
    readonly namespaced: boolean;
    readonly kind: string;
    readonly group?: string;
    readonly version?: string;
    readonly verbs: readonly string[];
    readonly shortNames?: readonly string[];
    readonly categories?: readonly string[];
  }[];
}

/** What the server says of its resources when it is asked to; alpha and beta versions are off by default. */
export function resourcesText(version: string, folder: string): string {
  const lines = readdirSync(folder)
    .filter((file) => file.includes('__') && file.endsWith('.json'))
    .map((file) => JSON.parse(readFileSync(join(folder, file), 'utf8')) as ApiResourceList)
    .filter(({ groupVersion = '' }) => /(^|\/)v\d+$/.test(groupVersion))
    .sort((one, other) => (one.groupVersion! < other.groupVersion! ? -1 : 1))
    .map(({ groupVersion, resources = [] }) => {
      const entries = resources.map(({ name, singularName, namespaced, kind, group, version: of, ...rest }) => ({
        name,
        ...(singularName !== '' && { singularName }),
        namespaced,
        kind,
        ...(group !== undefined && { group }),
        ...(of !== undefined && { version: of }),
        verbs: rest.verbs,
        ...(rest.shortNames && { shortNames: rest.shortNames }),
        ...(rest.categories && { categories: rest.categories }),
      }));
      const rows = entries.map((entry) => JSON.stringify(entry)).join(',\n');
      return `${JSON.stringify(groupVersion)}:[\n${rows}]`;
    });
  return `{"kubernetes":${JSON.stringify(version)},\n"groupVersions":{\n${lines.join(',\n')}\n}}\n`;
}
