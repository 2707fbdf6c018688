/**
 * When this process first saw something: the one thing that a decision knows and that no object holds. It is lost when the
 * process ends, which lengthens a wait and never shortens one.
 */
export interface Observations {
  /** Milliseconds since 1970 at which `fact` was first asked for; that is `now` at the first time. */
  since(fact: string, now: number): number;
}

/** Keeps the facts that were asked for in the last round; what nobody asks for any more is forgotten. */
export class ObservedFacts implements Observations {
  private known = new Map<string, number>();
  private asked = new Map<string, number>();

  since(fact: string, now: number): number {
    const at = this.asked.get(fact) ?? this.known.get(fact) ?? now;
    this.asked.set(fact, at);
    return at;
  }

  /** Ends a round of decisions. */
  forgetOthers(): void {
    this.known = this.asked;
    this.asked = new Map();
  }
}
