/**
 * Quantities in the one form in which they are stored: `1000m` is `1`, `0.5` is `500m`, `1024Mi` is `1Gi`.
 * Source: CanonicalizeBytes in k8s.io/apimachinery/pkg/api/resource.
 */
const FORM = /^([+-]?)(\d*)(?:\.(\d*))?(Ki|Mi|Gi|Ti|Pi|Ei|[numkMGTPE]|[eE][+-]?\d+)?$/;

const BINARY = ['', 'Ki', 'Mi', 'Gi', 'Ti', 'Pi', 'Ei'];
const DECIMAL = ['n', 'u', 'm', '', 'k', 'M', 'G', 'T', 'P', 'E'];

export function canonicalQuantity(value: string | number): string {
  const written = String(value).trim();
  const [, sign = '', whole = '', part = '', suffix = ''] = FORM.exec(written) ?? [];
  // Billionths; finer parts are rounded up, away from zero.
  const digits = BigInt(`${whole}${part}` || '0');
  const binary = BINARY.indexOf(suffix);
  const isBinary = suffix !== '' && binary > 0;
  const exponent = isBinary ? 0 : exponentOf(suffix);
  const scaled = scale(isBinary ? digits * 1024n ** BigInt(binary) : digits, exponent - part.length + 9);
  const minus = sign === '-' && scaled !== 0n ? '-' : '';
  if (isBinary && scaled % NANO === 0n && scaled / NANO >= 1024n) return minus + inBinary(scaled / NANO);
  if (/^[eE]/.test(suffix)) return minus + inExponents(scaled);
  return minus + inDecimal(scaled);
}

const NANO = 1_000_000_000n;

function exponentOf(suffix: string): number {
  if (/^[eE][+-]?\d/.test(suffix)) return Number(suffix.slice(1));
  return (DECIMAL.indexOf(suffix) - 3) * 3;
}

function scale(digits: bigint, exponent: number): bigint {
  if (exponent >= 0) return digits * 10n ** BigInt(exponent);
  const divisor = 10n ** BigInt(-exponent);
  return (digits + divisor - 1n) / divisor;
}

function inBinary(amount: bigint): string {
  let [rest, step] = [amount, 0];
  while (rest !== 0n && rest % 1024n === 0n && step < BINARY.length - 1) [rest, step] = [rest / 1024n, step + 1];
  return `${rest}${BINARY[step]}`;
}

function inDecimal(billionths: bigint): string {
  let [rest, step] = [billionths, 0];
  if (rest === 0n) return '0';
  while (rest % 1000n === 0n && step < DECIMAL.length - 1) [rest, step] = [rest / 1000n, step + 1];
  return `${rest}${DECIMAL[step]}`;
}

function inExponents(billionths: bigint): string {
  let [rest, exponent] = [billionths, -9];
  if (rest === 0n) return '0';
  while (rest % 1000n === 0n) [rest, exponent] = [rest / 1000n, exponent + 3];
  return exponent === 0 ? String(rest) : `${rest}e${exponent}`;
}
