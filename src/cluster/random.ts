/** Numbers from 0 to below 1. */
export interface Random {
  (): number;
  /** Another stream, fixed by this one's seed and the name: drawing from one never shifts the other. */
  fork(name: string): Random;
}

/** Seeded; the same seed gives the same numbers on every machine. Source: mulberry32. */
export function random(seed: number): Random {
  let state = seed >>> 0;
  const next = (): number => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 0x1_0000_0000;
  };
  return Object.assign(next, { fork: (name: string) => random(hash(`${seed >>> 0}/${name}`)) });
}

/** 32 bits of a text. Source: FNV-1a. */
export function hash(text: string): number {
  let value = 0x811c9dc5;
  for (let index = 0; index < text.length; index++) {
    value = Math.imul(value ^ text.charCodeAt(index), 0x01000193);
  }
  return value >>> 0;
}

/** `digits` hexadecimal digits. */
export function hexadecimal(from: Random, digits: number): string {
  let text = '';
  while (text.length < digits) {
    text += Math.floor(from() * 0x1_0000_0000)
      .toString(16)
      .padStart(8, '0');
  }
  return text.slice(0, digits);
}

/** Evenly between two bounds. */
export function between(from: Random, [least, most]: readonly [number, number]): number {
  return least + from() * (most - least);
}
