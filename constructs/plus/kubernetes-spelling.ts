/**
 * What cdk8s-plus hands to its own objects, as Kubernetes spells it: `IntOrString` and `Quantity` are their value, and what
 * is undefined is left out.
 */
export function kubernetesSpelling(given: unknown): unknown {
  if (Array.isArray(given)) return given.map(kubernetesSpelling);
  if (typeof given !== 'object' || given === null) return given;
  if (isBoxed(given)) return given.value;
  return Object.fromEntries(
    Object.entries(given)
      .filter(([, value]) => value !== undefined)
      .map(([name, value]) => [name, kubernetesSpelling(value)]),
  );
}

/** cdk8s-plus has classes of its own for values of several types; a plain `{ name, value }` is none of them. */
const isBoxed = (given: object): given is { readonly value: unknown } =>
  'value' in given && Object.getPrototypeOf(given) !== Object.prototype;

/** Something of cdk8s-plus that knows how Kubernetes spells it: their classes do, by a method that is not in their types. */
export interface PlusObject {
  readonly name?: unknown;
  _toKube(container?: object): unknown;
}

export const isPlusObject = (given: unknown): given is PlusObject =>
  typeof given === 'object' && given !== null && typeof (given as Partial<PlusObject>)._toKube === 'function';
