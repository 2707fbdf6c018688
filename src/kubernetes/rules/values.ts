import type { Fields } from '../fields.js';

/** Shapes of single values that several kinds share. */

/** A number of pods, or a share of them such as `25%`. */
export function checkIntOrPercent(of: Fields, name: string, { atMost100 = false } = {}): void {
  const value = of.value(name);
  if (typeof value === 'string') {
    if (!/^[0-9]+%$/.test(value)) of.wrong(name, `"${value}" is neither a number nor a percentage: write 1 or 25%`);
    else if (atMost100 && Number(value.slice(0, -1)) > 100) of.wrong(name, `${value} is more than 100%`);
  } else if (typeof value === 'number' && value < 0) of.wrong(name, 'must not be negative: use 0 or more');
}

/** What a number or a percentage says, both as a bare number, or NaN: only whether it is 0 matters to the callers. */
export function intOrPercent(value: unknown): number {
  return typeof value === 'string' ? Number.parseInt(value, 10) : typeof value === 'number' ? value : Number.NaN;
}

export function checkFileMode(of: Fields, name: string): void {
  const mode = of.number(name);
  if (mode !== undefined && (mode < 0 || mode > 0o777)) of.wrong(name, 'must be a file mode from 0 to 0777 (511)');
}

/** A path below a mount: relative, and never out of it. */
export function checkDescendingPath(of: Fields, name: string, { reserved = false } = {}): void {
  const path = of.text(name);
  if (path.startsWith('/')) of.wrong(name, `"${path}" must be relative: remove the leading "/"`);
  checkNoBacksteps(of, name);
  if (reserved && path.startsWith('..')) of.wrong(name, `"${path}" must not begin with ".."`);
}

export function checkNoBacksteps(of: Fields, name: string): void {
  if (of.text(name).split('/').includes('..')) of.wrong(name, `"${of.text(name)}" must not contain ".."`);
}

export function isIPv4(text: string): boolean {
  const parts = text.split('.');
  return parts.length === 4 && parts.every((part) => /^\d{1,3}$/.test(part) && Number(part) <= 255);
}

export function isIPv6(text: string): boolean {
  if (!text.includes(':') || text.includes('%') || /:::/.test(text)) return false;
  const halves = text.split('::');
  if (halves.length > 2) return false;
  const groups = halves.flatMap((half) => (half === '' ? [] : half.split(':')));
  const last = groups.at(-1);
  let count = groups.length;
  if (last?.includes('.')) {
    if (!isIPv4(last)) return false;
    groups.pop();
    count++;
  }
  if (!groups.every((group) => /^[0-9a-fA-F]{1,4}$/.test(group))) return false;
  return halves.length === 2 ? count < 8 : count === 8;
}

export function isIP(text: string): boolean {
  return isIPv4(text) || isIPv6(text);
}

/** `10.0.0.0/8`; the address and the length of its prefix. */
export function parseCidr(
  text: string,
): { readonly address: bigint; readonly bits: 32 | 128; readonly prefix: number } | undefined {
  const slash = text.indexOf('/');
  const address = text.slice(0, slash);
  const length = text.slice(slash + 1);
  if (slash < 0 || !/^\d{1,3}$/.test(length)) return undefined;
  const prefix = Number(length);
  if (isIPv4(address)) return prefix <= 32 ? { address: ipv4Bits(address), bits: 32, prefix } : undefined;
  if (isIPv6(address)) return prefix <= 128 ? { address: ipv6Bits(address), bits: 128, prefix } : undefined;
  return undefined;
}

function ipv4Bits(text: string): bigint {
  return text.split('.').reduce((bits, part) => (bits << 8n) | BigInt(Number(part)), 0n);
}

function ipv6Bits(text: string): bigint {
  const expanded = text.replace(/(\d+\.\d+\.\d+\.\d+)$/, (v4) => {
    const bits = ipv4Bits(v4);
    return `${(bits >> 16n).toString(16)}:${(bits & 0xffffn).toString(16)}`;
  });
  const [head = '', tail] = expanded.split('::');
  const before = head === '' ? [] : head.split(':');
  const after = tail === undefined || tail === '' ? [] : tail.split(':');
  const groups = [...before, ...Array<string>(8 - before.length - after.length).fill('0'), ...after];
  return groups.reduce((bits, group) => (bits << 16n) | BigInt(`0x${group}`), 0n);
}
