/** One thing that the API server would refuse in an object. */
export interface ObjectProblem {
  /** Where, in the words of the API server: `spec.template.spec.containers[0].image`, `metadata.labels[app]`. */
  readonly path: string;
  /** What is wrong and what would be right. */
  readonly message: string;
  /** The value as it was written; absent for something missing. */
  readonly value?: unknown;
}

/**
 * A place in an object, rendered only when something is wrong there: a clean object, which is nearly every one, builds no text.
 */
export class FieldPath {
  private constructor(
    private readonly parent: FieldPath | undefined,
    private readonly step: string | number,
  ) {}

  static readonly root = new FieldPath(undefined, '');

  /** A place to start from other than the whole object, such as `spec.template`. */
  static from(text: string): FieldPath {
    return text === '' ? FieldPath.root : new FieldPath(undefined, text);
  }

  /** The field of that name, or the element of that index. */
  at(step: string | number): FieldPath {
    return new FieldPath(this, step);
  }

  /** The entry of a map: Kubernetes writes `limits[cpu]`, since keys may hold dots. */
  key(key: string): FieldPath {
    return new FieldPath(this, `[${key}]`);
  }

  toString(): string {
    const before = this.parent?.toString() ?? '';
    if (typeof this.step === 'number') return `${before}[${this.step}]`;
    return before === '' || this.step.startsWith('[') ? before + this.step : `${before}.${this.step}`;
  }
}

/** What was found so far. One problem per place: what follows from the first one would only repeat it. */
export class Problems {
  readonly found: ObjectProblem[] = [];

  add(path: FieldPath, message: string, value?: unknown): void {
    const place = path.toString();
    if (this.found.some((problem) => problem.path === place)) return;
    this.found.push(value === undefined ? { path: place, message } : { path: place, message, value });
  }
}
