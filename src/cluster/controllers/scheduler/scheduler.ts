import { conditionOf } from '../../../api/pod.js';
import { isKubeError } from '../../../kube/error.js';
import { keyOf } from '../../../kube/objects.js';
import type { Observed, Store } from '../../../kube/store.js';
import { timestamp } from '../../kubelet/container-status.js';
import type { Node } from '../../kubelet/node-object.js';
import type { Controller, ControllerContext } from '../context.js';
import type { Hand, Place } from '../hand.js';
import { claims, namespaces, nodes, pods } from '../informed.js';
import { Loop } from '../loop.js';
import type { Claim, Pod, SeenPod } from '../objects.js';
import { controllerOf, isGoing } from '../owners.js';
import { isOver } from '../pod-state.js';
import type { Volume } from '../stateful-set/claims.js';
import { PodAffinity } from './affinity.js';
import { termsOf } from './affinity-term.js';
import { misfit, noneOf } from './fit.js';
import type { Neighbourhood } from './neighbourhood.js';
import { nodePreference, reservations } from './preference.js';
import { requestsOf, type Amounts } from './requests.js';
import { constraintsOf, Spread } from './spread.js';
import { Usage } from './usage.js';

/** Milliseconds, after which a pod that found no place is looked at again when something has changed. */
const PAUSE = 1000;
const NAME = 'default-scheduler';

/**
 * Model of the scheduler: node selectors and affinities, taints, resources, claims, affinities between pods and spread constraints decide
 * where a pod may go. Of the nodes that fit it takes the one that the pod prefers most, then that with the fewest pods of the same owner,
 * then with the fewest pods, then the first by name, where the real one weighs all this together and draws among equals. It knows
 * neither priorities nor preemption.
 */
export class Scheduler implements Controller {
  private readonly pods: Place & { readonly store: Store<Pod> };
  private readonly nodes: Store<Node>;
  private readonly claims: Store<Claim>;
  private readonly namespaces: Store;
  private readonly usage: Usage;
  /** Keys of pods that found no place. */
  private readonly waiting = new Set<string>();
  /** Those of them that look at other pods. */
  private readonly sociable = new Set<string>();
  private readonly loop: Loop;

  constructor(private readonly context: ControllerContext) {
    const { informers } = context;
    this.pods = { resource: pods.resource, store: informers.store(pods) };
    this.nodes = informers.store(nodes);
    this.claims = informers.store(claims);
    this.namespaces = informers.store(namespaces);
    this.usage = new Usage(this.pods.store);
    // One pod after the other: each must see where the one before it went.
    this.loop = new Loop('scheduler', context, (key, hand) => this.schedule(key, hand), 1);
    this.pods.store.subscribe((event) => {
      const key = keyOf(event.object as Pod);
      if (event.type === 'removed') {
        this.waiting.delete(key);
        this.sociable.delete(key);
      } else if (!this.waiting.has(key) && isToSchedule(event.object)) this.loop.add(key);
      if (event.type === 'removed' || isOver(event.object)) this.lookAgain();
      else if (this.sociable.size > 0 && (event.type !== 'changed' || isOtherCompany(event.old, event.object)))
        this.lookAgain(this.sociable);
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

  private lookAgain(waiting: ReadonlySet<string> = this.waiting): void {
    for (const key of [...waiting]) {
      this.loop.queue.addAfter(key, PAUSE);
      this.waiting.delete(key);
      this.sociable.delete(key);
    }
  }

  private async schedule(key: string, hand: Hand): Promise<void> {
    const pod = this.pods.store.get(key);
    if (pod === undefined || !isToSchedule(pod)) return;
    const requests = requestsOf(pod);
    const reasons: string[] = [];
    const unbound = this.claimProblem(pod);
    const around = this.neighbourhood();
    const [spread, affinity] = [new Spread(around, pod), new PodAffinity(around, pod)];
    const fitting = [...around.nodes.values()].filter((node) => {
      const reason =
        unbound ??
        misfit(pod, node, requests, this.usage.of(node.metadata.name)) ??
        spread.misfit(node) ??
        affinity.misfit(node);
      if (reason !== undefined) reasons.push(reason);
      return reason === undefined;
    });
    const node = this.best(fitting, pod, spread, affinity);
    if (node === undefined) await this.refuse(pod, noneOf(reasons), hand);
    else await this.bind(pod, node, hand);
  }

  private neighbourhood(): Neighbourhood {
    const { usage, namespaces: all } = this;
    return {
      nodes: new Map(this.nodes.list().map((node) => [node.metadata.name, node])),
      neighbours: () => usage.neighbours(),
      recluses: () => usage.recluses(),
      namespaceLabels: (name) => all.get({ name })?.metadata.labels,
    };
  }

  private best(
    fitting: readonly Observed<Node>[],
    pod: SeenPod,
    spread: Spread,
    affinity: PodAffinity,
  ): string | undefined {
    const owner = controllerOf(pod)?.uid;
    const places = fitting.map((node) => ({
      name: node.metadata.name,
      reservations: reservations(pod, node),
      preference: nodePreference(pod, node) + affinity.preference(node),
      crowd: spread.crowd(node),
      siblings: this.usage.ofOwner(node.metadata.name, owner),
      pods: count(this.usage.of(node.metadata.name)),
    }));
    places.sort(
      (a, b) =>
        a.reservations - b.reservations ||
        b.preference - a.preference ||
        compareCrowds(a.crowd, b.crowd) ||
        a.siblings - b.siblings ||
        a.pods - b.pods ||
        (a.name < b.name ? -1 : 1),
    );
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
    if (isSociable(pod)) this.sociable.add(keyOf(pod as Pod));
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

/** Whether it depends on other pods where it may go. */
function isSociable(pod: SeenPod): boolean {
  const terms = (['podAffinity', 'podAntiAffinity'] as const).flatMap((side) => termsOf(pod, side).required);
  return terms.length + constraintsOf(pod).length > 0;
}

/** Whether a change of a pod can matter to others that look at their neighbours. */
function isOtherCompany(one: SeenPod, other: SeenPod): boolean {
  const of = ({ metadata: { labels, deletionTimestamp }, spec }: SeenPod): string =>
    JSON.stringify([labels, deletionTimestamp, spec.nodeName]);
  return of(one) !== of(other);
}

/** Where nobody is in the way infinitely many may be: a node without the label. */
function compareCrowds(one: number, other: number): number {
  return one === other ? 0 : one - other;
}

const count = (amounts: Amounts): number => amounts['pods'] ?? 0;
