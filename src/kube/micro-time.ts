/** A MicroTime of the API: exactly six digits after the second. `time` is in milliseconds since 1970. */
export function microTime(time: number): string {
  return new Date(time).toISOString().replace('Z', '000Z');
}
