import { goJson } from './go-json.js';

/** 32 bits of bytes. Source: FNV-1 (not 1a), as fnv.New32 of Go. */
export function fnv1(bytes: Uint8Array): number {
  let value = 0x811c9dc5;
  for (const byte of bytes) value = (Math.imul(value, 0x01000193) ^ byte) >>> 0;
  return value;
}

/** A number as a suffix of names, without vowels and what looks like one, so that it is no word. Source: SafeEncodeString of Kubernetes. */
export function safeSuffix(number: number): string {
  return Array.from(String(number), (digit) => ALPHABET[digit.charCodeAt(0) % ALPHABET.length]).join('');
}

const ALPHABET = 'bcdfghjklmnpqrstvwxz2456789';

/** What a ControllerRevision is called after its set's name. `collisions`: how many names were taken by something else. */
export function revisionSuffix(data: unknown, collisions: number): string {
  return safeSuffix(fnv1(Buffer.from(`${goJson(data)}${collisions}`)));
}
