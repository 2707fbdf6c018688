import { conditionOf } from '../../../src/api/pod.js';
import { REVISION_LABEL } from '../../../src/api/native.js';
import type { OwnedMetadata } from '../../../src/api/native.js';
import { READINESS_GATE } from '../../../src/rollout/pod/gate.js';
import { UPDATE_STATE } from '../../../src/rollout/pod/update-state.js';
import { timestamp } from '../../../src/rollout/time.js';
import type { Stream } from './objects.js';
import { withCondition } from './api-server.js';
import type { Wanted } from './wanted.js';
import type { World } from './world.js';

/** Something that a user, a foreigner or bad luck does. Pods are named by their place among those that exist, nodes by number. */
export type Event =
  | { readonly do: 'want'; readonly change: Partial<Wanted> }
  | { readonly do: 'delete' | 'kill' | 'fail'; readonly pod: number }
  | { readonly do: 'crash'; readonly pod: number; readonly container: string }
  | { readonly do: 'closeGate' | 'openGate' | 'removeGate'; readonly pod: number }
  | { readonly do: 'label'; readonly pod: number; readonly revision: string }
  | { readonly do: 'damageState'; readonly pod: number }
  | { readonly do: 'loseNode'; readonly node: number; readonly for: number; readonly fenced: boolean }
  | { readonly do: 'editChild'; readonly partition: number }
  | { readonly do: 'deleteChild' | 'orphanChild' }
  | { readonly do: 'endController'; readonly for: number }
  | { readonly do: 'stopNative'; readonly for: number }
  | { readonly do: 'stall'; readonly stream: Stream; readonly for: number }
  | { readonly do: 'job'; readonly name: string; readonly is: 'Complete' | 'Failed' | 'running' | 'gone' };

export interface Timed {
  /** Milliseconds since the beginning. */
  readonly at: number;
  readonly event: Event;
}

/** In words, for the trace. */
export const textOf = ({ do: what, ...details }: Event): string =>
  [
    what,
    ...Object.values(details).map((value) => (typeof value === 'object' ? JSON.stringify(value) : String(value))),
  ].join(' ');

export function apply(world: World, event: Event): void {
  const { api, kubelets, checker, controller } = world;
  const onPod = (index: number, act: (name: string, uid: string) => void, isForeign = false): void => {
    const pod = world.podAt(index);
    if (!pod) return;
    world.tell('', `  ... which is ${pod.metadata.name}`);
    if (isForeign) checker.touchedByOthers.add(pod.metadata.uid!);
    act(pod.metadata.name!, pod.metadata.uid!);
  };
  switch (event.do) {
    case 'want':
      world.want(event.change);
      break;
    case 'delete':
      onPod(event.pod, (name) => api.deletePod(name));
      break;
    case 'kill':
      onPod(event.pod, (name) => api.removePod(name));
      break;
    case 'fail':
      onPod(event.pod, (name) =>
        api.changePod(name, (pod) => ({ ...pod, status: { ...pod.status, phase: 'Failed', containerStatuses: [] } })),
      );
      break;
    case 'crash':
      onPod(event.pod, (_, uid) => kubelets.runtimeOf(uid)?.crash(event.container));
      break;
    case 'closeGate':
    case 'openGate':
    case 'removeGate':
      onPod(event.pod, (name) => setGate(world, name, event.do), true);
      break;
    case 'label':
      onPod(
        event.pod,
        (name) =>
          api.changePod(name, (pod) => ({
            ...pod,
            metadata: { ...pod.metadata, labels: { ...pod.metadata.labels, [REVISION_LABEL]: event.revision } },
          })),
        true,
      );
      break;
    case 'damageState':
      onPod(
        event.pod,
        (name) =>
          api.changePod(name, (pod) => ({
            ...pod,
            metadata: { ...pod.metadata, annotations: { ...pod.metadata.annotations, [UPDATE_STATE]: '{' } },
          })),
        true,
      );
      break;
    case 'loseNode': {
      const node = [...api.nodes.keys()][event.node % api.nodes.size]!;
      kubelets.loseNode(node);
      world.clock.after(event.for, () => {
        if (!kubelets.isLost(node)) return;
        world.tell('node', `${node} is back`);
        if (event.fenced)
          for (const pod of [...api.pods.values()]) if (pod.spec.nodeName === node) api.removePod(pod.metadata.name!);
        kubelets.findNode(node);
      });
      break;
    }
    case 'editChild':
      checker.childTouchedByOthers = true;
      if (api.child)
        api.changeChild({ updateStrategy: { type: 'RollingUpdate', rollingUpdate: { partition: event.partition } } });
      break;
    case 'deleteChild':
      checker.childTouchedByOthers = true;
      if (api.child) api.removeChild();
      for (const name of [...api.revisions.keys()]) api.removeRevision(name);
      for (const name of [...api.pods.keys()]) api.deletePod(name);
      break;
    case 'orphanChild':
      if (api.child) api.removeChild();
      for (const name of api.pods.keys())
        api.changePod(name, (pod) => {
          const { ownerReferences: _, ...metadata } = pod.metadata as OwnedMetadata;
          return { ...pod, metadata };
        });
      break;
    case 'endController':
      controller.crash(event.for);
      break;
    case 'stopNative':
      world.stopNative(event.for);
      break;
    case 'stall':
      controller.stall(event.stream, event.for);
      break;
    case 'job':
      if (event.is === 'gone') api.removeJob(event.name);
      else
        api.putJob({
          metadata: { name: event.name, uid: `job-${event.name}` },
          status: { conditions: event.is === 'running' ? [] : [{ type: event.is, status: 'True' }] },
        });
  }
}

function setGate({ api, clock }: World, name: string, how: 'closeGate' | 'openGate' | 'removeGate'): void {
  api.changePod(name, (pod) => {
    if (!pod.spec.readinessGates) return pod;
    if (how !== 'removeGate') {
      const status = how === 'openGate' ? 'True' : 'False';
      const same = conditionOf(pod.status, READINESS_GATE);
      const lastTransitionTime = timestamp(clock.now());
      return same?.status === status ? pod : withCondition(pod, { type: READINESS_GATE, status, lastTransitionTime });
    }
    const conditions = (pod.status?.conditions ?? []).filter(({ type }) => type !== READINESS_GATE);
    return { ...pod, status: { ...pod.status, conditions } };
  });
}
