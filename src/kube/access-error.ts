/** A kubeconfig, a service account or what they lead to cannot be used. Names files and contexts, never what is secret in them. */
export class AccessError extends Error {
  readonly hint: string | undefined;

  constructor(message: string, { hint, cause }: { readonly hint?: string; readonly cause?: unknown } = {}) {
    const why = (cause as Partial<Error> | undefined)?.message;
    super(why === undefined ? message : `${message}: ${why}`, { cause });
    this.name = 'AccessError';
    this.hint = hint;
  }
}

/** What a program or a library says of its failure is for people; what looks like a token in it is for nobody. */
export function masked(text: string): string {
  return text.trim().replaceAll(/eyJ[\w-]+\.[\w.-]+|[\w+/=-]{40,}/g, '***');
}
