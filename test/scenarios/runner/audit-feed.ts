import type { AuditEvent } from '../../../src/cluster/api-server/audit.js';

type Listener = (event: AuditEvent) => void;

/** What is written, told by namespace. */
export class AuditFeed {
  private readonly listeners = new Map<string, Listener>();

  /** @param catchUp tells what has not been told yet, where that does not come by itself */
  constructor(private readonly catchUp: (tell: Listener) => void = () => undefined) {}

  /** One listener for each namespace. Returns what ends it. */
  listen(namespace: string, listener: Listener): () => void {
    this.listeners.set(namespace, listener);
    return () => void this.listeners.delete(namespace);
  }

  tell(event: AuditEvent): void {
    this.listeners.get(event.namespace ?? '')?.(event);
  }

  /** From here on its listeners know all that has been answered. */
  poll(): void {
    this.catchUp((event) => this.tell(event));
  }
}

/** The audit log of a control plane as it grows. */
export function feedOf(controlPlane: { auditLog(): readonly AuditEvent[] }): AuditFeed {
  let read = 0;
  return new AuditFeed((tell) => {
    const events = controlPlane.auditLog();
    for (const event of events.slice(read)) tell(event);
    read = events.length;
  });
}
