/** A port that the process listens on. */
export interface ServicePort {
  /** The number, 1 to 65535. */
  readonly port: number;

  /**
   * A name of at most 15 lower-case letters, digits and hyphens.
   *
   * @default - protocol and number, such as `tcp-7001`
   */
  readonly name?: string;

  /**
   * `TCP`, `UDP` or `SCTP`.
   *
   * @default 'TCP'
   */
  readonly protocol?: string;
}
