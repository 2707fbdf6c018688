import type { Manifest } from '../../../constructs/manifests/manifest.js';
import { Emitter } from '../emit.js';
import type { Format } from '../emit.js';

/** Where literals go: into the zone's file, into a file of their own, or nowhere (somebody else makes the Secret). */
export type SecretsMode = 'inline' | 'separate' | 'omit';

/** One file that synth writes. */
export interface OutputFile {
  /** Its name in the output folder. */
  readonly name: string;
  readonly content: Buffer;
  /** Whether it holds secrets: readable by its owner alone. */
  readonly secret: boolean;
  /** Whether `--check` demands it. A file of secrets alone is git-ignored, so that a fresh checkout has none. */
  readonly demanded: boolean;
  /** The zone file that it comes from. */
  readonly source: string;
}

/** Puts the objects of one zone into its files. */
export class ZoneFiles {
  private readonly plain: Emitter;
  private readonly separate: Emitter;
  private holdsSecret = false;

  constructor(
    private readonly zone: string,
    private readonly source: string,
    private readonly settings: { readonly format: Format; readonly secrets: SecretsMode },
  ) {
    this.plain = new Emitter(settings.format);
    this.separate = new Emitter(settings.format);
  }

  add(manifest: Manifest): void {
    const { secrets } = this.settings;
    if (manifest.kind !== 'Secret') this.plain.add(manifest);
    else if (secrets === 'separate') this.separate.add(manifest);
    else if (secrets === 'inline') {
      this.holdsSecret = true;
      this.plain.add(manifest);
    }
  }

  files(): OutputFile[] {
    const { zone, source, plain, separate } = this;
    const { format } = this.settings;
    return [
      // A chart may hold nothing but Secrets.
      ...(!plain.isEmpty || separate.isEmpty
        ? [{ name: `${zone}.${format}`, content: plain.content(), secret: this.holdsSecret, demanded: true, source }]
        : []),
      ...(!separate.isEmpty
        ? [{ name: `${zone}.secret.${format}`, content: separate.content(), secret: true, demanded: false, source }]
        : []),
    ];
  }
}
