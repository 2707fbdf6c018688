import { isKubeError } from '../../kube/error.js';
import type { Store } from '../../kube/store.js';
import type { Controller, ControllerContext } from './context.js';
import type { Hand } from './hand.js';
import { namespaces, serviceAccounts } from './informed.js';
import { Loop } from './loop.js';
import { isGoing } from './owners.js';

const DEFAULT = 'default';

/** Model of the service account controller: every namespace has a service account `default`, without which no pod is admitted. */
export class ServiceAccountController implements Controller {
  private readonly namespaces: Store;
  private readonly accounts: Store;
  private readonly loop: Loop;

  constructor(context: ControllerContext) {
    const { informers } = context;
    this.namespaces = informers.store(namespaces);
    this.accounts = informers.store(serviceAccounts);
    this.loop = new Loop('service account', context, (key, hand) => this.sync(key, hand));
    this.namespaces.subscribe(({ object }) => this.loop.add(object.metadata.name));
    this.accounts.subscribe(({ type, object }) => {
      if (type === 'removed' && object.metadata.name === DEFAULT) this.loop.add(object.metadata.namespace ?? '');
    });
  }

  start(): void {
    this.loop.start();
  }

  stop(): Promise<void> {
    return this.loop.stop();
  }

  private async sync(name: string, hand: Hand): Promise<void> {
    const namespace = this.namespaces.get(name);
    if (namespace === undefined || isGoing(namespace) || this.accounts.get(`${name}/${DEFAULT}`)) return;
    const account = { apiVersion: 'v1', kind: 'ServiceAccount', metadata: { name: DEFAULT, namespace: name } };
    await hand.create({ resource: serviceAccounts.resource, store: this.accounts }, account).catch((error: unknown) => {
      if (!isKubeError(error, 'alreadyExists')) throw error;
    });
  }
}
