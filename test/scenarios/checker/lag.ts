import { KNOWN_AFTER } from './timeline.js';

/** Milliseconds for which a delay is remembered. */
const REMEMBERED = 5000;

/**
 * How far behind everybody may be at the moment. On a busy machine a watch of ours shows a version long after one of a controller
 * has, or before; what a controller could know must be judged by the slowest of them.
 */
export class Lag {
  private samples: { readonly at: number; readonly delay: number }[] = [];

  /** Something came `delay` milliseconds late. */
  note(delay: number, at: number): void {
    if (delay > 0) this.samples.push({ at, delay });
  }

  /** After so many milliseconds a controller must know what the server has told everybody. */
  knownAfter(at: number): number {
    this.samples = this.samples.filter((sample) => sample.at > at - 4 * REMEMBERED);
    const late = this.samples.filter((sample) => Math.abs(sample.at - at) < REMEMBERED);
    return KNOWN_AFTER + Math.max(0, ...late.map(({ delay }) => delay));
  }
}

/** When each version was first seen, by the watches of the checker and by those of the controllers. */
export class Sightings {
  private readonly seen = new Map<string, { ours?: number; theirs?: number }>();

  constructor(private readonly lag: Lag) {}

  /** Returns when anybody saw it first. */
  note(whose: 'ours' | 'theirs', resource: string, version: string, at: number): number {
    const key = `${resource}/${version}`;
    const sighting = this.seen.get(key) ?? {};
    this.seen.set(key, sighting);
    sighting[whose] ??= at;
    const { ours, theirs } = sighting;
    if (ours !== undefined && theirs !== undefined) this.lag.note(Math.abs(ours - theirs), at);
    return Math.min(ours ?? Infinity, theirs ?? Infinity);
  }

  first(resource: string, version: string): number {
    const { ours = Infinity, theirs = Infinity } = this.seen.get(`${resource}/${version}`) ?? {};
    return Math.min(ours, theirs);
  }
}
