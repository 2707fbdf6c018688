import type { KubeApi } from '../kube/api.js';
import { KubeError } from '../kube/error.js';

export interface Fence {
  /** Aborted when this process must not write any more. */
  readonly signal: AbortSignal;
  /** Asked right before each write: after a pause of the whole process it knows before the signal does. @default true */
  readonly mayWrite?: () => boolean;
}

/** The same cluster, into which nothing is written once the fence is down: neither what is new nor what is still on its way. */
export function fenced(api: KubeApi, { signal, mayWrite = () => true }: Fence): KubeApi {
  const guard = <O extends { readonly signal?: AbortSignal }>(options: O | undefined): O => {
    if (signal.aborted || !mayWrite())
      throw new KubeError('aborted', 'this process leads no longer and writes nothing', { cause: signal.reason });
    const own = options?.signal;
    return { ...options, signal: own ? AbortSignal.any([own, signal]) : signal } as O;
  };
  return {
    get: (resource, name, options) => api.get(resource, name, options),
    list: (resource, options) => api.list(resource, options),
    watch: (resource, options) => api.watch(resource, options),
    raw: (path, options) => api.raw(path, options),
    create: async (resource, object, options) => api.create(resource, object, guard(options)),
    update: async (resource, object, options) => api.update(resource, object, guard(options)),
    patch: async (resource, name, patch, options) => api.patch(resource, name, patch, guard(options)),
    delete: async (resource, name, options) => api.delete(resource, name, guard(options)),
    createUnder: async (resource, name, subresource, body, options) =>
      api.createUnder(resource, name, subresource, body, guard(options)),
    exec: async (name, command, options) => api.exec(name, command, guard(options)),
  };
}
