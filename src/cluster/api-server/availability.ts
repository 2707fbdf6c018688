/** Whether the server answers: it can be killed and started again, as a process can, for whoever wants to know what its clients make of that. */
export class Availability {
  private readonly listeners = new Set<() => void>();
  private isThere = true;
  private from = 0;

  get isUp(): boolean {
    return this.isThere;
  }

  /** The version at which it was started last: what watches could be told from before it does not know. */
  get since(): number {
    return this.from;
  }

  /** Calls back when it is killed. */
  onLoss(listener: () => void): () => void {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  }

  lose(): void {
    this.isThere = false;
    for (const listen of [...this.listeners]) listen();
  }

  return(version: number): void {
    this.isThere = true;
    this.from = version;
  }
}
