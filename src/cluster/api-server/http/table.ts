import type { ServedResource } from '../catalog/served-resource.js';
import type { Json } from '../json.js';
import { columnsOf, type Column } from './columns/columns.js';
import { podRowConditions } from './columns/pod.js';
import type { Form } from './form.js';

/** Objects as the rows that `kubectl get` prints. */
export function tableOf(
  resource: ServedResource,
  objects: readonly object[],
  metadata: object,
  now: number,
  { apiVersion, include }: Form,
): object {
  const columns = columnsOf(resource);
  const shown = {
    Metadata: (object: object) => partialOf(object, apiVersion),
    Object: (object: object) => object,
    None: () => null,
  };
  return {
    kind: 'Table',
    apiVersion,
    metadata,
    columnDefinitions: columns.map(definitionOf),
    rows: objects.map((object) => {
      const conditions = resource.id === '/pods' ? podRowConditions(object as Json) : [];
      return {
        cells: columns.map((column) => column.cell(object as Json, now)),
        ...(conditions.length > 0 && { conditions }),
        object: shown[include](object),
      };
    }),
  };
}

/** What every object has. */
export function partialOf(object: object, apiVersion: string): object {
  return { kind: 'PartialObjectMetadata', apiVersion, metadata: (object as Json)['metadata'] };
}

function definitionOf({ name, type, format = '', description = '', priority }: Column): object {
  return { name, type, format, description, priority };
}
