import type { KubeApi, Patch } from '../../../src/kube/api.js';
import { KubeError } from '../../../src/kube/error.js';
import type { Resource } from '../../../src/kube/resource.js';
import { wordFor } from '../checker/telling.js';

/** The life of a controller, which can end like that of a killed process: at once, with whatever was on its way. */
export class Life {
  private dead = false;
  private fate: { readonly when: 'before' | 'after'; readonly word: string } | undefined;
  private readonly mourners: (() => void)[] = [];
  private readonly grave = new AbortController();

  get isDead(): boolean {
    return this.dead;
  }

  die(): void {
    this.dead = true;
    for (const mourn of this.mourners.splice(0)) mourn();
  }

  /** What it still waits for is refused, so that nothing of it stays behind. */
  bury(): void {
    this.grave.abort();
  }

  /** It dies before or right after it has sent such a write; the answer never reaches it. */
  doom(when: 'before' | 'after', word: string): void {
    this.fate = { when, word };
  }

  whenDead(): Promise<void> {
    return this.dead ? Promise.resolve() : new Promise((resolve) => this.mourners.push(resolve));
  }

  async call<T>(send: () => Promise<T>): Promise<T> {
    if (this.isDead) return this.silence();
    try {
      const value = await send();
      return await this.heard(value);
    } catch (error) {
      await this.heard(undefined);
      throw error;
    }
  }

  /** An answer, as long as somebody is there to hear it. */
  private heard<T>(value: T): Promise<T> {
    return this.dead ? this.silence() : Promise.resolve(value);
  }

  write<T>(word: string, send: () => Promise<T>): Promise<T> {
    return this.call(async () => {
      const isFated = this.fate?.word === word;
      if (isFated && this.fate?.when === 'before') {
        this.die();
        return this.silence<T>();
      }
      const value = await send();
      if (isFated) this.die();
      return value;
    });
  }

  watch<T>(events: AsyncIterable<T>, onEvent: (event: T) => void): AsyncIterable<T> {
    return {
      [Symbol.asyncIterator]: () => {
        const iterator = events[Symbol.asyncIterator]();
        return {
          next: async () => {
            const next = await this.call(() => iterator.next());
            if (next.done !== true) onEvent(next.value);
            return next;
          },
          return: async () => (await iterator.return?.()) ?? { done: true, value: undefined },
        };
      },
    };
  }

  /** The dead hear nothing. */
  private silence<T>(): Promise<T> {
    return new Promise<T>((_, reject) => {
      const { signal } = this.grave;
      const refuse = (): void => reject(new KubeError('aborted', 'the controller is dead'));
      if (signal.aborted) refuse();
      else signal.addEventListener('abort', refuse, { once: true });
    });
  }
}

/** Told of each version that a watch shows. */
export type OnShown = (resource: string, version: string) => void;

/** The cluster, as a process sees it for as long as it lives. */
export function mortal(api: KubeApi, life: Life, onShown: OnShown = () => undefined): KubeApi {
  const wordOf = (verb: string, { plural: resource }: Resource, body?: unknown): string =>
    wordFor({ verb, resource, body });
  const bodyOf = (patch: Patch): unknown => (patch.type === 'json' ? patch.operations : patch.body);
  return {
    get: (resource, name, options) => life.call(() => api.get(resource, name, options)),
    list: (resource, options) => life.call(() => api.list(resource, options)),
    watch: (resource, options) =>
      life.watch(api.watch(resource, options), (event) => {
        if ('object' in event) onShown(resource.plural, event.object.metadata.resourceVersion);
      }),
    raw: (path, options) => life.call(() => api.raw(path, options)),
    create: (resource, object, options) =>
      life.write(options?.dryRun ? 'dry-run' : wordOf('create', resource), () => api.create(resource, object, options)),
    update: (resource, object, options) => life.call(() => api.update(resource, object, options)),
    patch: (resource, name, patch, options) =>
      life.write(wordOf('patch', resource, bodyOf(patch)), () => api.patch(resource, name, patch, options)),
    delete: (resource, name, options) => life.write('delete', () => api.delete(resource, name, options)),
    createUnder: (resource, name, subresource, body, options) =>
      life.call(() => api.createUnder(resource, name, subresource, body, options)),
    exec: (name, command, options) => life.call(() => api.exec(name, command, options)),
  };
}
