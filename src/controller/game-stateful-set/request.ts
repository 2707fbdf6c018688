import type { StatefulSet } from '../../api/native.js';
import { REVISION_LABEL } from '../../api/native.js';
import type { JsonPatchOperation, Patch } from '../../kube/api.js';
import type { KubeObject, ObjectName } from '../../kube/objects.js';
import { pods, statefulSets, type Resource } from '../../kube/resource.js';
import type { Action, At } from '../../rollout/game-stateful-set/action.js';
import type { PodChange } from '../../rollout/diff.js';
import { closedGate, openGate } from '../../rollout/pod/gate.js';
import { UPDATE_STATE, updateStateText } from '../../rollout/pod/update-state.js';
import { timestamp } from '../../rollout/time.js';
import { gameStatefulSets } from '../resources.js';

/** What an action is on the wire. Each holds the version that was decided on, so that anything newer refuses it. */
export type Request =
  | {
      readonly kind: 'patch';
      readonly resource: Resource;
      readonly name: ObjectName;
      readonly uid: string;
      readonly patch: Patch;
      readonly subresource?: 'status';
    }
  | { readonly kind: 'create'; readonly resource: Resource; readonly object: KubeObject; readonly dryRun: boolean }
  | {
      readonly kind: 'delete';
      readonly resource: Resource;
      readonly name: ObjectName;
      readonly uid: string;
      readonly resourceVersion: string;
    };

/** `now` in milliseconds since 1970: the time of our own conditions. */
export function requestOf(action: Action, namespace: string | undefined, now: number): Request {
  const of = ({ name }: At): ObjectName => ({ ...(namespace !== undefined && { namespace }), name });
  const patchOf = (resource: Resource, at: At, patch: Patch, subresource?: 'status'): Request => ({
    kind: 'patch',
    resource,
    name: of(at),
    uid: at.uid,
    patch,
    ...(subresource !== undefined && { subresource }),
  });
  switch (action.kind) {
    case 'resolveTemplate':
      return { kind: 'create', resource: statefulSets, object: unnamed(action.child), dryRun: true };
    case 'createChild':
      return { kind: 'create', resource: statefulSets, object: action.child as unknown as KubeObject, dryRun: false };
    case 'changeChild':
      return patchOf(statefulSets, action.child, {
        type: 'json',
        operations: [
          atVersion(action.child),
          ...Object.entries(action.change).map(([field, value]): JsonPatchOperation => ({
            op: 'add',
            path: `/spec/${field}`,
            value,
          })),
        ],
      });
    case 'openGate':
      return patchOf(pods, action.pod, conditionPatch(action.pod, openGate(action.reason, timestamp(now))), 'status');
    case 'closeGate': {
      const condition = closedGate(action.plan, action.since ?? timestamp(now));
      return patchOf(pods, action.pod, conditionPatch(action.pod, condition), 'status');
    }
    case 'updatePod': {
      const { pod, change, state } = action;
      const body = {
        metadata: {
          ...preconditions(pod),
          labels: { ...change.labels, [REVISION_LABEL]: state.revision },
          annotations: { ...change.annotations, [UPDATE_STATE]: updateStateText(state) },
        },
        ...specPatch(change),
      };
      return patchOf(pods, pod, { type: 'strategic', body });
    }
    case 'deletePod': {
      const { uid, resourceVersion } = action.pod;
      return { kind: 'delete', resource: pods, name: of(action.pod), uid, resourceVersion };
    }
    case 'writeStatus':
      return patchOf(
        gameStatefulSets,
        action.workload,
        {
          type: 'json',
          operations: [atVersion(action.workload), { op: 'add', path: '/status', value: action.status }],
        },
        'status',
      );
  }
}

/** A name of its own: that of the child is taken where there is one. */
function unnamed(child: StatefulSet): KubeObject {
  const { name, ...metadata } = child.metadata;
  return { ...child, metadata: { ...metadata, generateName: `${name ?? ''}-` } } as unknown as KubeObject;
}

/** Of a JSON patch: with another version than the stored one the server answers 409. */
const atVersion = ({ resourceVersion }: At): JsonPatchOperation => ({
  op: 'replace',
  path: '/metadata/resourceVersion',
  value: resourceVersion,
});

const preconditions = ({ uid, resourceVersion }: At): object => ({ uid, resourceVersion });

const conditionPatch = (pod: At, condition: object): Patch => ({
  type: 'strategic',
  body: { metadata: preconditions(pod), status: { conditions: [condition] } },
});

function specPatch({ images, sidecars, initImages }: PodChange): { readonly spec?: object } {
  const listOf = (of: PodChange['images']): object[] => Object.entries(of).map(([name, image]) => ({ name, image }));
  const containers = listOf(images);
  const initContainers = listOf({ ...sidecars, ...initImages });
  const spec = { ...(containers.length > 0 && { containers }), ...(initContainers.length > 0 && { initContainers }) };
  return Object.keys(spec).length > 0 ? { spec } : {};
}
