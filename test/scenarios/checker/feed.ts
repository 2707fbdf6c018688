import type { AuditEvent } from '../../control-plane/audit.js';
import type { ControlPlane } from '../../control-plane/control-plane.js';

type Listener = (event: AuditEvent) => void;

/** The audit log of a control plane as it grows, told by namespace. */
export class AuditFeed {
  private readonly listeners = new Map<string, Listener>();
  private read = 0;

  constructor(private readonly controlPlane: Pick<ControlPlane, 'auditLog'>) {}

  /** One listener for each namespace. Returns what ends it. */
  listen(namespace: string, listener: Listener): () => void {
    this.listeners.set(namespace, listener);
    return () => void this.listeners.delete(namespace);
  }

  /** Tells what has come since. */
  poll(): void {
    const events = this.controlPlane.auditLog();
    for (const event of events.slice(this.read)) this.listeners.get(event.namespace ?? '')?.(event);
    this.read = events.length;
  }
}
