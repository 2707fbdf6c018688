import type { Clock } from '../../kube/clock.js';
import { objectPath, collectionPath, query } from '../../kube/paths.js';
import { microTime } from '../../kube/micro-time.js';
import type { ServedResource } from './catalog/served-resource.js';
import { record, text } from './json.js';
import { Refusal } from './refusal.js';
import type { Caller } from './writes/caller.js';

/** A request that an API server has answered, or a watch that has ended, as a real audit log tells it. */
export interface AuditEvent {
  /** When it came in: RFC 3339, to the microsecond. */
  readonly time: string;
  /** `system:serviceaccount:kube-system:statefulset-controller`, `gamezone-controller` ... */
  readonly user: string;
  readonly userAgent: string;
  /** `create`, `update`, `patch`, `delete`, `deletecollection`; of reads `get`, `list`, `watch`. */
  readonly verb: string;
  /** With its query: `fieldValidation`, `fieldManager`, `dryRun`. */
  readonly uri: string;
  /** Empty for the core group, and for paths such as `/readyz`. */
  readonly group: string;
  /** `pods`; empty for paths such as `/readyz`. */
  readonly resource: string;
  /** `status`, `scale`, `eviction` ... */
  readonly subresource?: string;
  readonly namespace?: string;
  readonly name?: string;
  /** The HTTP status. */
  readonly code: number;
  /** What was sent, of a write. */
  readonly body?: unknown;
}

export interface Audited {
  readonly verb: string;
  readonly resource: ServedResource;
  readonly caller: Caller;
  readonly namespace?: string | undefined;
  readonly name?: string | undefined;
  readonly subresource?: string;
  readonly body?: unknown;
}

/** Tells its listeners of every write. It keeps nothing itself: a simulation writes millions of times. */
export class AuditLog {
  private readonly listeners = new Set<(event: AuditEvent) => void>();

  constructor(private readonly clock: Clock) {}

  follow(listener: (event: AuditEvent) => void): () => void {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  }

  record<T>(audited: Audited, act: () => T): T {
    if (this.listeners.size === 0) return act();
    const time = microTime(this.clock.now());
    try {
      const answer = act();
      this.tell(audited, time, audited.verb === 'create' ? 201 : 200);
      return answer;
    } catch (error) {
      this.tell(audited, time, error instanceof Refusal ? error.code : 500);
      throw error;
    }
  }

  private tell({ verb, resource, caller, body, ...about }: Audited, time: string, code: number): void {
    const { namespace = '', name = text(record(record(body)['metadata'])['name']), subresource = '' } = about;
    const event: AuditEvent = {
      time,
      user: caller.user,
      userAgent: caller.userAgent ?? '',
      verb,
      uri: uriOf(verb, resource, caller, namespace, name, subresource),
      group: resource.group,
      resource: resource.plural,
      ...(subresource !== '' && { subresource }),
      ...(namespace !== '' && { namespace }),
      ...(name !== '' && { name }),
      code,
      ...(body !== undefined && { body }),
    };
    for (const listen of this.listeners) listen(event);
  }
}

function uriOf(
  verb: string,
  resource: ServedResource,
  { fieldManager, fieldValidation, dryRun }: Caller,
  namespace: string,
  name: string,
  subresource: string,
): string {
  const isOfCollection = (verb === 'create' && subresource === '') || verb === 'deletecollection';
  const path = isOfCollection
    ? collectionPath(resource, namespace)
    : objectPath(resource, { namespace, name }, subresource || undefined);
  const asked = verb.startsWith('delete') ? {} : { fieldManager: fieldManager || undefined, fieldValidation };
  return path + query({ ...asked, dryRun: dryRun ? 'All' : undefined });
}
