/** The releases whose manifests this one still writes, oldest first. */
export const RELEASES = ['0.1'] as const;

export type Release = (typeof RELEASES)[number];

export const NEWEST: Release = RELEASES.at(-1)!;

/** What a zone gets that names no release: the first, so that an upgrade of this package restarts nothing by itself. */
export const DEFAULT_RELEASE: Release = RELEASES[0];

export const isRelease = (text: string): text is Release => (RELEASES as readonly string[]).includes(text);

/**
 * Changes that touch a pod template, a selector, or a name that pods depend on, by name, each with the release that brought
 * it. Such a change asks `hasChange` first, so that a zone which keeps to an earlier release stays as it is.
 */
export const CHANGES: Readonly<Record<string, Release>> = {};

/** Whether a zone that keeps to a release has a change. Without a row in the table there is no such change. */
export function hasChange(
  compat: Release,
  change: string,
  changes: Readonly<Record<string, Release>> = CHANGES,
  releases: readonly string[] = RELEASES,
): boolean {
  const since = changes[change];
  if (since === undefined) throw new Error(`${change} is no change in the table of constructs/model/compat.ts`);
  return releases.indexOf(since) <= releases.indexOf(compat);
}
