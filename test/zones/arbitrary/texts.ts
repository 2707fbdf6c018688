import fc from 'fast-check';

/** Texts that a careless writer or reader of YAML takes for something else, or loses a part of. */
const HOSTILE = ['yes', 'on', '~', 'null', '1e3', '0o17', '0x1F', '1_000', '2001-01-01', '-', '- a', 'a: b', '#a', ' a ', '', '\n', 'a\n\nb\n', '\ta', '"', "'", '{a}', '[1', '&a', '*a', '!a', '%a', '@a', '`a', '|', '>-', '大区', '🎮', '\u0085', '\u2028', '$(HOME)', '---', '...', '<<', '=']; // prettier-ignore

/** Any text that an object may hold. */
export const text = (): fc.Arbitrary<string> =>
  fc.oneof(
    fc.constantFrom(...HOSTILE),
    fc.string({ maxLength: 12 }),
    fc.string({ maxLength: 6, unit: 'grapheme' }),
    fc.lorem({ maxCount: 3 }),
  );

/** Some of these fields, each with a value of its own. */
export const some = <T extends object>(fields: { readonly [field in keyof T]: fc.Arbitrary<T[field]> }): fc.Arbitrary<
  Partial<T>
> => fc.record(fields, { requiredKeys: [] }) as fc.Arbitrary<Partial<T>>;

/** A value, or none at all. */
export const perhaps = <T>(value: fc.Arbitrary<T>): fc.Arbitrary<T | undefined> =>
  fc.option(value, { nil: undefined, freq: 2 });

/** The fields that have a value. */
export const definedOnly = <T extends object>(fields: T): { [field in keyof T]?: Exclude<T[field], undefined> } =>
  Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined)) as never;

/** Several in a row, of every number from `least` to `most`. */
export const severalOf = <T>(values: readonly T[], least = 0): fc.Arbitrary<T[]> =>
  fc.shuffledSubarray([...values], { minLength: Math.min(least, values.length) });

/** Maps by names; of Kubernetes, which restricts keys and leaves values alone. */
export const textsBy = (
  keys: readonly string[],
  values: fc.Arbitrary<string> = text(),
): fc.Arbitrary<{ [key: string]: string }> =>
  severalOf(keys).chain((chosen) =>
    fc
      .tuple(...chosen.map(() => values))
      .map((given) => Object.fromEntries(chosen.map((key, index) => [key, given[index]!]))),
  );

/** An image reference. */
export const image = (): fc.Arbitrary<string> =>
  fc.constantFrom(
    'game:1',
    'game:2',
    'registry.example.com:5000/project1/service:0.1.0',
    `game@sha256:${'0'.repeat(64)}`,
  );

/** A key of a Secret. */
export const secretRef = (): fc.Arbitrary<{ name: string; key: string }> =>
  fc.record({ name: fc.constantFrom('keys', 'mysql'), key: fc.constantFrom('password', 'a.b_c') });

/** `field`, as a literal or as a reference. */
export const credential = (field: string): fc.Arbitrary<object> =>
  fc.oneof(
    text().map((value) => ({ [field]: value })),
    secretRef().map((value) => ({ [`${field}SecretRef`]: value })),
  );
