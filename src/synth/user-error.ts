/** A mistake of the user's: shown without a stack trace, exit code 2. What it comes from is shown with `--verbose`. */
export class UserError extends Error {
  readonly hint: string | undefined;

  constructor(message: string, { hint, cause }: { readonly hint?: string; readonly cause?: unknown } = {}) {
    super(message, { cause });
    this.name = 'UserError';
    this.hint = hint;
  }
}
