import { printable } from './printable.js';

/** The credentials of a run, so that no text of git, p4 or a store carries one out. */
export class Secrets {
  private readonly spellings = new Set<string>();

  /** Every spelling in which a program may repeat the credential is masked: plain, percent-encoded, base64. */
  add(secret: string): void {
    if (secret.length < MASKED_FROM) return;
    for (const text of [secret, encodeURIComponent(secret), encodeURI(secret), Buffer.from(secret).toString('base64')])
      this.spellings.add(text);
  }

  /** The text without credentials, those of addresses included, whoever put them there. */
  mask(text: string): string {
    const known = [...this.spellings].sort((a, b) => b.length - a.length);
    const masked = known.reduce((rest, secret) => rest.replaceAll(secret, MASK), text);
    return printable(masked.replaceAll(/([a-z][a-z0-9+.-]*:\/\/)[^/?#\s@'"]*@/gi, `$1${MASK}@`));
  }
}

/** A shorter one is no secret, and masking it would eat every text. */
const MASKED_FROM = 4;
const MASK = '***';
