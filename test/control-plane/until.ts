export interface Patience {
  /** Milliseconds. @default 30000 */
  readonly within?: number;
  /** Whether it cannot become so any more. @default never */
  readonly isHopeless?: () => boolean;
  /** What to throw when it has not become so. @default an error with the condition's text */
  readonly failure?: () => Error;
}

const lookEvery = 25;

/** Looks again and again until something is so: for what happens in other processes, whose clocks cannot be injected. */
export async function until(isSo: () => boolean | Promise<boolean>, patience: Patience = {}): Promise<void> {
  const { within = 30_000, isHopeless = () => false } = patience;
  const { failure = () => new Error(`After ${within} ms this is still not so: ${isSo.toString()}`) } = patience;
  const deadline = Date.now() + within;
  while (!(await isSo())) {
    if (isHopeless() || Date.now() > deadline) throw failure();
    await new Promise((resolve) => setTimeout(resolve, lookEvery));
  }
}
