/** Something that has a name in the zone's namespace, such as a Secret of cdk8s-plus. */
export interface INamed {
  /** The name of the object. */
  readonly name: string;
}

/** A password or key: best a key of a Secret that somebody else keeps. */
export class Credential {
  /**
   * The value stands in a Secret of the zone's namespace.
   *
   * @param secret the Secret, or its name
   * @param key the key in the Secret
   */
  public static fromSecret(secret: INamed | string, key: string): Credential {
    const name = typeof secret === 'string' ? secret : secret.name;
    if (name === '' || key === '') throw new Error('Credential.fromSecret: name the Secret and its key');
    return new Credential(undefined, name, key);
  }

  /**
   * The value itself. It is written to the zone's own Secret and to no other object, but it stands in your repository:
   * `gamezone synth` warns.
   */
  public static unsafeLiteral(value: string): Credential {
    return new Credential(value, undefined, undefined);
  }

  private constructor(
    private readonly literal: string | undefined,
    private readonly secretName: string | undefined,
    private readonly key: string | undefined,
  ) {}

  /**
   * The fields of a zone file that say the same: `pwd`, or `pwdSecretRef`.
   *
   * @internal
   */
  public _toFields(field: string): Record<string, unknown> {
    if (this.literal !== undefined) return { [field]: this.literal };
    return { [`${field}SecretRef`]: { name: this.secretName, key: this.key } };
  }
}
