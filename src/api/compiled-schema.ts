/** The form of a generated validator module (`generated/validators/<kind>.js`). */
export interface CompiledSchema {
  readonly validate: { (value: unknown): boolean; errors?: readonly Complaint[] | null };
  /** What `validate` was made from; a `schemaPath` leads into it. */
  readonly schema: SchemaNode;
}

/** What ajv complains about, once for each keyword that did not hold. */
export interface Complaint {
  /** JSON pointer into the value. */
  readonly instancePath: string;
  /** JSON pointer into the schema, with a leading `#`; the keyword is its end. */
  readonly schemaPath: string;
  readonly params?: {
    readonly missingProperty?: string;
    readonly additionalProperty?: string;
    /** Set where the complaint is about a key, not about its value. */
    readonly propertyName?: string;
    /** Branches of a `oneOf` that hold, where more than one does. */
    readonly passingSchemas?: readonly number[] | null;
  };
}

/** A schema reduced to what checks and what explains. */
export interface SchemaNode {
  /** Only `#/definitions/<name>`. */
  readonly $ref?: string;
  readonly definitions?: Readonly<Record<string, SchemaNode>>;
  readonly type?: string | readonly string[];
  readonly properties?: Readonly<Record<string, SchemaNode>>;
  readonly additionalProperties?: boolean | SchemaNode;
  readonly items?: SchemaNode;
  readonly required?: readonly string[];
  readonly enum?: readonly unknown[];
  readonly const?: unknown;
  readonly minimum?: number;
  readonly maximum?: number;
  readonly minLength?: number;
  readonly maxLength?: number;
  readonly minItems?: number;
  readonly maxItems?: number;
  readonly maxProperties?: number;
  readonly anyOf?: readonly SchemaNode[];
  readonly oneOf?: readonly SchemaNode[];
  readonly allOf?: readonly SchemaNode[];
  readonly not?: SchemaNode;
  readonly nullable?: boolean;
  /** What would be right, as a noun phrase. */
  readonly hint?: string;
  /** What a required field is for. */
  readonly about?: string;
  readonly 'x-gamezone-secret'?: boolean;
  /** Fields that people write here although they belong elsewhere, and where that is. */
  readonly 'x-gamezone-misplaced'?: Readonly<Record<string, string>>;
  /** The Kubernetes type that validates this part: `io.k8s.api.core.v1.PodTemplateSpec`. */
  readonly 'x-gamezone-type'?: string;
}
