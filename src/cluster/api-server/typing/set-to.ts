import type { Json } from '../json.js';

/** Gives fields that are absent or empty these values. */
export function setTo(object: Json, values: Json): void {
  for (const name in values) {
    const given = object[name];
    if (given === undefined || given === null || given === '') object[name] = values[name];
  }
}
