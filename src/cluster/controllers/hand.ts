import type { DeleteOptions, KubeApi, Patch } from '../../kube/api.js';
import { isKubeError } from '../../kube/error.js';
import type { KubeObject, ObjectName, Stored } from '../../kube/objects.js';
import type { Resource } from '../../kube/resource.js';
import type { OwnWrites, Shows } from './own-writes.js';

/** A resource with the store that will show what is written to it. */
export interface Place {
  readonly resource: Resource;
  readonly store: Shows;
}

interface Named {
  readonly metadata: { readonly namespace?: string; readonly name: string; readonly uid: string };
}

/** Writes for one key, and remembers each write until the stores show it. */
export class Hand {
  constructor(
    readonly api: KubeApi,
    private readonly writes: OwnWrites,
    private readonly key: string,
  ) {}

  async create<T extends KubeObject>({ resource, store }: Place, object: T): Promise<Stored<T>> {
    return this.seen(store, await this.api.create(resource, object));
  }

  /** Of exactly the version that the object has. */
  async update<T extends KubeObject>({ resource, store }: Place, object: T): Promise<Stored<T>> {
    return this.seen(store, await this.api.update(resource, object));
  }

  /** Of exactly the version that the object has: somebody who wrote in between is a conflict. */
  async updateStatus<T extends KubeObject>({ resource, store }: Place, object: T): Promise<Stored<T>> {
    return this.seen(store, await this.api.update(resource, object, { subresource: 'status' }));
  }

  async patch<T extends KubeObject>(
    { resource, store }: Place,
    { metadata }: Named,
    patch: Patch,
    subresource?: string,
  ): Promise<Stored<T>> {
    const options = subresource === undefined ? {} : { subresource };
    return this.seen(store, await this.api.patch<T>(resource, nameOf(metadata), patch, options));
  }

  /** False where this very object is gone, and another one of its name at most. The patch must hold its UID. */
  async patchIfThere(place: Place, object: Named, patch: Patch, subresource?: string): Promise<boolean> {
    try {
      await this.patch(place, object, patch, subresource);
      return true;
    } catch (error) {
      const isAnother = isKubeError(error, 'invalid') && error.causes.some(({ field }) => field === 'metadata.uid');
      if (isAnother || isKubeError(error, 'notFound')) return false;
      throw error;
    }
  }

  /** This very object. One that is gone already is fine. */
  async delete(
    { resource, store }: Place,
    { metadata }: Named,
    options: Omit<DeleteOptions, 'uid'> = {},
  ): Promise<void> {
    try {
      await this.api.delete(resource, nameOf(metadata), { uid: metadata.uid, ...options });
    } catch (error) {
      if (!isKubeError(error, 'notFound')) throw error;
    }
    this.writes.deleted(this.key, store, metadata.uid);
  }

  private seen<T extends KubeObject>(store: Shows, stored: Stored<T>): Stored<T> {
    this.writes.written(this.key, store, stored.metadata.resourceVersion);
    return stored;
  }
}

function nameOf({ namespace, name }: Named['metadata']): ObjectName {
  return namespace === undefined ? { name } : { namespace, name };
}
