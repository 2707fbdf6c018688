import type { Told } from '../watching.js';

/** An object that only says how far the watch is. */
export function bookmarkOf(kind: string, apiVersion: string, event: Told & { readonly type: 'BOOKMARK' }): object {
  return {
    kind,
    apiVersion,
    metadata: {
      resourceVersion: event.resourceVersion,
      ...(event.initialEventsEnd === true && { annotations: { 'k8s.io/initial-events-end': 'true' } }),
    },
  };
}
