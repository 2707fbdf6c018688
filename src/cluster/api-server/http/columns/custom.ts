import type { ServedResource } from '../../catalog/served-resource.js';
import { at, isRecord, list, text } from '../../json.js';
import { age } from '../age.js';
import { AGE, type Column } from './column.js';

/** What a CustomResourceDefinition says of its rows. Source: k8s.io/apiextensions-apiserver/pkg/registry/customresource/tableconvertor. */
export function customColumns({ custom }: ServedResource): readonly Column[] {
  const declared = custom?.columns ?? [];
  if (declared.length === 0) return [AGE];
  return declared.map((one): Column => {
    const [name, type, path] = [text(one['name']), text(one['type']), pathOf(text(one['jsonPath']))];
    return {
      name,
      type,
      ...(typeof one['format'] === 'string' && { format: one['format'] }),
      ...(typeof one['description'] === 'string' && { description: one['description'] }),
      priority: typeof one['priority'] === 'number' ? one['priority'] : 0,
      cell(object, now) {
        const value = find(object, path);
        if (type === 'date') return value === undefined ? '<unknown>' : age(value, now);
        if (value === undefined) return null;
        return isRecord(value) || Array.isArray(value) ? JSON.stringify(value) : value;
      },
    };
  });
}

/** `.status.conditions[?(@.type=="Ready")].status`: fields, indexes and one filter by equality. */
function pathOf(path: string): readonly (string | readonly [key: string, value: string])[] {
  const steps = path.matchAll(/\.?([^.[\]]+)|\[(\d+)\]|\['([^']+)'\]|\[\?\(@\.([\w.]+)\s*==\s*["']([^"']*)["']\)\]/g);
  return [...steps].map(([, name, index, quoted, key, value]) =>
    key === undefined ? (name ?? index ?? quoted)! : ([key, value!] as const),
  );
}

function find(object: unknown, path: ReturnType<typeof pathOf>): unknown {
  let here = object;
  for (const step of path) {
    if (typeof step !== 'string') here = list(here).find((one) => at(one, ...step[0].split('.')) === step[1]);
    else if (Array.isArray(here)) here = (here as unknown[])[Number(step)];
    else here = isRecord(here) ? here[step] : undefined;
  }
  return here;
}
