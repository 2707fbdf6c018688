import type { Stored } from '../../kube/objects.js';
import type { Resource } from '../../kube/resource.js';
import type { Observed } from '../../kube/store.js';
import type { ControllerContext } from './context.js';
import type { Hand, Place } from './hand.js';
import type { Pod, SeenPod, Template } from './objects.js';
import { controllerReference } from './owners.js';
import { podFrom } from './pod-template.js';

type Owner = Observed<Stored & { readonly spec: { readonly template: Template } }>;

/** Makes and deletes the pods of an owner that leaves their names to the server, and tells of each. Source: RealPodControl of Kubernetes. */
export class PodControl {
  /** @param resource of the owners */
  constructor(
    private readonly pods: Place,
    private readonly resource: Resource,
    private readonly tell: ControllerContext['tell'],
  ) {}

  async create(owner: Owner, hand: Hand, finalizers: readonly string[] = []): Promise<Stored<Pod>> {
    const reference = controllerReference(owner, this.resource);
    const pod = podFrom(owner.spec.template, reference, owner.metadata.namespace ?? '');
    const all = [...(pod.metadata.finalizers ?? []), ...finalizers];
    try {
      const metadata = { ...pod.metadata, ...(all.length > 0 && { finalizers: all }) };
      const created = await hand.create<Pod>(this.pods, { ...pod, metadata });
      this.tell({ regarding: owner, reason: 'SuccessfulCreate', note: `Created pod: ${created.metadata.name}` });
      return created;
    } catch (error) {
      this.tell({
        regarding: owner,
        type: 'Warning',
        reason: 'FailedCreate',
        note: `Error creating: ${String(error)}`,
      });
      throw error;
    }
  }

  async delete(owner: Owner, pod: SeenPod, hand: Hand): Promise<void> {
    try {
      await hand.delete(this.pods, pod);
      this.tell({ regarding: owner, reason: 'SuccessfulDelete', note: `Deleted pod: ${pod.metadata.name}` });
    } catch (error) {
      this.tell({
        regarding: owner,
        type: 'Warning',
        reason: 'FailedDelete',
        note: `Error deleting: ${String(error)}`,
      });
      throw error;
    }
  }
}
