import { isKubeError } from '../../kube/error.js';
import type { KubeObject } from '../../kube/objects.js';
import { pods, type Resource } from '../../kube/resource.js';
import type { Observed, Store } from '../../kube/store.js';
import type { ComeBack } from '../../kube/work-queue.js';
import type { Controller, ControllerContext } from './context.js';
import type { Hand } from './hand.js';
import { namespaces } from './informed.js';
import { Loop } from './loop.js';
import { isGoing } from './owners.js';

type Namespace = KubeObject & { spec?: { finalizers?: string[] } };

const FINALIZER = 'kubernetes';
/** Milliseconds until it looks again whether what was told to go is gone. */
const PAUSE = 1000;

/**
 * Model of the namespace controller: a namespace that is to go takes all with it, its pods first, and is gone when it is empty. Before
 * Kubernetes 1.33 the pods had no precedence.
 */
export class NamespaceController implements Controller {
  private readonly namespaces: Store<Namespace>;
  private readonly loop: Loop;

  constructor(private readonly context: ControllerContext) {
    this.namespaces = context.informers.store(namespaces);
    this.loop = new Loop('namespace', context, (key, hand) => this.sync(key, hand), 10);
    this.namespaces.subscribe(({ object }) => this.loop.add(object.metadata.name));
  }

  start(): void {
    this.loop.start();
  }

  stop(): Promise<void> {
    return this.loop.stop();
  }

  private async sync(name: string, hand: Hand): Promise<ComeBack | undefined> {
    const namespace = this.namespaces.get(name);
    if (namespace === undefined || !isGoing(namespace)) return undefined;
    if (namespace.spec?.finalizers?.includes(FINALIZER) !== true) return undefined;
    if ((await this.empty(pods, name)) > 0) return { after: PAUSE };
    let left = 0;
    for (const resource of await this.context.resources())
      if (resource.namespaced) left += await this.empty(resource, name);
    if (left > 0) return { after: PAUSE };
    await this.finalize(namespace, hand);
    return undefined;
  }

  /** How many there were. */
  private async empty(resource: Resource, namespace: string): Promise<number> {
    const { api } = this.context;
    const { items } = await api.list(resource, { namespace });
    for (const { metadata } of items) {
      if (metadata.deletionTimestamp !== undefined) continue;
      const options = { uid: metadata.uid, propagation: 'Background' } as const;
      await api.delete(resource, { namespace, name: metadata.name }, options).catch((error: unknown) => {
        if (!isKubeError(error, 'notFound', 'conflict')) throw error;
      });
    }
    return items.length;
  }

  private async finalize(namespace: Observed<Namespace>, hand: Hand): Promise<void> {
    const { api } = hand;
    const finalizers = (namespace.spec?.finalizers ?? []).filter((one) => one !== FINALIZER);
    const body = { ...(namespace as Namespace), spec: { ...(namespace as Namespace).spec, finalizers } };
    await api.update(namespaces.resource, body, { subresource: 'finalize' }).catch((error: unknown) => {
      if (!isKubeError(error, 'notFound')) throw error;
    });
  }
}
