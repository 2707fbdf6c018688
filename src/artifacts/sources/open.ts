import type { ArtifactSource } from '../../../constructs/model/zone.js';
import { GitSource } from './git.js';
import type { GitOptions } from './git.js';
import { P4Source } from './p4.js';
import type { P4SourceOptions } from './p4.js';
import { S3Source } from './s3.js';
import type { S3Options } from './s3.js';
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
  // The zone was checked against its schema before.
  switch (kind) {
    case 'git': {
      const { user, submodules, ...options } = settings as unknown as GitSettings;
      const who = user === undefined ? credentials : { ...credentials, user };
      return new GitSource({ ...options, ...below, submodules: submodules ?? false, credentials: who }, context);
    }
    case 's3':
      return new S3Source({ ...(settings as unknown as S3Options), ...below, credentials }, context);
    case 'p4':
      return new P4Source({ ...(settings as unknown as P4SourceOptions), ...below, credentials }, context);
  }
}

type GitSettings = Omit<GitOptions, 'submodules' | 'credentials'> & {
  readonly user?: string;
  readonly submodules?: boolean;
};
