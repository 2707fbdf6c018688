/** What the user must know about a failure that is theirs or of the world; never a stack trace. */
export class ArtifactError extends Error {
  override readonly name: string = 'ArtifactError';
  /** What would be right. */
  readonly hint: string | undefined;
  /** `input`: what was asked for cannot be (exit code 2). `failed`: it could be, and did not work this time (exit code 1). */
  readonly fault: 'input' | 'failed';

  constructor(
    message: string,
    {
      hint,
      fault = 'failed',
      cause,
    }: { readonly hint?: string; readonly fault?: 'input' | 'failed'; readonly cause?: unknown } = {},
  ) {
    super(message, { cause });
    this.hint = hint;
    this.fault = fault;
  }
}

/** What arrived is not what the source has: asked for once more, it may be. */
export class NotWhole extends ArtifactError {
  override readonly name = 'NotWhole';
}

export const codeOf = (error: unknown): string | undefined => (error as NodeJS.ErrnoException | undefined)?.code;

export const messageOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));
