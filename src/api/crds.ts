/** A CustomResourceDefinition, ready for `kubectl apply`. */
export interface Crd {
  readonly kind: string;
  /** False while nothing in a cluster acts on objects of this kind; `gamezone crds` leaves it out. */
  readonly reconciled: boolean;
  readonly yaml: string;
}

/** All of them, in a fixed order. The text is loaded at the first call only. */
export async function crds(): Promise<readonly Crd[]> {
  return (await import('./generated/crds.js')).CRDS;
}
