/** What a resource is counted in: CPU in cores, the others in their own unit. 0 for what is no quantity. Source: the API's Quantity. */
export function quantity(text: string | number | undefined): number {
  const [, number, suffix] = /^([+-]?[0-9.]+(?:[eE][+-]?[0-9]+)?)([a-zA-Z]*)$/.exec(String(text ?? '')) ?? [];
  const factor = FACTORS[suffix ?? ''];
  return number === undefined || factor === undefined ? 0 : Number(number) * factor;
}

const FACTORS: Readonly<Record<string, number>> = {
  n: 1e-9,
  u: 1e-6,
  m: 1e-3,
  '': 1,
  k: 1e3,
  M: 1e6,
  G: 1e9,
  T: 1e12,
  P: 1e15,
  E: 1e18,
  Ki: 2 ** 10,
  Mi: 2 ** 20,
  Gi: 2 ** 30,
  Ti: 2 ** 40,
  Pi: 2 ** 50,
  Ei: 2 ** 60,
};
