import type { ArtifactSource } from '../../../constructs/model/zone.js';
import { GitSource } from './git.js';
import type { Source, SourceContext } from './source.js';

/** A source as a zone says it, credentials found. */
export interface SourceSpec {
  readonly kind: ArtifactSource['kind'];
  readonly subPath?: string;
  /** The folder of the release that the files are put into. */
  readonly into?: string;
  readonly settings: Readonly<Record<string, unknown>>;
  /** By the field of the zone file, such as `accessKey`. */
  readonly credentials: Readonly<Record<string, string>>;
}

/** The source behind one entry of a zone. */
export function openSource({ kind, subPath, settings, credentials }: SourceSpec, context: SourceContext): Source {
  const below = subPath === undefined ? {} : { subPath };
  for (const credential of Object.values(credentials)) context.secrets.add(credential);
  switch (kind) {
    case 'git':
      return new GitSource(
        {
          ...below,
          ...(settings as unknown as { url: string; submodules?: boolean }),
          submodules: settings['submodules'] === true,
          credentials: { ...credentials, ...(typeof settings['user'] === 'string' && { user: settings['user'] }) },
        },
        context,
      );
    case 's3':
    case 'p4':
      throw new Error('not yet');
  }
}
