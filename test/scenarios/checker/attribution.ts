import type { AuditEvent } from '../../../src/cluster/api-server/audit.js';
import type { Write } from './timeline.js';

/** Milliseconds in which a version that a write has made comes into sight. */
const APPEARS_WITHIN = 10_000;

/** A write of the audit log; undefined for what changes nothing by itself. */
export function writeOf(event: AuditEvent, isOurs: (user: string) => boolean): Write | undefined {
  const { user, verb, resource, subresource, name = '', code, body, uri, time } = event;
  if (uri.includes('dryRun=') || resource === '') return undefined;
  const base = baseOf(body);
  return {
    at: Date.parse(time),
    user,
    isOurs: isOurs(user),
    verb,
    resource,
    ...(subresource !== undefined && { subresource }),
    name: name === '' ? nameIn(body) : name,
    code,
    ...(body !== undefined && { body }),
    ...(base !== undefined && { base }),
  };
}

/** Every write of ours names the version that it was decided on: the next version of that object is its work. */
export class Attribution {
  private readonly open = new Map<string, Write>();
  private readonly deletions = new Map<string, Write>();
  private readonly versions = new Map<string, string>();

  sent(write: Write): void {
    if (write.code >= 300) return;
    if (write.verb === 'delete') this.deletions.set(`${write.resource}/${write.name}`, write);
    if (write.isOurs) this.open.set(keyOf(write.resource, write.name, write.base), write);
  }

  /** Who has made a version, where we have. */
  made(resource: string, name: string, before: string | undefined, version: string): Write | undefined {
    this.versions.set(`${resource}/${name}`, version);
    const key = keyOf(resource, name, before);
    const write = this.open.get(key);
    this.open.delete(key);
    return write;
  }

  /** Who has deleted an object of this name last. */
  ended(resource: string, name: string): Write | undefined {
    return this.deletions.get(`${resource}/${name}`);
  }

  /** Patches of ours that no version came out of for so many milliseconds. */
  *unanswered(now: number, within = APPEARS_WITHIN): Generator<Write> {
    for (const [key, write] of this.open) {
      if (write.at > now - within) continue;
      this.open.delete(key);
      const isStill = write.base !== undefined && this.versions.get(`${write.resource}/${write.name}`) === write.base;
      if (write.verb === 'patch' && isStill) yield write;
    }
  }
}

const keyOf = (resource: string, name: string, base = 'new'): string => `${resource}/${name}/${base}`;

interface Body {
  readonly metadata?: { readonly name?: string; readonly resourceVersion?: string };
  readonly preconditions?: { readonly resourceVersion?: string };
}

function baseOf(body: unknown): string | undefined {
  if (Array.isArray(body)) {
    const operations = body as readonly { readonly path?: string; readonly value?: unknown }[];
    const value = operations.find(({ path }) => path === '/metadata/resourceVersion')?.value;
    return typeof value === 'string' ? value : undefined;
  }
  const { metadata, preconditions } = (body ?? {}) as Body;
  return preconditions?.resourceVersion ?? metadata?.resourceVersion;
}

const nameIn = (body: unknown): string => ((body ?? {}) as Body).metadata?.name ?? '';
