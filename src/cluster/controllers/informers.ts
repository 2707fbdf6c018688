import type { KubeApi } from '../../kube/api.js';
import type { Clock } from '../../kube/clock.js';
import type { KubeObject, Stored } from '../../kube/objects.js';
import { Reflector } from '../../kube/reflector.js';
import type { Resource } from '../../kube/resource.js';
import type { IndexFunction, Store } from '../../kube/store.js';

export interface InformersOptions {
  readonly api: KubeApi;
  readonly clock: Clock;
  /** From 0 up to, not including, 1. */
  readonly random: () => number;
  readonly onError: (error: unknown, doing: string) => void;
}

/** Names a kind of objects that is watched, and how they are found. */
export interface Informed<T extends KubeObject, I extends string> {
  readonly resource: Resource;
  readonly indexes: Readonly<Record<I, IndexFunction<T>>>;
}

/** One watch of each resource, shared by all who look at it; only what somebody asks for is watched. */
export class Informers {
  private readonly reflectors = new Map<string, Reflector>();
  private isStarted = false;

  constructor(private readonly options: InformersOptions) {}

  /** The same for everybody who asks with the same description. */
  store<T extends KubeObject, I extends string>(informed: Informed<T, I>): Store<T, I> {
    const known = this.reflectors.get(keyOfResource(informed.resource));
    if (known) return known.store as unknown as Store<T, I>;
    return this.reflect(informed).store;
  }

  private reflect<T extends KubeObject, I extends string>(
    { resource, indexes }: Informed<T, I>,
    strip?: (object: Stored<T>) => Stored<T>,
  ): Reflector<T, I> {
    const { api, clock, random, onError } = this.options;
    const reflector = new Reflector<T, I>({
      api,
      clock,
      resource,
      indexes,
      random,
      ...(strip && { strip }),
      onError: (error) => onError(error, `watching ${resource.plural}`),
    });
    this.reflectors.set(keyOfResource(resource), reflector as unknown as Reflector);
    if (this.isStarted) reflector.start();
    return reflector;
  }

  /** Of any resource: metadata, and perhaps more, where somebody else looks at it as well. */
  metadata(resource: Resource): Store {
    const known = this.reflectors.get(keyOfResource(resource));
    if (known) return known.store;
    const reflector = this.reflect<KubeObject, never>({ resource, indexes: {} }, metadataOnly);
    return reflector.store;
  }

  /** Nobody looks at it any longer. */
  async forget(resource: Resource): Promise<void> {
    const key = keyOfResource(resource);
    const known = this.reflectors.get(key);
    this.reflectors.delete(key);
    await known?.stop();
  }

  start(): void {
    this.isStarted = true;
    for (const reflector of this.reflectors.values()) reflector.start();
  }

  async whenSynced(signal?: AbortSignal): Promise<void> {
    await Promise.all(Array.from(this.reflectors.values(), ({ store }) => store.whenSynced(signal)));
  }

  async stop(): Promise<void> {
    await Promise.all(Array.from(this.reflectors.values(), (reflector) => reflector.stop()));
  }
}

function keyOfResource({ group, plural }: Resource): string {
  return `${group}/${plural}`;
}

function metadataOnly({ apiVersion, kind, metadata }: Stored): Stored {
  const { managedFields: _, ...rest } = metadata;
  return { ...(apiVersion !== undefined && { apiVersion }), ...(kind !== undefined && { kind }), metadata: rest };
}
