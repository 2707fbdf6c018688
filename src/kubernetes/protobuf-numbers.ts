import generated from './protobuf-numbers.gen.json' with { type: 'json' };

const types = generated.types as Readonly<Record<string, Readonly<Record<string, string>>>>;

/** The fields of a type by their numbers in the protobuf form: `1`, or `2.6` for one in a struct that is embedded at 2. */
export function protobufFields(typeName: string): Readonly<Record<string, string>> {
  return types[typeName] ?? {};
}
