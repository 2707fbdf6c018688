import { execa } from 'execa';

export interface ProgramSettings {
  readonly folder: string;
  /** All of its environment: nothing of ours is added. */
  readonly environment: Readonly<Record<string, string>>;
  readonly signal: AbortSignal;
  readonly input: string;
}

/**
 * What a program prints, piece by piece: it may be too much for memory, or no text. One that is read no further is ended. The
 * result is what it failed with, undefined where it went well.
 *
 * @throws the signal's reason, once that is aborted
 */
export async function* outputOf(
  program: string,
  args: readonly string[],
  { folder, environment, signal, input }: ProgramSettings,
): AsyncGenerator<Uint8Array, unknown> {
  const child = execa(program, args, {
    cwd: folder,
    env: environment,
    extendEnv: false,
    input: Buffer.from(input),
    buffer: { stdout: false },
    encoding: 'buffer',
    cancelSignal: signal,
    forceKillAfterDelay: 5000,
  });
  // Whoever stops reading, and so stops the program, hears of what stopped it and not of a signal.
  const ended = child.then(
    () => undefined,
    (error: unknown) => error,
  );
  let isRead = false;
  try {
    for await (const chunk of child.stdout as AsyncIterable<Uint8Array>) yield chunk;
    isRead = true;
  } finally {
    if (!isRead) {
      child.kill();
      await ended;
    }
  }
  const failed = await ended;
  signal.throwIfAborted();
  return failed;
}
