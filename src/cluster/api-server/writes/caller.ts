/** Who asks, and how it wants its request to be taken. */
export interface Caller {
  readonly user: string;
  readonly userAgent?: string;
  /** For managedFields. */
  readonly fieldManager: string;
  /** What happens to fields that the server does not know. */
  readonly fieldValidation: 'Strict' | 'Warn' | 'Ignore';
  readonly dryRun: boolean;
  /** Told of what was accepted and should not have been said. */
  readonly warn?: (text: string) => void;
}
