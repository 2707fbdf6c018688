import { REVISION_LABEL } from '../../../api/native.js';
import { statefulSets } from '../../../kube/resource.js';
import type { Observed } from '../../../kube/store.js';
import type { Pod, StatefulSet } from '../objects.js';
import { controllerReference } from '../owners.js';
import { podFrom } from '../pod-template.js';
import { templateOf } from '../revision/data.js';
import type { SeenRevision } from '../revision/history.js';
import { volumesOf, type Volume } from './claims.js';
import { podNameOf, POD_INDEX_LABEL, POD_NAME_LABEL, startOf } from './identity.js';

/**
 * Whether a new pod of this ordinal is of the current revision; else of the update revision. The partition counts from the first
 * ordinal. Without one (OnDelete says none) all are new; without `rollingUpdate` altogether the lowest are old, as many as are
 * `currentReplicas`.
 */
export function startsOld({ spec, status, ...set }: Observed<StatefulSet>, ordinal: number): boolean {
  const { type = 'RollingUpdate', rollingUpdate } = spec.updateStrategy ?? {};
  const index = ordinal - startOf({ spec, ...set });
  if (rollingUpdate !== undefined) return index < (rollingUpdate.partition ?? 0);
  return type === 'RollingUpdate' && index < (status?.currentReplicas ?? 0);
}

export function newPod(set: Observed<StatefulSet>, ordinal: number, revision: SeenRevision): Pod {
  const name = podNameOf(set, ordinal);
  const { namespace = '' } = set.metadata;
  const owner = controllerReference(set, statefulSets);
  const { metadata, spec } = podFrom(templateOf(revision.data), owner, namespace, name);
  const volumes = volumesOf(set, ordinal, (spec['volumes'] ?? []) as readonly Volume[]);
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: {
      ...metadata,
      labels: {
        ...metadata.labels,
        [POD_NAME_LABEL]: name,
        [POD_INDEX_LABEL]: String(ordinal),
        [REVISION_LABEL]: revision.metadata.name,
      },
    },
    spec: {
      ...spec,
      hostname: name,
      ...(set.spec.serviceName !== undefined && { subdomain: set.spec.serviceName }),
      ...(volumes.length > 0 && { volumes }),
    },
  };
}
