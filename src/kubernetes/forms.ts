import generated from './forms.gen.json' with { type: 'json' };

interface FormFacts {
  readonly keep?: readonly string[];
  readonly given?: readonly string[];
  readonly sets?: readonly string[];
  readonly atomic?: readonly string[];
  readonly whole?: boolean;
  readonly merge?: Readonly<Record<string, string>>;
  readonly retain?: readonly string[];
}

/** How a type of Kubernetes is stored, and how two versions of it are merged. */
export class Form {
  /** Fields that are there even when they are empty. */
  readonly keep: ReadonlySet<string>;
  /** Fields whose empty value is kept when it is given; of all others it is dropped. */
  readonly given: ReadonlySet<string>;
  /** Lists of plain values in which each stands once. */
  readonly sets: ReadonlySet<string>;
  /** Fields that have one owner, whatever they hold. */
  readonly atomic: ReadonlySet<string>;
  /** Whether a value of this type has one owner. */
  readonly whole: boolean;
  /** Fields of which a strategic merge patch may say what is to stay. */
  readonly retain: ReadonlySet<string>;
  private readonly merge: Readonly<Record<string, string>>;

  constructor(facts: FormFacts) {
    this.keep = new Set(facts.keep);
    this.given = new Set(facts.given);
    this.sets = new Set(facts.sets);
    this.atomic = new Set(facts.atomic);
    this.whole = facts.whole === true;
    this.retain = new Set(facts.retain);
    this.merge = facts.merge ?? {};
  }

  /** The key by which a strategic merge patch merges this list; '' where it is one of plain values, undefined where it is replaced. */
  mergeKey(field: string): string | undefined {
    return Object.hasOwn(this.merge, field) ? this.merge[field] : undefined;
  }
}

const types = generated.types as Readonly<Record<string, FormFacts>>;
const forms = new Map<string, Form>();
const plain = new Form({});

/** Of a type by its name in Kubernetes' OpenAPI document. */
export function formOf(typeName: string): Form {
  const known = forms.get(typeName);
  if (known) return known;
  const facts = types[typeName];
  const form = facts ? new Form(facts) : plain;
  forms.set(typeName, form);
  return form;
}
