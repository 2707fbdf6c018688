import { UserError } from '../../synth/user-error.js';

const UNITS: Readonly<Record<string, number>> = {
  '': 1,
  k: 1e3,
  M: 1e6,
  G: 1e9,
  T: 1e12,
  Ki: 2 ** 10,
  Mi: 2 ** 20,
  Gi: 2 ** 30,
  Ti: 2 ** 40,
};

/** `50Gi` in bytes, as Kubernetes writes sizes. */
export function byteCount(option: string, text: string): number {
  const [, number, unit = ''] = /^(\d+(?:\.\d+)?)([kMGT]|[KMGT]i)?$/.exec(text) ?? [];
  if (number === undefined) throw new UserError(`${option} ${text}: not a size`, { hint: 'write a size such as 50Gi' });
  return Math.floor(Number(number) * UNITS[unit]!);
}

export function wholeNumber(option: string, text: string, least: number, most: number): number {
  const number = Number(text);
  if (/^\d+$/.test(text) && number >= least && number <= most) return number;
  throw new UserError(`${option} ${text}: not a number from ${least} to ${most}`, {
    hint: `write one, such as ${option} ${least + 3}`,
  });
}
