import type { KubeApi } from '../../../src/kube/api.js';
import type { Clock } from '../../../src/kube/clock.js';
import type { KubeObject } from '../../../src/kube/objects.js';
import { Reflector } from '../../../src/kube/reflector.js';
import type { Resource } from '../../../src/kube/resource.js';
import type { Store } from '../../../src/kube/store.js';

/** What a scenario watches: each resource once, whoever asks for it. */
export class Stores {
  private readonly reflectors = new Map<string, Reflector>();

  constructor(
    private readonly around: { readonly api: KubeApi; readonly clock: Clock; readonly random?: () => number },
  ) {}

  async of(resource: Resource): Promise<Store> {
    const known = this.reflectors.get(resource.plural);
    const reflector = known ?? new Reflector<KubeObject>({ ...this.around, resource });
    if (!known) {
      this.reflectors.set(resource.plural, reflector);
      reflector.start();
    }
    await reflector.store.whenSynced();
    return reflector.store;
  }

  async stop(): Promise<void> {
    await Promise.all([...this.reflectors.values()].map((reflector) => reflector.stop()));
  }
}
