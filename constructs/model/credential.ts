import type { Credential } from './zone.js';

/** `pwd` to `pwdSecretRef`: beside each literal stands the reference that can take its place. */
export const secretRefField = (field: string): string => `${field}SecretRef`;

/** The credential that `holder` gives as a literal in `field` or as a reference beside it; undefined when it gives none. */
export function credential(holder: object, field: string): Credential | undefined {
  const values = holder as Readonly<Record<string, unknown>>;
  const literal = values[field];
  if (typeof literal === 'string') return { kind: 'literal', value: literal };
  const reference = values[secretRefField(field)] as { readonly name: string; readonly key: string } | undefined;
  return reference && { kind: 'secret', name: reference.name, key: reference.key };
}
