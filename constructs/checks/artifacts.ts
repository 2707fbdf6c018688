import {
  artifactVolumes,
  CREDENTIAL_FIELDS,
  defaultVolumeName,
  normalPath,
  pathBelow,
  SOURCE_KINDS,
} from '../model/artifacts.js';
import { secretRefField } from '../model/credential.js';
import type { ZoneDocument } from '../model/resolve.js';
import type { ArtifactVolume } from '../model/zone.js';
import type { Path, Problem } from '../../src/api/problem.js';
import { suggest } from '../../src/api/suggest.js';
import { settingsOf } from './context.js';
import type { ZoneCheck, ZoneContext } from './context.js';
import { absolutePathProblem, relativePathProblem } from './paths.js';

type Entry = NonNullable<ZoneDocument['spec']['artifacts']>[number];
const ARTIFACTS: Path = ['spec', 'artifacts'];

/** Where the sources are fetched from. */
export interface Reach {
  /** Whether repositories on this very machine (`file://`) are reached. A cluster reaches none. */
  readonly localRepositories: boolean;
}

/** Each entry by itself: one source, paths that stay where they belong, and a source that can be fetched. */
export const artifactEntryCheck =
  (reach: Reach): ZoneCheck =>
  ({ document: { spec } }) =>
    (spec.artifacts ?? []).flatMap((entry, index): Problem[] => {
      const path = [...ARTIFACTS, index];
      return [
        ...checkOneSource(entry, path),
        ...absolutePathProblem(entry.path, [...path, 'path']),
        ...(['subPath', 'into'] as const).flatMap((field) =>
          entry[field] === undefined ? [] : relativePathProblem(entry[field], [...path, field]),
        ),
        ...checkSource(entry, path, reach),
      ];
    });

export const checkArtifactEntries: ZoneCheck = artifactEntryCheck({ localRepositories: false });

function checkOneSource(entry: Entry, path: Path): Problem[] {
  const given = Object.keys(entry).filter((field) => (SOURCE_KINDS as readonly string[]).includes(field));
  if (given.length === 1) return [];
  if (given.length === 0)
    return [
      {
        path,
        message: 'the entry has no source',
        hint: 'set one of `s3`, `git` and `p4`',
        missing: SOURCE_KINDS.map((kind) => [...path, kind]),
      },
    ];
  const message = `the entry has ${given.length} sources, ${given.join(' and ')}`;
  return [{ path: [...path, given[1]!], message, hint: 'write one entry per source; later ones win' }];
}

function checkSource({ s3, git, p4 }: Entry, path: Path, reach: Reach): Problem[] {
  if (s3) return checkS3(s3, [...path, 's3']);
  if (git) return checkGit(git, [...path, 'git'], reach);
  return p4 ? checkP4(p4, [...path, 'p4']) : [];
}

function checkS3(s3: NonNullable<Entry['s3']>, path: Path): Problem[] {
  const [bucket, ...prefix] = s3.path.replace(/^\//, '').split('/');
  const problems = credentialInUrl(s3.url, [...path, 'url'], '`accessKey` and `secretKey` (or their `SecretRef`)');
  if (!/^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$/.test(bucket!)) {
    const message = `\`${bucket}\` is no bucket name`;
    problems.push({
      path: [...path, 'path'],
      message,
      hint: 'write bucket/prefix/, such as project1/0.1.0/',
      value: s3.path,
    });
  } else if (prefix.includes('..')) {
    problems.push({
      path: [...path, 'path'],
      message: 'the prefix has `..`',
      hint: 'write the prefix in full',
      value: s3.path,
    });
  }
  const has = (field: 'accessKey' | 'secretKey'): boolean =>
    s3[field] !== undefined || s3[`${field}SecretRef`] !== undefined;
  if (has('accessKey') !== has('secretKey')) {
    const [given, missing] = has('accessKey') ? ['accessKey', 'secretKey'] : ['secretKey', 'accessKey'];
    const hint = `set \`${missing}\` or \`${secretRefField(missing)}\`; for a public bucket remove \`${given}\``;
    const places = [missing, secretRefField(missing)].map((field) => [...path, field]);
    problems.push({ path, message: `\`${given}\` without \`${missing}\``, hint, missing: places });
  }
  return problems;
}

function checkGit(git: NonNullable<Entry['git']>, path: Path, { localRepositories }: Reach): Problem[] {
  const isLocal = localRepositories && /^file:\/\/\/[^\s]*$/.test(git.url);
  const problems = isLocal ? [] : checkGitUrl(git.url, [...path, 'url']);
  const references = (['branch', 'tag', 'commit'] as const).filter((field) => git[field] !== undefined);
  if (references.length > 1) {
    const message = `${references.map((field) => `\`${field}\``).join(' and ')} name different things to fetch`;
    problems.push({ path: [...path, references[1]!], message, hint: 'keep one of them', value: git[references[1]!] });
  }
  for (const field of references) problems.push(...optionProblem(git[field]!, [...path, field]));
  return problems;
}

function checkGitUrl(url: string, path: Path): Problem[] {
  const [, scheme, user] = /^(?:([a-z][a-z0-9+.-]*):\/\/)?([^/?#\s@]*)@/i.exec(url) ?? [];
  const ssh = scheme === undefined || /^ssh$/i.test(scheme);
  // The user of an ssh address is no secret; in any other a token may take its place.
  if (user !== undefined && (user.includes(':') || !ssh))
    return [credentialProblem(path, ssh ? '`sshKeySecretRef`' : '`user` and `token` (or `tokenSecretRef`)')];
  const scpLike = /^[\w.-]+@[\w.-]+:(?!\/\/)[^\s]+$/.test(url);
  if (scpLike || /^(https?|ssh|git):\/\/[^\s-][^\s]*$/.test(url)) return [];
  const hint = 'use an https, http, ssh or git address, such as https://gitlab.example.com/project1/config.git';
  return [{ path, message: 'not an address that the cluster can fetch from', hint, value: url }];
}

function checkP4(p4: NonNullable<Entry['p4']>, path: Path): Problem[] {
  const problems = [
    ...optionProblem(p4.server, [...path, 'server']),
    ...(p4.label === undefined ? [] : optionProblem(p4.label, [...path, 'label'])),
  ];
  if (/[@#]/.test(p4.path)) {
    const hint = 'name the revision by `changelist` or `label`; in names write %40 for @ and %23 for #';
    problems.push({ path: [...path, 'path'], message: 'the path has a revision', hint, value: p4.path });
  }
  if (p4.revisions !== undefined && p4.label === undefined) {
    const hint = 'remove it, or name the `label`';
    problems.push({ path: [...path, 'revisions'], message: '`revisions` pins a label, and there is none', hint });
  }
  if (p4.changelist !== undefined && p4.label !== undefined) {
    const message = '`changelist` and `label` name different things to fetch';
    problems.push({ path: [...path, 'label'], message, hint: 'keep one of them', value: p4.label });
  }
  return problems;
}

/** Git and p4 would take it for an option, which can run programs. */
function optionProblem(value: string, path: Path): Problem[] {
  // eslint-disable-next-line no-control-regex -- control characters are what is looked for
  if (!/^-|[\s\u0000-\u001f\u007f]/.test(value)) return [];
  return [{ path, message: 'begins with a hyphen, or has white space', hint: 'write the plain name', value }];
}

function credentialInUrl(url: string, path: Path, way: string): Problem[] {
  return /^[a-z+]+:\/\/[^/?#]*@/i.test(url) ? [credentialProblem(path, way)] : [];
}

const credentialProblem = (path: Path, way: string): Problem => ({
  path,
  message: 'the address holds a credential, which would end up in logs',
  hint: `use ${way} instead`,
});

/** Volumes: parents before children, settings for paths that exist, names of their own. */
export const checkArtifactVolumes: ZoneCheck = (zone) => {
  const { spec } = zone.document;
  const volumes = artifactVolumes(spec);
  const order = checkOrder(spec);
  return [
    ...order,
    ...strayVolumes(spec, volumes),
    // In the right order they would be one volume, with one name.
    ...(order.length > 0 ? [] : sameNames(spec, volumes)),
    ...unknownVolumes(zone, volumes),
  ];
};

type Spec = ZoneDocument['spec'];

function checkOrder({ artifacts: entries = [] }: Spec): Problem[] {
  return entries.flatMap((entry, index) => {
    const before = entries.slice(0, index);
    const child = before.find(({ path }) => pathBelow(entry.path, path));
    if (!child || before.some(({ path }) => pathBelow(path, entry.path) !== undefined)) return [];
    const message = `${entry.path} comes after ${child.path}, which lies in it`;
    const hint = `put ${normalPath(entry.path)} before ${normalPath(child.path)}`;
    return [{ path: [...ARTIFACTS, index, 'path'], message, hint, value: entry.path }];
  });
}

function strayVolumes(spec: Spec, volumes: readonly ArtifactVolume[]): Problem[] {
  const paths = volumes.map(({ mountPath }) => mountPath);
  const hint = paths.length > 0 ? `volumes are opened at: ${paths.join(', ')}` : 'add an entry to `artifacts` first';
  const message = 'no entry of `artifacts` opens a volume here';
  return (spec.volumes ?? []).flatMap(({ path }, index): Problem[] =>
    paths.includes(normalPath(path))
      ? []
      : [{ path: ['spec', 'volumes', index, 'path'], message, hint, value: path, missing: [ARTIFACTS] }],
  );
}

function sameNames(spec: Spec, volumes: readonly ArtifactVolume[]): Problem[] {
  const names = volumes.map(({ name }) => name);
  return volumes.flatMap(({ name, mountPath }, index): Problem[] => {
    if (names.indexOf(name) === index) return [];
    const settings = spec.volumes?.findIndex(({ path }) => normalPath(path) === mountPath) ?? -1;
    const entry = (spec.artifacts ?? []).findIndex(({ path }) => normalPath(path) === mountPath);
    const at = settings >= 0 ? ['spec', 'volumes', settings] : [...ARTIFACTS, entry, 'path'];
    const hint = `name it under \`volumes\`, such as {path: ${mountPath}, name: ${defaultVolumeName(mountPath, index)}2}`;
    return [{ path: at, message: `two artifact volumes are named ${name}`, hint, value: mountPath }];
  });
}

function unknownVolumes(zone: ZoneContext, volumes: readonly ArtifactVolume[]): Problem[] {
  const names = volumes.map(({ name }) => name);
  return settingsOf(zone, 'artifacts').flatMap(({ value, path }) =>
    value.flatMap((name, index): Problem[] => {
      if (names.includes(name)) return [];
      const near = suggest(name, names);
      const hint = near === undefined ? `volumes of this zone: ${names.join(', ') || 'none'}` : `did you mean ${near}?`;
      const message = `the zone has no artifact volume ${name}`;
      return [{ path: [...path, index], message, hint, value: name, missing: [ARTIFACTS, ['spec', 'volumes']] }];
    }),
  );
}

/** A p4 source needs an image that somebody else built: the p4 client cannot be redistributed. */
export const checkSyncImage: ZoneCheck = ({ document: { spec } }) => {
  const first = (spec.artifacts ?? []).findIndex(({ p4 }) => p4 !== undefined);
  if (first < 0 || spec.defaults?.artifacts?.image !== undefined) return [];
  const message = 'a p4 source needs an image with the p4 client, which may not be redistributed and so is not in ours';
  const hint = 'build one from ours and set spec.defaults.artifacts.image';
  const missing = [['spec', 'defaults', 'artifacts', 'image']];
  return [{ path: [...ARTIFACTS, first, 'p4'], message, hint, missing }];
};

/** What follows a moving source cannot be rolled out. */
export const checkUnlocked: ZoneCheck = ({ document: { spec } }) => {
  const entries = spec.artifacts ?? [];
  const volumes = artifactVolumes(spec);
  const unlocked = volumes.filter(({ release }) => release === undefined);
  const problems = entries.flatMap(({ onChange, path }, index): Problem[] => {
    if (onChange === undefined || !unlocked.some(({ mountPath }) => pathBelow(mountPath, path) !== undefined))
      return [];
    const message = '`onChange` needs sources that are locked, and this one moves';
    const hint =
      'run `gamezone artifacts lock`, or pin every source of the volume (git: `commit`, p4: `changelist`), or remove it';
    return [{ path: [...ARTIFACTS, index, 'onChange'], message, hint, value: onChange, missing: [ARTIFACTS] }];
  });
  if (unlocked.length === 0) return problems;
  const places = unlocked.map(({ mountPath }) => mountPath).join(', ');
  const message = `the artifacts at ${places} follow sources that move: pods see whatever the last sync fetched, and no rollout comes of a change`;
  const hint =
    'for a production zone run `gamezone artifacts lock` and commit gamezone.lock, or pin each source (git: `commit`, p4: `changelist`)';
  return [...problems, { severity: 'warning', path: ARTIFACTS, message, hint }];
};

/** Credentials: the literal or the reference, and a warning for a literal. */
export const checkCredentials: ZoneCheck = ({ document: { spec } }) => {
  const holders: [Path, object | undefined, readonly string[]][] = [
    [['spec', 'gameZone', 'redisConfig'], spec.gameZone.redisConfig, ['pwd']],
    [['spec', 'gameZone', 'mysqlConfig'], spec.gameZone.mysqlConfig, ['pwd']],
    ...(spec.artifacts ?? []).flatMap((entry, index) =>
      SOURCE_KINDS.map((kind): [Path, object | undefined, readonly string[]] => [
        [...ARTIFACTS, index, kind],
        entry[kind],
        CREDENTIAL_FIELDS[kind],
      ]),
    ),
  ];
  const literals: Path[] = [];
  const problems = holders.flatMap(([path, holder, fields]) =>
    fields.flatMap((field): Problem[] => {
      const reference = secretRefField(field);
      if (!holder || !(field in holder)) return [];
      literals.push([...path, field]);
      if (!(reference in holder)) return [];
      const message = `\`${field}\` and \`${reference}\` are both set`;
      return [{ path: [...path, reference], message, hint: `keep \`${reference}\` and remove the literal` }];
    }),
  );
  if (literals.length === 0) return problems;
  const [are, count] = literals.length === 1 ? ['credential is', '1'] : ['credentials are', String(literals.length)];
  const message = `${count} ${are} written here in the clear; of the manifests only the zone's Secret holds ${literals.length === 1 ? 'it' : 'them'}`;
  const hint = `refer to a Secret instead, such as ${secretRefField(String(literals[0]!.at(-1)))}: {name: NAME, key: KEY}`;
  return [...problems, { severity: 'warning', path: literals[0]!, message, hint }];
};
