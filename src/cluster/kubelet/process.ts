import type { Clock } from '../../kube/clock.js';

/** Something to wait for: calls back once, and can be given up. */
export type Wait = (resume: () => void) => () => void;

/**
 * Work that takes time, written top to bottom. It runs in the callbacks of a clock and never in promises, so that what happens at
 * one instant happens in one order.
 */
export type Process<T = void> = Generator<Wait, T, undefined>;

/** Runs it until it first waits, then on. The returned function gives it up where it stands. */
export function begin<T>(process: Process<T>, done: (result: T) => void): () => void {
  let giveUp: (() => void) | undefined;
  let isOver = false;
  const proceed = (): void => {
    for (;;) {
      const next = process.next();
      if (next.done === true) {
        isOver = true;
        done(next.value);
        return;
      }
      const wait = { isResumed: false, isAsleep: false };
      giveUp = next.value(() => {
        if (isOver || wait.isResumed) return;
        wait.isResumed = true;
        if (wait.isAsleep) proceed();
      });
      // It may have resumed at once.
      if (!wait.isResumed) {
        wait.isAsleep = true;
        return;
      }
    }
  };
  proceed();
  return () => {
    if (isOver) return;
    isOver = true;
    giveUp?.();
  };
}

export function pause(clock: Clock, delay: number): Wait {
  return (resume) => clock.after(delay, resume);
}

/** All at the same time, until the last is done. */
export function together(processes: readonly Process[]): Wait {
  return (resume) => {
    let left = processes.length;
    if (left === 0) resume();
    const cancels = processes.map((process) =>
      begin(process, () => {
        if (--left === 0) resume();
      }),
    );
    return () => cancels.forEach((cancel) => cancel());
  };
}

/** Resumes when `done` is called, at once where it has been. */
export class Signal {
  private isDone = false;
  private readonly waiting = new Set<() => void>();

  readonly wait: Wait = (resume) => {
    if (this.isDone) resume();
    else this.waiting.add(resume);
    return () => this.waiting.delete(resume);
  };

  done(): void {
    this.isDone = true;
    const waiting = [...this.waiting];
    this.waiting.clear();
    waiting.forEach((resume) => resume());
  }
}

/** Whichever comes first. */
export function either(...waits: readonly Wait[]): Wait {
  return (resume) => {
    const race = { isOver: false };
    const cancels: (() => void)[] = [];
    const end = (): void => {
      race.isOver = true;
      cancels.forEach((cancel) => cancel());
    };
    for (const wait of waits) {
      if (race.isOver) break;
      const cancel = wait(() => {
        if (race.isOver) return;
        end();
        resume();
      });
      cancels.push(cancel);
    }
    return end;
  };
}
