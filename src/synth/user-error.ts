/** A mistake of the user's: shown without a stack trace, exit code 2. */
export class UserError extends Error {
  readonly hint: string | undefined;

  constructor(message: string, { hint }: { readonly hint?: string } = {}) {
    super(message);
    this.name = 'UserError';
    this.hint = hint;
  }
}
