import { conditionOf } from '../../../api/pod.js';
import { isKubeError } from '../../../kube/error.js';
import { keyOf } from '../../../kube/objects.js';
import type { Observed, Store } from '../../../kube/store.js';
import { timestamp } from '../../kubelet/container-status.js';
import type { Node } from '../../kubelet/node-object.js';
import type { Controller, ControllerContext } from '../context.js';
import type { Hand, Place } from '../hand.js';
import { claims, nodes, pods } from '../informed.js';
import { Loop } from '../loop.js';
import type { Claim, Pod, SeenPod } from '../objects.js';
import { controllerOf, isGoing } from '../owners.js';
import { isOver } from '../pod-state.js';
import type { Volume } from '../stateful-set/claims.js';
import { misfit, noneOf } from './fit.js';
import { requestsOf, type Amounts } from './requests.js';
import { Usage } from './usage.js';

/** Milliseconds, after which a pod that found no place is looked at again when something has changed. */
const PAUSE = 1000;
const NAME = 'default-scheduler';

/**
 * Model of the scheduler: node selectors and affinities, taints, resources and claims decide where a pod may go. Of the nodes that fit it
 * takes the one with the fewest pods of the same owner, then with the fewest pods, then the first by name, where the real one
 * weighs more and draws among equals. It knows neither affinities between pods nor spread constraints, priorities and preemption.
 */
export class Scheduler implements Controller {
  private readonly pods: Place & { readonly store: Store<Pod> };
  private readonly nodes: Store<Node>;
  private readonly claims: Store<Claim>;
  private readonly usage: Usage;
  /** Keys of pods that found no place. */
  private readonly waiting = new Set<string>();
  private readonly loop: Loop;

  constructor(private readonly context: ControllerContext) {
    const { informers } = context;
    this.pods = { resource: pods.resource, store: informers.store(pods) };
    this.nodes = informers.store(nodes);
    this.claims = informers.store(claims);
    this.usage = new Usage(this.pods.store);
    // One pod after the other: each must see where the one before it went.
    this.loop = new Loop('scheduler', context, (key, hand) => this.schedule(key, hand), 1);
    this.pods.store.subscribe((event) => {
      const key = keyOf(event.object as Pod);
      if (event.type === 'removed') this.waiting.delete(key);
      else if (!this.waiting.has(key) && isToSchedule(event.object)) this.loop.add(key);
      if (event.type === 'removed' || isOver(event.object)) this.lookAgain();
    });
    this.nodes.subscribe((event) => {
      if (event.type !== 'changed' || isOtherPlace(event.old, event.object)) this.lookAgain();
    });
    this.claims.subscribe(() => this.lookAgain());
  }

  start(): void {
    this.loop.start();
  }

  stop(): Promise<void> {
    return this.loop.stop();
  }

  private lookAgain(): void {
    for (const key of this.waiting) this.loop.queue.addAfter(key, PAUSE);
    this.waiting.clear();
  }

  private async schedule(key: string, hand: Hand): Promise<void> {
    const pod = this.pods.store.get(key);
    if (pod === undefined || !isToSchedule(pod)) return;
    const requests = requestsOf(pod);
    const reasons: string[] = [];
    const unbound = this.claimProblem(pod);
    const fitting = this.nodes.list().filter((node) => {
      const reason = unbound ?? misfit(pod, node, requests, this.usage.of(node.metadata.name));
      if (reason !== undefined) reasons.push(reason);
      return reason === undefined;
    });
    const node = this.best(fitting, pod);
    if (node === undefined) await this.refuse(pod, noneOf(reasons), hand);
    else await this.bind(pod, node, hand);
  }

  private best(fitting: readonly Observed<Node>[], pod: SeenPod): string | undefined {
    const owner = controllerOf(pod)?.uid;
    const places = fitting.map(({ metadata: { name } }) => ({
      name,
      siblings: this.usage.ofOwner(name, owner),
      pods: count(this.usage.of(name)),
    }));
    places.sort((a, b) => a.siblings - b.siblings || a.pods - b.pods || (a.name < b.name ? -1 : 1));
    return places[0]?.name;
  }

  private claimProblem({ metadata: { namespace = '' }, spec }: SeenPod): string | undefined {
    for (const { persistentVolumeClaim } of (spec['volumes'] ?? []) as readonly Volume[]) {
      if (persistentVolumeClaim === undefined) continue;
      const name = persistentVolumeClaim.claimName;
      const claim = this.claims.get({ namespace, name });
      if (claim === undefined) return `persistentvolumeclaim "${name}" not found`;
      if (isGoing(claim)) return `persistentvolumeclaim "${name}" is being deleted`;
      if (claim.status?.phase !== 'Bound') return 'pod has unbound immediate PersistentVolumeClaims';
    }
    return undefined;
  }

  private async bind(pod: SeenPod, node: string, hand: Hand): Promise<void> {
    const { namespace = '', name, uid } = pod.metadata;
    const target = { apiVersion: 'v1', kind: 'Node', name: node };
    const body = { apiVersion: 'v1', kind: 'Binding', metadata: { name, namespace, uid }, target };
    this.usage.put(pod, node);
    try {
      await hand.api.createUnder(this.pods.resource, { namespace, name }, 'binding', body);
    } catch (error) {
      this.usage.remove(uid);
      // Gone, or somebody else was faster.
      if (isKubeError(error, 'notFound', 'conflict')) return;
      throw error;
    }
    const note = `Successfully assigned ${namespace}/${name} to ${node}`;
    this.context.tell({ regarding: pod, reason: 'Scheduled', action: 'Binding', note });
  }

  private async refuse(pod: SeenPod, message: string, hand: Hand): Promise<void> {
    this.waiting.add(keyOf(pod as Pod));
    const was = conditionOf(pod.status, 'PodScheduled');
    const told = { regarding: pod, type: 'Warning', reason: 'FailedScheduling', action: 'Scheduling' } as const;
    this.context.tell({ ...told, note: message });
    if (was?.reason === 'Unschedulable' && was.message === message) return;
    const lastTransitionTime = was?.status === 'False' ? was.lastTransitionTime : timestamp(this.context.clock.now());
    const condition = { type: 'PodScheduled', status: 'False', reason: 'Unschedulable', message, lastTransitionTime };
    const body = { metadata: { uid: pod.metadata.uid }, status: { conditions: [condition] } };
    await hand.patchIfThere(this.pods, pod, { type: 'strategic', body }, 'status');
  }
}

function isToSchedule(pod: SeenPod): boolean {
  const {
    nodeName = '',
    schedulingGates = [],
    schedulerName = NAME,
  } = (pod as Pod).spec as Pod['spec'] & {
    readonly schedulerName?: string;
  };
  const isOurs = schedulerName === NAME && schedulingGates.length === 0;
  return nodeName === '' && isOurs && !isGoing(pod) && !isOver(pod);
}

/** Whether a change of a node can make room; heartbeats do not. */
function isOtherPlace(one: Observed<Node>, other: Observed<Node>): boolean {
  const place = ({ metadata, spec, status }: Observed<Node>): string =>
    JSON.stringify([metadata.labels, spec?.taints, spec?.unschedulable, status?.['allocatable']]);
  return place(one) !== place(other);
}

const count = (amounts: Amounts): number => amounts['pods'] ?? 0;
