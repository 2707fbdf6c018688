import { closeSync, fstatSync, openSync, readSync } from 'node:fs';
import type { AuditEvent } from '../../src/cluster/api-server/audit.js';

/** `writes`: who wrote what, with what they sent. `everything`: reads and watches as well. `off`: nothing. */
export type Audit = 'writes' | 'everything' | 'off';

const WRITES = ['create', 'update', 'patch', 'delete', 'deletecollection'];

/** What `--audit-policy-file` holds. */
export function auditPolicy(audit: Exclude<Audit, 'off'>): unknown {
  return {
    apiVersion: 'audit.k8s.io/v1',
    kind: 'Policy',
    omitStages: ['RequestReceived', 'ResponseStarted'],
    rules: [{ level: 'Request', verbs: WRITES }, { level: audit === 'everything' ? 'Metadata' : 'None' }],
  };
}

/** Reads what the API server has written to its audit log, each line once. */
export class AuditLog {
  private readonly known: AuditEvent[] = [];
  private offset = 0;

  public constructor(private readonly path: string) {}

  /** All events so far, oldest answer first; those from before a kill of the API server are kept. */
  public events(): readonly AuditEvent[] {
    const unread = this.unread();
    const complete = unread.subarray(0, unread.lastIndexOf('\n') + 1);
    this.offset += complete.length;
    for (const line of complete.toString('utf8').split('\n')) if (line !== '') this.known.push(parseLine(line));
    return [...this.known];
  }

  /** It is asked for several times a second, and the log of a long run is large. */
  private unread(): Buffer {
    const file = openSync(this.path, 'r');
    try {
      const unread = Buffer.alloc(Math.max(0, fstatSync(file).size - this.offset));
      return unread.subarray(0, readSync(file, unread, 0, unread.length, this.offset));
    } finally {
      closeSync(file);
    }
  }
}

const LINE_STARTS = '{"kind":"Event","apiVersion":"audit.k8s.io/v1"';

/** A server that is killed may leave half a line, which the next one continues with a line of its own. */
function parseLine(line: string): AuditEvent {
  const raw = JSON.parse(line.slice(line.lastIndexOf(LINE_STARTS))) as RawEvent;
  const { apiGroup = '', resource = '', subresource, namespace, name } = raw.objectRef ?? {};
  return {
    time: raw.requestReceivedTimestamp,
    user: raw.user.username ?? '',
    userAgent: raw.userAgent ?? '',
    verb: raw.verb,
    uri: raw.requestURI,
    group: apiGroup,
    resource,
    ...(subresource === undefined ? {} : { subresource }),
    ...(namespace === undefined ? {} : { namespace }),
    ...(name === undefined ? {} : { name }),
    code: raw.responseStatus?.code ?? 0,
    ...(raw.requestObject === undefined ? {} : { body: raw.requestObject }),
  };
}

interface RawEvent {
  readonly requestReceivedTimestamp: string;
  readonly user: { readonly username?: string };
  readonly userAgent?: string;
  readonly verb: string;
  readonly requestURI: string;
  readonly objectRef?: {
    readonly apiGroup?: string;
    readonly resource?: string;
    readonly subresource?: string;
    readonly namespace?: string;
    readonly name?: string;
  };
  readonly responseStatus?: { readonly code?: number };
  readonly requestObject?: unknown;
}
