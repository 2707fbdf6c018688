import { keyOf } from '../../../kube/objects.js';
import type { Store } from '../../../kube/store.js';
import type { Controller, ControllerContext } from '../context.js';
import type { Hand } from '../hand.js';
import { claims, pods } from '../informed.js';
import { Loop } from '../loop.js';
import type { Claim, Pod, SeenPod } from '../objects.js';
import { isGoing } from '../owners.js';
import { isOver } from '../pod-state.js';
import type { Volume } from '../stateful-set/claims.js';

const FINALIZER = 'kubernetes.io/pvc-protection';

/** Model of the PVC protection controller: a claim that is to go stays until no pod uses it. */
export class ClaimProtectionController implements Controller {
  private readonly claims: Store<Claim>;
  private readonly pods: Store<Pod, 'namespace'>;
  private readonly loop: Loop;

  constructor(context: ControllerContext) {
    const { informers } = context;
    this.claims = informers.store(claims);
    this.pods = informers.store(pods);
    this.loop = new Loop('PVC protection', context, (key, hand) => this.sync(key, hand));
    this.claims.subscribe(({ object }) => this.loop.add(keyOf(object as Claim)));
    this.pods.subscribe(({ type, object }) => {
      if (type !== 'removed' && !isOver(object)) return;
      for (const name of claimNames(object)) this.loop.add(`${object.metadata.namespace}/${name}`);
    });
  }

  start(): void {
    this.loop.start();
  }

  stop(): Promise<void> {
    return this.loop.stop();
  }

  private async sync(key: string, hand: Hand): Promise<void> {
    const claim = this.claims.get(key);
    const { finalizers = [], namespace = '', name = '' } = claim?.metadata ?? {};
    if (claim === undefined || !isGoing(claim) || !finalizers.includes(FINALIZER)) return;
    const isUsed = this.pods
      .byIndex('namespace', namespace)
      .some((pod) => !isOver(pod) && pod.spec.nodeName !== undefined && claimNames(pod).includes(name));
    if (isUsed) return;
    const left = finalizers.filter((one) => one !== FINALIZER);
    const { uid, resourceVersion } = claim.metadata;
    const body = { metadata: { uid, resourceVersion, finalizers: left.length === 0 ? null : left } };
    const place = { resource: claims.resource, store: this.claims };
    await hand.patchIfThere(place, claim, { type: 'merge', body });
  }
}

function claimNames({ spec }: SeenPod): string[] {
  const volumes = (spec['volumes'] ?? []) as readonly Volume[];
  return volumes.flatMap(({ persistentVolumeClaim }) => persistentVolumeClaim?.claimName ?? []);
}
