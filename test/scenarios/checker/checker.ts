import type { KubeObject } from '../../../src/kube/objects.js';
import type { StoreEvent } from '../../../src/kube/store.js';
import { compareVersions } from '../../../src/kube/version.js';
import type { AuditEvent } from '../../../src/cluster/api-server/audit.js';
import { Attribution, writeOf } from './attribution.js';
import { budget } from './budget.js';
import { grace } from './grace.js';
import { hooks, type HookSucceeded } from './hooks.js';
import { identity } from './identity.js';
import { Lag, Sightings } from './lag.js';
import type { Invariant } from './invariant.js';
import { proof } from './proof.js';
import { share } from './share.js';
import { changesNothing, steadiness } from './steadiness.js';
import { describeStep, describeWrite } from './telling.js';
import { KNOWN_AFTER, type Step, type Write } from './timeline.js';
import { withdrawn } from './withdrawn.js';
import { World } from './world.js';

export interface CheckerOptions {
  /** Which users are controllers of ours. */
  readonly isOurs: (user: string) => boolean;
  /** What really ran, where the kubelets are modelled. */
  readonly oracle?: World['oracle'];
  /** @default none has: hooks fail closed */
  readonly hookSucceeded?: HookSucceeded;
}

/** Something that must never happen, and did. */
export interface Breach {
  readonly invariant: string;
  readonly problem: string;
  /** What happened before it, and right after. */
  readonly around: readonly string[];
}

/** Milliseconds for which events are held back, so that those of several watches and of the audit log are put in order. */
const HELD_BACK = 400;
const [BEFORE, AFTER] = [14, 4];
/** Milliseconds in which a version comes into sight at the end, where nobody waits any longer; on a machine that is not busy. */
const LAST_APPEARS_WITHIN = 1000;

/** Asserts the invariants of rollout.md section 9 on one namespace of a cluster while things happen there. */
export class Checker {
  private readonly lag = new Lag();
  private readonly sightings = new Sightings(this.lag);
  private readonly world: World;
  private readonly attribution = new Attribution();
  private readonly steady = steadiness();
  private readonly invariants: readonly Invariant[];
  private readonly lines: string[] = [];
  private readonly found: { readonly invariant: string; readonly problem: string; readonly line: number }[] = [];
  /** When something happened last. */
  private last = 0;
  private steps: Step[] = [];
  private writes: Write[] = [];
  /** Sent, and to be judged when the watches have shown what was known then. */
  private sent: Write[] = [];

  constructor(private readonly options: CheckerOptions) {
    this.world = new World(this.lag, options.oracle);
    this.invariants = [
      budget(),
      grace(),
      proof(),
      hooks(options.hookSucceeded),
      share(),
      withdrawn(),
      identity(),
      this.steady,
    ];
  }

  /** An event of a watch; other resources than pods, StatefulSets and GameStatefulSets are no business of ours. */
  saw(resource: Step['resource'], { type, object, ...event }: StoreEvent, at: number): void {
    const old = 'old' in event ? event.old : undefined;
    const version = object.metadata.resourceVersion;
    this.sightings.note('ours', resource, version, at);
    this.steps.push({ at, version, resource, type, object, ...(old && { old }) } as unknown as Step);
  }

  /** A watch of a controller has shown it a version. */
  shown(resource: string, version: string, at: number): void {
    this.sightings.note('theirs', resource, version, at);
  }

  /** Whoever was to look was so many milliseconds late: the process was busy. */
  wasLate(delay: number, at: number): void {
    this.lag.note(delay, at);
  }

  heard(event: AuditEvent): void {
    const write = writeOf(event, this.options.isOurs);
    if (write) this.writes.push(write);
  }

  /** From now on nobody does anything, and nothing is to be written. */
  beginSteady(at: number): void {
    this.steady.begin(at);
  }

  endSteady(at: number): void {
    this.steady.end(at);
  }

  /** Judges what is old enough to be in order. */
  advance(now: number): void {
    // On a busy machine one watch may show what it has long after another one.
    const until = now === Infinity ? now : now - HELD_BACK - (this.lag.knownAfter(now) - KNOWN_AFTER);
    const due = <T extends { readonly at: number }>(all: readonly T[]): [T[], T[]] => [
      all.filter(({ at }) => at <= until),
      all.filter(({ at }) => at > until),
    ];
    // A controller may have seen a version before us, and have acted on it.
    this.steps = this.steps.map((step) => {
      const at = Math.min(step.at, this.sightings.first(step.resource, step.version));
      return at < step.at ? { ...step, at } : step;
    });
    const [steps, laterSteps] = due(this.steps);
    const [writes, laterWrites] = due(this.writes);
    [this.steps, this.writes] = [laterSteps, laterWrites];
    steps.sort((a, b) => compareVersions(a.version, b.version));
    writes.sort((a, b) => a.at - b.at);
    for (const step of steps) {
      while (writes[0] && writes[0].at <= step.at) this.takeWrite(writes.shift()!);
      this.judgeWrites(step.at);
      this.judgeStep(step);
    }
    for (const write of writes) this.takeWrite(write);
    this.judgeWrites(until);
    for (const write of this.attribution.unanswered(Math.min(until, this.last)))
      this.breach('I9', changesNothing(write));
  }

  /** Judges all there is. `now`: also whether the last writes have changed anything. */
  finish(now?: number): void {
    this.advance(Infinity);
    if (now === undefined) return;
    for (const write of this.attribution.unanswered(now, LAST_APPEARS_WITHIN + this.lag.knownAfter(now)))
      this.breach('I9', changesNothing(write));
  }

  get breaches(): readonly Breach[] {
    return this.found.map(({ invariant, problem, line }) => ({
      invariant,
      problem,
      around: this.lines.slice(Math.max(0, line - BEFORE), line + AFTER),
    }));
  }

  private takeWrite(write: Write): void {
    this.attribution.sent(write);
    this.sent.push(write);
    if (write.isOurs || write.verb === 'delete') this.lines.push(describeWrite(write));
  }

  private judgeWrites(now: number): void {
    while (this.sent[0] && this.sent[0].at + this.lag.knownAfter(this.sent[0].at) < now) {
      const write = this.sent.shift()!;
      for (const invariant of this.invariants) this.judge(invariant, invariant.write?.(write, this.world));
    }
  }

  private judgeStep(step: Step): void {
    this.last = Math.max(this.last, step.at);
    const { name = '' } = step.object.metadata;
    const before = step.old && (step.old as KubeObject).metadata.resourceVersion;
    const by = this.attribution.made(step.resource, name, before, step.version);
    const endedBy = this.attribution.ended(step.resource, name);
    const told: Step = { ...step, ...(by && { by }), ...(endedBy && { endedBy }) };
    this.lines.push(describeStep(told));
    this.world.apply(told);
    for (const invariant of this.invariants) this.judge(invariant, invariant.step?.(told, this.world));
  }

  private judge({ name }: Invariant, problem: string | undefined): void {
    if (problem !== undefined) this.breach(name, problem);
  }

  private breach(invariant: string, problem: string): void {
    this.lines.push(`    ${invariant} BROKEN: ${problem}`);
    this.found.push({ invariant, problem, line: this.lines.length });
  }
}

export function textOf({ invariant, problem, around }: Breach): string {
  return [`${invariant}: ${problem}`, ...around.map((line) => `  ${line}`)].join('\n');
}
