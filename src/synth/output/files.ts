import type { Manifest } from '../../../constructs/manifests/manifest.js';
import { emit } from '../emit.js';
import type { Format } from '../emit.js';

/** Where literals go: into the zone's file, into a file of their own, or nowhere (somebody else makes the Secret). */
export type SecretsMode = 'inline' | 'separate' | 'omit';

/** One file that synth writes. */
export interface OutputFile {
  /** Its name in the output folder. */
  readonly name: string;
  readonly text: string;
  /** Whether it holds secrets: readable by its owner alone, and not demanded by `--check`. */
  readonly secret: boolean;
  /** The zone file that it comes from. */
  readonly source: string;
}

/** The files of one zone. */
export function filesOfZone(
  zone: string,
  source: string,
  manifests: readonly Manifest[],
  { format, secrets }: { readonly format: Format; readonly secrets: SecretsMode },
): OutputFile[] {
  const isSecret = ({ kind }: Manifest): boolean => kind === 'Secret';
  const plain = manifests.filter((manifest) => secrets === 'inline' || !isSecret(manifest));
  const separate = secrets === 'separate' ? manifests.filter(isSecret) : [];
  const inlined = secrets === 'inline' && manifests.some(isSecret);
  return [
    { name: `${zone}.${format}`, text: emit(plain, format), secret: inlined, source },
    ...(separate.length > 0
      ? [{ name: `${zone}.secret.${format}`, text: emit(separate, format), secret: true, source }]
      : []),
  ];
}
