import { digestOf } from './digest.js';
import type { ArtifactSource } from './zone.js';

/** What pins a source, under the field of the zone file that says so: one content for ever. */
export type Pin =
  | { readonly commit: string }
  | { readonly changelist: number }
  | { readonly revisions: string }
  | { readonly objects: string };

/** The fields of each kind of source that name something which moves; a pin takes their place. */
const MOVING = { git: ['branch', 'tag'], p4: [], s3: [] } as const;

/** The field that pins a source as it stands: that of an S3 source is what its list of objects comes to. */
export function pinOf({ kind, settings }: Pick<ArtifactSource, 'kind' | 'settings'>): Pin | undefined {
  const { commit, changelist, label, revisions, objects } = settings as Readonly<Record<string, string | undefined>>;
  switch (kind) {
    case 'git':
      return commit === undefined ? undefined : { commit };
    case 'p4':
      if (label !== undefined) return revisions === undefined ? undefined : { revisions };
      return changelist === undefined ? undefined : { changelist: Number(changelist) };
    case 's3':
      return objects === undefined ? undefined : { objects };
  }
}

/** The settings of a source with a pin in place of what moves. */
export function pinnedSettings(
  { kind, settings }: Pick<ArtifactSource, 'kind' | 'settings'>,
  pin: Pin,
): Readonly<Record<string, unknown>> {
  const moving: readonly string[] = MOVING[kind];
  return { ...Object.fromEntries(Object.entries(settings).filter(([field]) => !moving.includes(field))), ...pin };
}

/** The id of the release when every source names exactly one content for ever; a moving source needs a lock. */
export function releaseOf(
  sources: readonly Pick<ArtifactSource, 'kind' | 'subPath' | 'into' | 'settings'>[],
): string | undefined {
  if (!sources.every((source) => pinOf(source) !== undefined)) return undefined;
  return digestOf(sources.map(({ kind, subPath, into, settings }) => ({ kind, subPath, into, ...settings })));
}
