import { isKubeError } from '../../kube/error.js';
import type { KubeObject } from '../../kube/objects.js';
import type { Store } from '../../kube/store.js';
import type { Controller, ControllerContext } from './context.js';
import type { Hand } from './hand.js';
import { configMaps, namespaces } from './informed.js';
import { Loop } from './loop.js';
import { isGoing } from './owners.js';

const NAME = 'kube-root-ca.crt';

type ConfigMap = KubeObject & { data?: Record<string, string> };

/** Model of the root CA publisher: every namespace has the certificate by which pods know the API server. */
export class RootCertificatesController implements Controller {
  private readonly namespaces: Store;
  private readonly configMaps: Store<ConfigMap>;
  private readonly loop: Loop;

  constructor(
    context: ControllerContext,
    /** PEM. */
    private readonly authority: string,
  ) {
    const { informers } = context;
    this.namespaces = informers.store(namespaces);
    this.configMaps = informers.store(configMaps);
    this.loop = new Loop('root CA', context, (key, hand) => this.sync(key, hand));
    this.namespaces.subscribe(({ object }) => this.loop.add(object.metadata.name));
    this.configMaps.subscribe(({ object: { metadata } }) => {
      if (metadata.name === NAME) this.loop.add(metadata.namespace ?? '');
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
    if (namespace === undefined || isGoing(namespace)) return;
    const place = { resource: configMaps.resource, store: this.configMaps };
    const data = { 'ca.crt': this.authority };
    const known = this.configMaps.get(`${name}/${NAME}`);
    if (known === undefined) {
      const metadata = { name: NAME, namespace: name };
      await hand.create<ConfigMap>(place, { apiVersion: 'v1', kind: 'ConfigMap', metadata, data }).catch(skipTaken);
    } else if (known.data?.['ca.crt'] !== this.authority)
      await hand.update<ConfigMap>(place, { ...(known as ConfigMap), data });
  }
}

function skipTaken(error: unknown): void {
  if (!isKubeError(error, 'alreadyExists')) throw error;
}
