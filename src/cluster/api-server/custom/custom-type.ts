import type { FieldCause } from '../../../kube/error.js';
import { typeShape } from '../../../kubernetes/facts.js';
import { checkObject } from '../../../kubernetes/index.js';
import { mergeTypeOf, mergeTypeOfSchema, type MergeType } from '../apply/merge-type.js';
import { copyOf, isRecord, record, type Json } from '../json.js';
import { DecodeError, decode, type Decoded } from '../typing/decode.js';
import { causeOf, type ObjectType } from '../typing/object-type.js';
import { dropNulls, eachEmbedded, fillIn, prune, type Schema } from './structural.js';
import { validate } from './validate.js';

const META = typeShape('io.k8s.apimachinery.pkg.apis.meta.v1.ObjectMeta')!;

/** The type of a custom resource. */
export class CustomType implements ObjectType {
  readonly mergeType: MergeType;

  constructor(readonly schema: Schema) {
    const type = mergeTypeOfSchema(schema);
    const metadata = mergeTypeOf(META);
    this.mergeType =
      type.kind === 'fields'
        ? { ...type, field: (name) => (name === 'metadata' ? metadata : type.field(name)), isNamed: isNamed(type) }
        : type;
  }

  decode(value: unknown): Decoded {
    if (!isRecord(value)) throw new DecodeError('the body is no object');
    const object = copyOf(value);
    const metadata = decode(META, record(object['metadata']));
    const unknown = [...metadata.unknown.map((field) => `metadata.${field}`), ...prune(this.schema, object)];
    dropNulls(this.schema, object);
    eachEmbedded(this.schema, object, (embedded, path) => {
      if (embedded['metadata'] === undefined) return;
      const inner = decode(META, embedded['metadata']);
      embedded['metadata'] = inner.object;
      unknown.push(...inner.unknown.map((field) => path.at('metadata').at(field).toString()));
    });
    return { object: { ...object, metadata: metadata.object }, unknown };
  }

  fillIn(object: Json): void {
    fillIn(this.schema, object);
  }

  mistyped(object: Json): string | undefined {
    const wrong = validate(this.schema, object).find(({ reason }) => reason === 'FieldValueTypeInvalid');
    return wrong && `.${wrong.field ?? ''}: ${wrong.message ?? ''}`;
  }

  check(object: Json, before?: Json): readonly FieldCause[] {
    return [...checkObject(object).map(causeOf), ...validate(this.schema, object, before), ...this.unnamed(object)];
  }

  /** Objects within the object that do not say what they are. */
  private unnamed(object: Json): FieldCause[] {
    const causes: FieldCause[] = [];
    eachEmbedded(this.schema, object, (embedded, path) => {
      for (const name of ['apiVersion', 'kind'])
        if (typeof embedded[name] !== 'string' || embedded[name] === '')
          causes.push({ reason: 'FieldValueRequired', message: 'Required value', field: path.at(name).toString() });
    });
    return causes;
  }
}

/** Every object has these, whether its schema names them or not. */
function isNamed(type: MergeType & { kind: 'fields' }): (name: string) => boolean {
  return (name) => name === 'metadata' || name === 'apiVersion' || name === 'kind' || type.isNamed(name);
}
