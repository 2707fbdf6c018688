/**
 * Kubernetes quantities: `500m`, `1Gi`, `1e3`, 0.5.
 * Grammar: k8s.io/apimachinery/pkg/api/resource/quantity.go.
 */
const form = /^[+-]?(?:\d+\.?\d*|\.\d+)(Ki|Mi|Gi|Ti|Pi|Ei|[numkMGTPE]|[eE][+-]?\d+)?$/;

const factors: Readonly<Record<string, number>> = {
  n: 1e-9, u: 1e-6, m: 1e-3, k: 1e3, M: 1e6, G: 1e9, T: 1e12, P: 1e15, E: 1e18,
  Ki: 2 ** 10, Mi: 2 ** 20, Gi: 2 ** 30, Ti: 2 ** 40, Pi: 2 ** 50, Ei: 2 ** 60,
}; // prettier-ignore

export function isQuantity(value: unknown): value is string | number {
  if (typeof value === 'number') return Number.isFinite(value);
  return typeof value === 'string' && form.test(value.trim());
}

/** The amount, rounded as numbers are; undefined for what is not a quantity. */
export function amount(value: unknown): number | undefined {
  if (typeof value === 'number') return Number.isFinite(value) ? value : undefined;
  if (typeof value !== 'string') return undefined;
  const text = value.trim();
  const match = form.exec(text);
  if (!match) return undefined;
  const suffix = match[1] ?? '';
  const factor = factors[suffix];
  return factor === undefined ? Number(text) : Number(text.slice(0, -suffix.length)) * factor;
}
