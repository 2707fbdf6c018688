import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { execFileSync, spawn } from 'node:child_process';
import { chmodSync, chownSync, cpSync, existsSync, mkdirSync, readFileSync, statSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { loadAll } from 'js-yaml';
import type { Manifest } from '../../constructs/manifests/manifest.js';
import { folderWith, gamezone, put, removeFolders } from '../cli/command-line.js';
import type { Outcome } from '../cli/command-line.js';
import { describeWithPart } from '../parts/suite.js';
import { tree, zoneWith } from './laboratory.js';
import { S3Store } from './s3-store.js';

// There is no Docker here. What the Dockerfile says is read, and done without it.

interface Instruction {
  readonly name: string;
  readonly text: string;
}

/** The stages of a Dockerfile. */
function stagesOf(text: string): Instruction[][] {
  const lines = text
    .split('\n')
    .filter((line) => !line.startsWith('#'))
    .join('\n')
    .replaceAll(/\\\n\s*/g, '')
    .split('\n')
    .filter((line) => line !== '');
  const stages: Instruction[][] = [];
  for (const line of lines) {
    const [, name = '', rest = ''] = /^([A-Z]+) (.*)$/.exec(line) ?? [];
    if (name === 'FROM') stages.push([]);
    stages.at(-1)!.push({ name, text: rest });
  }
  return stages;
}

const stages = stagesOf(readFileSync('images/artifacts/Dockerfile', 'utf8'));
const [build, image] = stages as [Instruction[], Instruction[]];
const all = (stage: readonly Instruction[], name: string): string[] =>
  stage.filter((one) => one.name === name).map(({ text }) => text);
const [user, group] = all(image, 'USER')[0]!.split(':').map(Number) as [number, number];

afterAll(removeFolders);

test('the Job asks for the group that the image runs as, on a volume of any security level', async () => {
  for (const security of ['baseline', 'restricted']) {
    const zone = JSON.parse(zoneWith([{ path: '/a', git: { url: 'https://git.example.com/a.git' } }])) as {
      spec: object;
    };
    zone.spec = { ...zone.spec, security };
    const { out } = await gamezone('synth', join(folderWith({ 'zone.yaml': JSON.stringify(zone) }), 'zone.yaml'), '--stdout'); // prettier-ignore
    const job = (loadAll(out) as Manifest[]).find(({ kind }) => kind === 'Job')!;
    expect(job['spec']).toMatchObject({
      template: { spec: { securityContext: { fsGroup: group, fsGroupChangePolicy: 'OnRootMismatch' } } },
    });
  }
});

test('the build runs scripts that there are, and the image copies what the build makes', () => {
  expect(all(build, 'COPY')).toEqual(['. .']);
  const scripts = Object.keys((JSON.parse(readFileSync('package.json', 'utf8')) as { scripts: object }).scripts);
  for (const [, script] of all(build, 'RUN')[0]!.matchAll(/npm run (\S+)/g)) expect(scripts).toContain(script);
  expect(existsSync('package-lock.json')).toBe(true);
  expect(copies().length).toBeGreaterThan(0);
  for (const { from } of copies()) expect([from, existsSync(from)]).toEqual([from, true]);
});

/** `COPY --from=build`: from where here to where in the image. */
function copies(): { readonly from: string; readonly to: string }[] {
  return all(image, 'COPY').flatMap((text) => {
    const [flag, ...words] = text.split(' ');
    expect(flag).toBe('--from=build');
    const to = words.pop()!;
    return words.map((word) => {
      const from = word.replace(/^\/build\//, '');
      return { from, to: to.endsWith('/') ? join(to, from) : to };
    });
  });
}

const noLists = existsSync('/usr/bin/apt-cache') ? undefined : 'there is no apt-cache: not a Debian';
describeWithPart('Debian', noLists, () => {
  test('has the packages that the image installs', () => {
    const [, names = ''] = /apt-get install (?:-\S+ )*(.+?) && /.exec(all(image, 'RUN')[0]!) ?? []; // prettier-ignore
    const packages = names.trim().split(/\s+/);
    expect(packages).toContain('git');
    const known = execFileSync('apt-cache', ['pkgnames'], { encoding: 'utf8', maxBuffer: 1 << 26 }).split('\n');
    expect(packages.filter((name) => !known.includes(name))).toEqual([]);
  });
});

const noRoot = process.getuid?.() === 0 ? undefined : 'only root can run something as the user of the image';
describeWithPart('the files of the image', noRoot, () => {
  let root: string;
  let store: S3Store;
  beforeAll(async () => {
    root = folderWith();
    chmodSync(root, 0o755);
    for (const { from, to } of copies()) {
      mkdirSync(dirname(join(root, to)), { recursive: true });
      cpSync(from, join(root, to), { recursive: true });
    }
    store = await S3Store.start();
    store.put({ 'p/a.txt': 'a' });
  });
  afterAll(() => store.stop());

  /** As the container runs it. */
  function inImage(args: readonly string[]): Promise<Outcome> {
    const [, program = ''] = /ln -s (\S+) \/usr\/local\/bin\/gamezone/.exec(all(image, 'RUN').join('\n')) ?? [];
    expect(all(image, 'ENTRYPOINT')).toEqual(['["gamezone"]']);
    const env = { PATH: process.env['PATH'], HOME: '/tmp' };
    return new Promise((resolve) => {
      const child = spawn(process.execPath, [join(root, program), ...args], { uid: user, gid: group, env, cwd: '/' });
      let [out, err] = ['', ''];
      child.stdout.on('data', (chunk) => (out += String(chunk)));
      child.stderr.on('data', (chunk) => (err += String(chunk)));
      child.on('close', (code) => resolve({ code, out, err }));
    });
  }

  /** A volume as it comes to the pod, and the declaration beside it. */
  function mounted(gid: number, mode: number): { readonly zone: string; readonly volume: string } {
    const folder = folderWith();
    put(folder, { 'zone.yaml': zoneWith([{ path: '/a', s3: { url: store.url, path: 'games/p' } }]) });
    const volume = join(folder, 'volume');
    mkdirSync(volume);
    chmodSync(folder, 0o755);
    chownSync(volume, 0, gid);
    chmodSync(volume, mode);
    return { zone: join(folder, 'zone.yaml'), volume };
  }

  test('run by themselves, as the user of the image, on a volume that the kubelet gave to its group', async () => {
    const { zone, volume } = mounted(group, 0o2775);
    const { code, err } = await inImage(['artifacts', 'sync', zone, '--to', volume]);
    expect([code, err]).toEqual([0, expect.stringContaining('"event":"done"')]);
    expect(tree(join(volume, 'live'))).toEqual({ 'a.txt': 'a' });
    expect([statSync(join(volume, 'live')).uid, statSync(join(volume, 'live')).gid]).toEqual([user, group]);
    expect((await inImage(['artifacts', 'sync', zone, '--to', volume])).code).toBe(0);
  });

  test('a volume of root alone is told with what to do, and nothing is written', async () => {
    const { zone, volume } = mounted(0, 0o755);
    const { code, err } = await inImage(['artifacts', 'sync', zone, '--to', volume]);
    expect([code, err]).toEqual([1, expect.stringMatching(/volume\/releases: no permission[^]*fsGroup/)]);
    expect(tree(volume)).toEqual({});
  });

  test('a folder of the volume that may not be written any more loses nothing', async () => {
    const { zone, volume } = mounted(group, 0o2775);
    expect((await inImage(['artifacts', 'sync', zone, '--to', volume])).code).toBe(0);
    store.put({ 'p/b.txt': 'b' });
    chownSync(join(volume, 'releases'), 0, 0);
    const { code, err } = await inImage(['artifacts', 'sync', zone, '--to', volume]);
    expect([code, err]).toEqual([1, expect.stringContaining('no permission; complete releases stay')]);
    expect(tree(join(volume, 'live'))).toEqual({ 'a.txt': 'a' });
    chownSync(join(volume, 'releases'), user, group);
    expect((await inImage(['artifacts', 'sync', zone, '--to', volume])).code).toBe(0);
    expect(tree(join(volume, 'live'))).toEqual({ 'a.txt': 'a', 'b.txt': 'b' });
  });
});

test('the image has what `sync` starts, and no p4', () => {
  const installed = all(image, 'RUN').join(' ');
  for (const name of ['git', 'git-lfs', 'openssh-client', 'ca-certificates']) expect(installed).toContain(` ${name} `);
  // ssh refuses to run as a user without a name.
  expect(installed).toMatch(
    new RegExp(`useradd --uid ${user} --gid ${group} --home-dir ${all(image, 'ENV')[0]!.split('=')[1]!} `),
  );
  expect(stages.flat().some(({ text }) => /\bp4\b/.test(text))).toBe(false);
});

describe('the reader of the Dockerfile', () => {
  test('joins lines and tells stages apart', () => {
    expect(stagesOf('# no\nFROM a AS b\nRUN x \\\n && y\nFROM c\nUSER 1:2\n')).toEqual([
      [{ name: 'FROM', text: 'a AS b' }, { name: 'RUN', text: 'x && y' }],
      [{ name: 'FROM', text: 'c' }, { name: 'USER', text: '1:2' }],
    ]); // prettier-ignore
  });
});
