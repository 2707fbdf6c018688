import { credential, secretRefField } from './credential.js';
import { DEFAULTS } from './defaults.js';
import { releaseOf } from './release.js';
import type { ZoneDocument } from './resolve.js';
import type { ArtifactSource, ArtifactVolume, Credential } from './zone.js';

type Spec = ZoneDocument['spec'];
type Entry = NonNullable<Spec['artifacts']>[number];
type VolumeSettings = NonNullable<Spec['volumes']>[number];

/** The fields of each kind of source that hold a credential. */
export const CREDENTIAL_FIELDS = {
  s3: ['accessKey', 'secretKey'],
  git: ['token', 'sshKey', 'knownHosts'],
  p4: ['pwd'],
} as const;

export type SourceKind = keyof typeof CREDENTIAL_FIELDS;
export const SOURCE_KINDS = Object.keys(CREDENTIAL_FIELDS) as SourceKind[];

/** A volume as a document says it. */
export interface VolumeGroup {
  readonly name: string;
  readonly path: string;
  readonly settings?: VolumeSettings;
  readonly entries: readonly Entry[];
}

/** Entries grouped into volumes: one whose path equals or lies under an earlier entry's is laid into that volume. */
export function volumeGroups(spec: Spec): VolumeGroup[] {
  const groups: { path: string; entries: Entry[] }[] = [];
  for (const entry of artifactEntries(spec)) {
    const group = groups.find(({ path }) => pathBelow(path, entry.path) !== undefined);
    if (group) group.entries.push(entry);
    else groups.push({ path: normalPath(entry.path), entries: [entry] });
  }
  return groups.map(({ path, entries }, index) => {
    const settings = spec.volumes?.find((volume) => normalPath(volume.path) === path);
    const name = settings?.name ?? defaultVolumeName(path, index);
    return { name, path, ...(settings && { settings }), entries };
  });
}

export function artifactVolumes(spec: Spec): ArtifactVolume[] {
  return volumeGroups(spec).map(({ name, path, settings, entries }) => {
    const sources = entries.map((entry) => sourceOf(entry, path));
    const storageClassName = settings?.storageClassName ?? spec.defaults?.artifacts?.storageClassName;
    const release = releaseOf(sources);
    return {
      name,
      mountPath: path,
      sources,
      size: settings?.size ?? spec.defaults?.artifacts?.size ?? DEFAULTS.claimSize,
      ...(storageClassName !== undefined && { storageClassName }),
      accessMode: settings?.accessMode ?? DEFAULTS.claimAccessMode,
      ...(settings?.claim !== undefined && { existingClaim: settings.claim }),
      retain: settings?.retain ?? true,
      ...(release !== undefined && { release }),
    };
  });
}

/** `/app/a/` to `/app/a`: one spelling per folder. */
export const normalPath = (path: string): string => path.replaceAll(/\/+/g, '/').replace(/(?<=.)\/$/, '');

/** What follows `parent` in `path` (empty for the same folder), or undefined when `path` does not lie in it. */
export function pathBelow(parent: string, path: string): string | undefined {
  const [outer, inner] = [normalPath(parent), normalPath(path)];
  if (inner === outer) return '';
  const prefix = outer === '/' ? '/' : `${outer}/`;
  return inner.startsWith(prefix) ? inner.slice(prefix.length) : undefined;
}

/** `artifacts` for the first volume; for others the last part of the path, in the letters that a name may have. */
export function defaultVolumeName(path: string, index: number): string {
  if (index === 0) return 'artifacts';
  const last = path.split('/').at(-1)!.toLowerCase();
  return last.replaceAll(/[^a-z0-9]+/g, '-').replaceAll(/^[-0-9]+|-+$/g, '') || `volume${index + 1}`;
}

const sourceKind = (entry: Entry): SourceKind | undefined => SOURCE_KINDS.find((kind) => entry[kind] !== undefined);
const hasSource = (entry: Entry): boolean => sourceKind(entry) !== undefined;

/** The entries that have a source. */
export const artifactEntries = ({ artifacts }: Pick<Spec, 'artifacts'>): Entry[] => (artifacts ?? []).filter(hasSource);

/** A source by itself: what is fetched, whoever asks and wherever it is put. */
export interface DeclaredSource {
  readonly kind: SourceKind;
  readonly subPath?: string;
  /** Without credentials. */
  readonly settings: Readonly<Record<string, unknown>>;
}

export function declaredSource(entry: Entry): DeclaredSource {
  const kind = sourceKind(entry)!;
  const secret: readonly string[] = CREDENTIAL_FIELDS[kind].flatMap((field) => [field, secretRefField(field)]);
  return {
    kind,
    ...(entry.subPath !== undefined && { subPath: normalPath(entry.subPath) }),
    settings: Object.fromEntries(Object.entries(entry[kind]!).filter(([field]) => !secret.includes(field))),
  };
}

function sourceOf(entry: Entry, mountPath: string): ArtifactSource {
  const { kind, ...declared } = declaredSource(entry);
  const credentials: Record<string, Credential> = {};
  for (const field of CREDENTIAL_FIELDS[kind]) {
    const given = credential(entry[kind]!, field);
    if (given) credentials[field] = given;
  }
  const into = [pathBelow(mountPath, entry.path), entry.into && normalPath(entry.into)].filter(Boolean).join('/');
  return { kind, ...declared, ...(into !== '' && { into }), credentials };
}
