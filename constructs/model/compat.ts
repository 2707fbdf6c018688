/**
 * The releases whose manifests this one still writes, oldest first. A change that touches a pod template, a selector, or a
 * name that pods depend on is made only for zones whose `compat` has come to the release that brings it.
 */
export const RELEASES = ['0.1'] as const;

export type Release = (typeof RELEASES)[number];

export const NEWEST: Release = RELEASES.at(-1)!;

/** What a zone gets that names no release: the first, so that an upgrade of this package restarts nothing by itself. */
export const DEFAULT_RELEASE: Release = RELEASES[0];

export const isRelease = (text: string): text is Release => (RELEASES as readonly string[]).includes(text);
