/**
 * A secret as it may stand in a text: as it is, and within base64, where its letters depend on how many bytes of a group of
 * three stand before it. The letters at its ends, which it shares with its neighbours, are left out.
 */
export function spellingsOf(secret: string): string[] {
  const length = Buffer.byteLength(secret);
  const inBase64 = [0, 1, 2].map((before) =>
    Buffer.from(' '.repeat(before) + secret)
      .toString('base64')
      .slice(Math.ceil((before * 8) / 6), Math.floor(((before + length) * 8) / 6)),
  );
  return [secret, ...inBase64];
}

/** The spellings of a secret that a text has. */
export const spellingsIn = (text: string, secret: string): string[] =>
  spellingsOf(secret).filter((spelling) => text.includes(spelling));
