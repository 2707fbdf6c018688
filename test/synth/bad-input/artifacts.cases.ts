import { COMMIT, withArtifacts, withGame, zone } from './zone.js';
import type { BadZone } from './zone.js';

const GIT = `git: {url: https://gitlab.example.com/p/config.git, commit: ${COMMIT}}`;
const entry = (path: string, source = GIT): string => `- path: ${path}\n  ${source.replaceAll('\n', '\n  ')}`;

/** Sources, and the paths at which they are laid. */
export const ARTIFACTS: readonly BadZone[] = [
  {
    what: 'a path that is not absolute',
    text: withArtifacts(entry('app/artifacts #!')),
    says: 'the path is not absolute',
    right: '/app/artifacts',
  },
  {
    what: 'a path that leaves its mount',
    text: withArtifacts(entry('/app/../etc #!')),
    says: 'the path has `..`',
    right: '/app/artifacts',
  },
  {
    what: 'the root as path',
    text: withArtifacts(entry('/ #!')),
    says: 'the root of the container cannot be mounted over',
    right: '/app/artifacts',
  },
  {
    what: 'a folder that leaves its source',
    text: withArtifacts(`${entry('/app/artifacts')}\n  subPath: ../secrets #!`),
    says: 'the path leaves its folder',
    right: 'config/server',
  },
  {
    what: 'a folder that leaves its volume',
    text: withArtifacts(`${entry('/app/artifacts')}\n  into: a/../../b #!`),
    says: 'the path leaves its folder',
    right: 'config/server',
  },
  {
    what: 'an absolute folder of a source',
    text: withArtifacts(`${entry('/app/artifacts')}\n  subPath: /config #!`),
    says: 'the path is absolute',
    right: 'config/server',
  },
  {
    what: 'a folder that looks like an option',
    text: withArtifacts(`${entry('/app/artifacts')}\n  subPath: --upload-pack=x #!`),
    says: 'begins with a hyphen',
    right: 'config/server',
  },
  {
    what: 'a path with a colon',
    text: withArtifacts(entry('"/app/a:b" #! path')),
    says: 'the path has a colon',
    right: '/app/artifacts',
  },
  {
    what: 'an entry without source',
    text: withArtifacts('- path: /app/artifacts #!'),
    says: 'the entry has no source',
    right: 'set one of `s3`, `git` and `p4`',
  },
  {
    what: 'an entry with two sources',
    text: withArtifacts(
      `${entry('/app/artifacts')}\n  s3: {url: https://cos.example.com, path: bucket/a/} #! s3`.replace('git:', 'git:'),
    ),
    says: 'the entry has 2 sources',
    right: 'one entry per source',
  },
  {
    what: 'an entry without path',
    text: withArtifacts(`- ${GIT} #!`),
    says: '`path` is missing',
    right: 'absolute path',
  },
  {
    what: 'a parent after its child',
    text: withArtifacts(`${entry('/app/artifacts/maps')}\n${entry('/app/artifacts #!')}`),
    says: '/app/artifacts comes after /app/artifacts/maps',
    right: 'put /app/artifacts before /app/artifacts/maps',
  },
  {
    what: 'two volumes of one name',
    text: withArtifacts(`${entry('/a')}\n${entry('/b/maps')}\n${entry('/c/maps #!')}`),
    says: 'two artifact volumes are named maps',
    right: 'name: maps2',
  },
  {
    what: 'settings of a volume that nothing opens',
    text: withArtifacts(entry('/app/artifacts'), 'volumes:\n  - path: /app/maps #!\n    size: 1Gi'),
    says: 'no entry of `artifacts` opens a volume here',
    right: 'opened at: /app/artifacts',
  },
  {
    what: 'a size without unit of measure',
    text: withArtifacts(entry('/app/artifacts'), 'volumes:\n  - path: /app/artifacts\n    size: 10 GB #!'),
    says: 'size',
    right: 'write 10Gi',
  },
  {
    what: 'a storage class that is no name',
    text: withArtifacts(
      entry('/app/artifacts'),
      'volumes:\n  - path: /app/artifacts\n    storageClassName: Fast Disk #!',
    ),
    says: 'storageClassName',
    right: 'lower-case',
  },
  {
    what: 'a claim that is no name',
    text: withArtifacts(entry('/app/artifacts'), 'volumes:\n  - path: /app/artifacts\n    claim: My_Claim #!'),
    says: 'claim',
    right: 'lower-case',
  },
  {
    what: 'a volume that the zone does not have',
    text: withGame(
      'artifacts: [artefacts] #! artefacts',
      `artifacts:\n  ${entry('/app/artifacts').replaceAll('\n', '\n  ')}`,
    ),
    says: 'the zone has no artifact volume artefacts',
    right: 'did you mean artifacts?',
  },
  {
    what: 'S3 with half a key',
    text: withArtifacts(
      entry('/a', 's3: #!\n  url: https://cos.example.com\n  path: bucket/a/\n  accessKey: SENTINEL'),
    ),
    says: '`accessKey` without `secretKey`',
    right: 'set `secretKey` or `secretKeySecretRef`',
  },
  {
    what: 'S3 with a key and its reference',
    text: withArtifacts(
      entry(
        '/a',
        's3:\n  url: https://cos.example.com\n  path: bucket/a/\n  accessKey: SENTINEL\n  secretKey: SENTINEL\n  secretKeySecretRef: {name: cos, key: secretKey} #!',
      ),
    ),
    says: '`secretKey` and `secretKeySecretRef` are both set',
    right: 'keep `secretKeySecretRef`',
  },
  {
    what: 'S3 without scheme',
    text: withArtifacts(entry('/a', 's3:\n  url: cos.example.com #!\n  path: bucket/a/')),
    says: '"cos.example.com" has the wrong form',
    right: 'https://cos',
  },
  {
    what: 'S3 with a credential in its address',
    text: withArtifacts(entry('/a', 's3:\n  url: https://key:SENTINEL@cos.example.com #!\n  path: bucket/a/')),
    says: 'the address holds a credential',
    right: '`accessKey` and `secretKey`',
  },
  {
    what: 'S3 of another scheme with a credential',
    text: withArtifacts(entry('/a', 's3:\n  url: s3://key:SENTINEL@cos.example.com #!\n  path: bucket/a/')),
    says: 'has the wrong form',
    right: 'https://cos',
  },
  {
    what: 'a bucket that is none',
    text: withArtifacts(entry('/a', 's3:\n  url: https://cos.example.com\n  path: My_Bucket/a/ #!')),
    says: '`My_Bucket` is no bucket name',
    right: 'bucket/prefix/',
  },
  {
    what: 'git from a folder of this machine',
    text: withArtifacts(entry('/a', 'git:\n  url: ../config #!')),
    says: 'not an address that the cluster can fetch from',
    right: 'https://gitlab.example.com',
  },
  {
    what: 'git with a credential in its address',
    text: withArtifacts(entry('/a', 'git:\n  url: https://ci:SENTINEL@gitlab.example.com/p/c.git #!')),
    says: 'the address holds a credential',
    right: '`user` and `token`',
  },
  {
    what: 'git of a misspelt scheme with a credential',
    text: withArtifacts(entry('/a', 'git:\n  url: htps://ci:SENTINEL@gitlab.example.com/p/c.git #!')),
    says: 'the address holds a credential',
    right: '`user` and `token`',
  },
  {
    what: 'git with a password in an ssh address',
    text: withArtifacts(
      entry('/a', `git:\n  url: ssh://git:SENTINEL@gitlab.example.com/p/c.git #!\n  commit: ${COMMIT}`),
    ),
    says: 'the address holds a credential',
    right: 'sshKeySecretRef',
  },
  {
    what: 'git with a program for an address',
    text: withArtifacts(entry('/a', 'git:\n  url: "ext::sh -c id" #!')),
    says: 'not an address',
    right: 'https',
  },
  {
    what: 'git with two references',
    text: withArtifacts(entry('/a', 'git:\n  url: https://gitlab.example.com/p/c.git\n  branch: main\n  tag: v1 #!')),
    says: '`branch` and `tag` name different things',
    right: 'keep one of them',
  },
  {
    what: 'git with a branch that is an option',
    text: withArtifacts(entry('/a', 'git:\n  url: https://gitlab.example.com/p/c.git\n  branch: --exec=x #!')),
    says: 'begins with a hyphen',
    right: 'plain name',
  },
  {
    what: 'git with a commit cut short',
    text: withArtifacts(entry('/a', 'git:\n  url: https://gitlab.example.com/p/c.git\n  commit: 0123abc #!')),
    says: '"0123abc" has the wrong form',
    right: 'a full commit id',
  },
  {
    what: 'p4 without an image',
    text: withArtifacts(entry('/a', 'p4: #!\n  server: ssl:p4.example.com:1666\n  path: //depot/a')),
    says: 'needs an image with the p4 client',
    right: 'spec.defaults.artifacts.image',
  },
  {
    what: 'p4 with a path that is none',
    text: withArtifacts(
      entry('/a', 'p4:\n  server: p4:1666\n  path: /depot/a #!'),
      'defaults: {artifacts: {image: registry.example.com/p/sync:1}}',
    ),
    says: '"/depot/a" has the wrong form',
    right: '//depot/project1/data',
  },
  {
    what: 'p4 with two references',
    text: withArtifacts(
      entry('/a', 'p4:\n  server: p4:1666\n  path: //depot/a\n  changelist: 7\n  label: x #!'),
      'defaults: {artifacts: {image: registry.example.com/p/sync:1}}',
    ),
    says: '`changelist` and `label` name different things',
    right: 'keep one of them',
  },
  {
    what: 'onChange of a source that moves',
    text: withArtifacts(
      `${entry('/a', 'git: {url: https://gitlab.example.com/p/c.git, branch: main}')}\n  onChange: none #!`,
    ),
    says: '`onChange` has no effect',
    right: 'leave it out',
  },
  {
    what: 'artifacts as a mapping',
    text: zone({ spec: 'artifacts: #!\n  path: /a' }),
    says: 'must be a list, but is a mapping',
    right: 'begin each entry with "- "',
  },
];
