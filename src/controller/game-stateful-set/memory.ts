import { ObservedFacts } from '../../rollout/observations.js';
import type { ResolvedTemplate } from '../../rollout/game-stateful-set/snapshot.js';
import type { Clock } from '../../kube/clock.js';

/** Milliseconds after which a refused template is tried again: what refused it may not have been the template. */
export const REFUSAL_STANDS = 60_000;

/** What this process knows of one workload and no object says. */
export interface Remembered {
  readonly uid: string;
  readonly facts: ObservedFacts;
  readonly resolved: ResolvedTemplate | undefined;
}

interface Entry {
  readonly uid: string;
  readonly facts: ObservedFacts;
  resolved: { readonly template: ResolvedTemplate; readonly at: number } | undefined;
}

/** What is remembered of each workload, until it is gone or another one has its name. */
export class Memory {
  private readonly entries = new Map<string, Entry>();
  /** Of the server: it lets no StatefulSet that exists change its revisionHistoryLimit. */
  historyLimitIsFixed = false;

  constructor(private readonly clock: Clock) {}

  of(key: string, uid: string): Remembered {
    const { facts, resolved } = this.entry(key, uid);
    const isOld =
      resolved !== undefined &&
      'refused' in resolved.template &&
      this.clock.monotonic() - resolved.at >= REFUSAL_STANDS;
    return { uid, facts, resolved: isOld ? undefined : resolved?.template };
  }

  /** When a refusal is looked at again, in milliseconds from now. */
  retryRefused(key: string): number | undefined {
    const resolved = this.entries.get(key)?.resolved;
    if (!resolved || !('refused' in resolved.template)) return undefined;
    return Math.max(0, resolved.at + REFUSAL_STANDS - this.clock.monotonic());
  }

  resolve(key: string, uid: string, template: ResolvedTemplate): void {
    this.entry(key, uid).resolved = { template, at: this.clock.monotonic() };
  }

  forget(key: string): void {
    this.entries.delete(key);
  }

  get size(): number {
    return this.entries.size;
  }

  private entry(key: string, uid: string): Entry {
    const known = this.entries.get(key);
    if (known?.uid === uid) return known;
    const entry: Entry = { uid, facts: new ObservedFacts(), resolved: undefined };
    this.entries.set(key, entry);
    return entry;
  }
}
