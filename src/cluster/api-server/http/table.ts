import type { ServedResource } from '../catalog/served-resource.js';
import type { Json } from '../json.js';
import { columnsOf, type Column } from './columns.js';

/** Objects as the rows that `kubectl get` prints. */
export function tableOf(
  resource: ServedResource,
  objects: readonly object[],
  metadata: object,
  now: number,
  withObjects: 'Metadata' | 'Object' | 'None' = 'Metadata',
): object {
  const columns = columnsOf(resource);
  return {
    kind: 'Table',
    apiVersion: 'meta.k8s.io/v1',
    metadata,
    columnDefinitions: columns.map(definitionOf),
    rows: objects.map((object) => ({
      cells: columns.map((column) => column.cell(object as Json, now)),
      ...(withObjects !== 'None' && { object: withObjects === 'Object' ? object : partial(object as Json) }),
    })),
  };
}

function definitionOf({ name, type, format = '', description = '', priority }: Column): object {
  return { name, type, format, description, priority };
}

function partial({ metadata }: Json): object {
  return { kind: 'PartialObjectMetadata', apiVersion: 'meta.k8s.io/v1', metadata };
}
