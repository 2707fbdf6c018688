/** A data folder that cannot be used as it is: for a person to read. */
export class DataError extends Error {
  /** What would be right. */
  readonly hint: string;

  constructor(message: string, { hint, cause }: { readonly hint: string; readonly cause?: unknown }) {
    super(message, { cause });
    this.name = 'DataError';
    this.hint = hint;
  }
}

export function codeOf(error: unknown): string {
  return (error as NodeJS.ErrnoException).code ?? '';
}
