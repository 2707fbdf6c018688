// What a hook's `asInt` and `asFloat` accept. They throw: inside an expression that is how a measurement becomes Error, fail closed.

const MAX_INT = 2n ** 63n - 1n;
const MIN_INT = -(2n ** 63n);
const WHOLE = /^[+-]?\d{1,19}$/;
const DECIMAL = /^[+-]?(\d+(\.\d*)?|\.\d+)([eE][+-]?\d{1,3})?$/;

/** A whole number of 64 bits from a string of decimal digits or a JSON number. Throws for everything else: `27.5`, the empty string, 22 digits. */
export function asInt(value: unknown): bigint {
  if (typeof value === 'bigint') return value;
  if (typeof value === 'number') {
    if (!Number.isInteger(value)) throw new Error(`asInt: ${value} is not a whole number`);
    // Beyond 2^53 reading the JSON has already changed the last digits.
    if (!Number.isSafeInteger(value)) throw new Error(`asInt: ${value} is too large to be exact`);
    return BigInt(value);
  }
  if (typeof value === 'string') {
    const whole = WHOLE.test(value) ? BigInt(value.replace(/^\+/, '')) : undefined;
    if (whole === undefined || whole > MAX_INT || whole < MIN_INT) {
      throw new Error(`asInt: ${quoted(value)} is not a whole number of 64 bits`);
    }
    return whole;
  }
  throw new Error(`asInt: ${kindOf(value)} is not a whole number`);
}

/** A finite number from a decimal string or a JSON number. Throws for everything else: `abc`, the empty string, `NaN`, `0x10`. */
export function asFloat(value: unknown): number {
  const number =
    typeof value === 'bigint' || (typeof value === 'string' && DECIMAL.test(value)) ? Number(value) : value;
  if (typeof number === 'number' && Number.isFinite(number)) return number;
  throw new Error(`asFloat: ${typeof value === 'string' ? quoted(value) : kindOf(value)} is not a number`);
}

/** Enough of an answer to recognise it, never a page of it. */
function quoted(text: string): string {
  return JSON.stringify(text.length > 30 ? `${text.slice(0, 30)}...` : text);
}

function kindOf(value: unknown): string {
  if (value === null) return 'null';
  if (Array.isArray(value)) return 'a list (write result[0] for its first element)';
  if (typeof value === 'number') return String(value);
  return typeof value === 'boolean' ? String(value) : 'an object';
}
