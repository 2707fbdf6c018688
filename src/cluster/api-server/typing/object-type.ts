import type { FieldCause } from '../../../kube/error.js';
import type { ObjectShape } from '../../../kubernetes/facts.js';
import { checkObject } from '../../../kubernetes/index.js';
import type { ObjectProblem } from '../../../kubernetes/problem.js';
import { mergeTypeOf, type MergeType } from '../apply/merge-type.js';
import type { Json } from '../json.js';
import { decode, type Decoded } from './decode.js';
import { applyDefaults } from './defaults.js';

/** What the server knows of the objects of a kind in one version. */
export interface ObjectType {
  /** Its type among Kubernetes' own; absent for custom resources. */
  readonly shape?: ObjectShape;
  readonly mergeType: MergeType;
  /** A copy as the server writes it. @throws DecodeError */
  decode(value: unknown): Decoded;
  /** Fills in defaults; the object is changed. */
  fillIn(object: Json): void;
  /** What is applied and is of another type than declared; absent where {@link decode} finds all of that. */
  mistyped?(object: Json): string | undefined;
  /** What is wrong with an object, in itself and, given it, compared with the one before. */
  check(object: Json, before?: Json): readonly FieldCause[];
}

export class BuiltInType implements ObjectType {
  readonly mergeType: MergeType;

  constructor(readonly shape: ObjectShape) {
    this.mergeType = mergeTypeOf(shape);
  }

  decode(value: unknown): Decoded {
    return decode(this.shape, value);
  }

  fillIn(object: Json): void {
    applyDefaults(this.shape, object);
  }

  check(object: Json): readonly FieldCause[] {
    return checkObject(object).map(causeOf);
  }
}

/** In the words of the API server, as far as they can be told from ours. */
export function causeOf({ path, message, value }: ObjectProblem): FieldCause {
  if (/^(is missing|is empty)/.test(message))
    return { reason: 'FieldValueRequired', message: `Required value: ${message}`, field: path };
  const told = `${JSON.stringify(value ?? '')}: ${message}`;
  return / is not allowed: (use one of|did you mean)/.test(message)
    ? { reason: 'FieldValueNotSupported', message: `Unsupported value: ${told}`, field: path }
    : { reason: 'FieldValueInvalid', message: `Invalid value: ${told}`, field: path };
}
