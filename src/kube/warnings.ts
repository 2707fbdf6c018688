const REMEMBERED = 1000;

/** Hands on each warning of the server once: https://kubernetes.io/blog/2020/09/03/warnings/ */
export class Warnings {
  private readonly known = new Set<string>();

  constructor(private readonly onWarning: (text: string) => void) {}

  /** From the `Warning` headers of an answer, RFC 7234 5.5: `299 - "text"`. */
  see(header: string | string[] | undefined): void {
    if (header === undefined) return;
    for (const line of Array.isArray(header) ? header : [header])
      for (const [, quoted = ''] of line.matchAll(/\b299 \S+ "((?:[^"\\]|\\.)*)"/g))
        this.tell(quoted.replaceAll(/\\(.)/g, '$1'));
  }

  private tell(text: string): void {
    if (this.known.has(text)) return;
    // Texts hold names of objects: a set that only grows would grow with them.
    if (this.known.size >= REMEMBERED) this.known.clear();
    this.known.add(text);
    this.onWarning(text);
  }
}
