import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { spellingsIn } from '../parts/secret-spellings.js';
import { folderWith, gamezone, put, removeFolders, snapshot, spawned } from '../cli/command-line.js';
import type { Outcome } from '../cli/command-line.js';
import { ARTIFACTS } from './bad-input/artifacts.cases.js';
import { HOOKS } from './bad-input/hooks.cases.js';
import { PODS } from './bad-input/pods.cases.js';
import { SERVICES } from './bad-input/services.cases.js';
import { SHAPE } from './bad-input/shape.cases.js';
import { UPDATES } from './bad-input/updates.cases.js';
import { IDS, IMAGE, marked, SENTINEL, zone } from './bad-input/zone.js';
import type { BadZone } from './bad-input/zone.js';

const CASES: readonly BadZone[] = [...SHAPE, ...SERVICES, ...PODS, ...ARTIFACTS, ...HOOKS, ...UPDATES];
const ERROR = /^(\S+):(\d+):(\d+): (?!warning: )(?:[^\s:]+(?: ?[^\s:]+)*: )?\S.*$/;

let folder: string;
let out: string;
let before: Record<string, string>;

beforeAll(async () => {
  folder = folderWith({ 'good.yaml': zone() });
  out = join(folder, 'dist');
  expect((await gamezone('synth', join(folder, 'good.yaml'), '-o', out)).code).toBe(0);
  before = snapshot(out);
});
afterAll(() => {
  expect(snapshot(out)).toEqual(before);
  removeFolders();
});

/** Runs synth over zone files of the given texts. */
async function refused(...texts: readonly (string | Buffer)[]): Promise<Outcome & { readonly lines: string[] }> {
  const files = texts.map((text, index) => {
    const name = `zone${String(index + 1)}.yaml`;
    put(folder, { [name]: text });
    return join(folder, name);
  });
  const outcome = await gamezone('synth', ...files, '-o', out);
  return { ...outcome, lines: outcome.err.replaceAll(`${folder}/`, '').trimEnd().split('\n') };
}

/** The first line of each problem, as FILE:LINE:COL. */
const placesIn = (lines: readonly string[]): string[] =>
  lines.flatMap((line) => {
    const [, file, row, column] = /^(\S+?):(\d+):(\d+): /.exec(line) ?? [];
    return file === undefined ? [] : [`${file}:${row!}:${column!}`];
  });

test('there are sixty wrong inputs and more, each told apart', () => {
  expect(CASES.length).toBeGreaterThanOrEqual(60);
  expect(new Set(CASES.map(({ what }) => what)).size).toBe(CASES.length);
});

describe('one mistake, one error', () => {
  test.each(CASES.map((one) => [one.what, one] as const))('%s', async (_, { text, says, right }) => {
    const { text: file, marks } = marked(text);
    expect(marks).toHaveLength(1);
    const { code, lines, out: printed } = await refused(file);
    const [first = ''] = lines;
    expect(first).toMatch(ERROR);
    expect(placesIn(lines)).toEqual([`zone1.yaml:${marks[0]!.line}:${marks[0]!.column}`]);
    expect(first).toContain(says);
    if (right === '') expect(first).toMatch(/must (not )?be /);
    else expect(lines.filter((line) => line.startsWith('  right: ')).join()).toContain(right);
    expect(lines.length).toBeLessThan(15);
    expect(lines.filter((line) => /^\s*at /.test(line))).toEqual([]);
    expect([code, printed]).toEqual([2, '']);
    expect(spellingsIn(lines.join('\n'), SENTINEL)).toEqual([]);
  });
});

describe('through the built command', () => {
  const names = [
    'an unknown key',
    'ids that overlap',
    'an image with spaces',
    'a condition that is no expression',
    'the same key twice',
    'literal and reference',
  ];
  test.each(names)('%s', async (what) => {
    const { text, says } = CASES.find((one) => one.what === what)!;
    const { text: file, marks } = marked(text);
    const cwd = folderWith({ 'zone.yaml': zone() });
    await gamezone('synth', join(cwd, 'zone.yaml'), '-o', join(cwd, 'dist'));
    put(cwd, { 'zone.yaml': file });
    const untouched = snapshot(cwd);
    const { code, out: printed, err } = await spawned(['synth'], { cwd });
    expect(err.split('\n')[0]).toMatch(new RegExp(`^zone\\.yaml:${marks[0]!.line}:${marks[0]!.column}: `));
    expect(err).toContain(says);
    expect(err).not.toMatch(/^\s*at |SENTINEL/m);
    expect([code, printed]).toEqual([2, '']);
    expect(snapshot(cwd)).toEqual(untouched);
  });
});

/** Services with one mistake each, in any order and number: what is taken out of one must not move the others. */
const WRONG_SERVICES: readonly ((type: string) => string)[] = [
  (type) => `- type: ${type}\n  id: 5\n  endId: 1 #!`,
  (type) => `- type: ${type}\n  id: one #!`,
  (type) => `- type: ${type}\n  idd: 1 #!`,
  (type) => `- type: ${type} #!`,
  (type) => `- type: ${type}\n  id: 1\n  image: a b #!`,
  (type) => `- type: ${type}\n  id: 1\n  image: [a] #!`,
  (type) => `- type: ${type}\n  id: 1\n  unheard-of: 1 #!`,
  (type) => `- type: ${type}\n  id: 1\n  ports:\n    - {port: 1}\n    - port: 70000 #!\n    - {port: 2}`,
  (type) =>
    `- type: ${type}\n  id: 1\n  ports:\n    - 7001 #!\n    - {port: 2}\n  expose: {type: NodePort, ports: [2]}`,
  (type) => `- type: ${type}\n  id: 1\n  prots: #!\n    - {port: 2}\n  expose: {type: NodePort, ports: [2]}`,
  (type) => `- type: ${type}\n  id: 1\n  args: [a, {}, b] #! {`,
  (type) => `- type: ${type}\n  id: 1\n  hooks:\n    preDelete:\n      templateName: nowhere #!`,
  (type) => `- type: ${type}\n  id: 1\n  endId: 3\n  update:\n    canary:\n      steps:\n        - partition: 7 #!`,
  (type) => `- ${type} #!`,
  () => '- #! -',
  (type) => `- type: ${type}\n  replicas: "3" #!\n  autoscale: {maxReplicas: 5}\n  resources: {requests: {cpu: 1}}`,
  (type) => `- type: ${type}\n  id: 1\n  probes:\n    readiness:\n      tcpSoket: {port: 1} #!`,
];

describe('all mistakes of a run at once', () => {
  test('ten in one file, in the order of lines', async () => {
    const { text, marks } = marked(
      zone({
        metadata: 'name: zone1\nlabels:\n  my team: a #!',
        gameZone: `zoneId: -1 #!\ndefaultImage: ${IMAGE}\ndbMigraterImage: a b #!`,
        game: `${IDS}\nports:\n  - port: 70000 #!\nimgae: ${IMAGE} #!`,
        services: '- type: game\n  id: 4 #!\n  endId: 8\n- type: login\n  id: 9\n  endId: 7 #!',
        spec: 'artifacts:\n  - path: relative #!\n    git: {url: "https://gitlab.example.com/a.git"}\nruntime: natve #!\nvolumes:\n  - path: /elsewhere #!',
      }),
    );
    expect(marks).toHaveLength(10);
    const { code, lines } = await refused(text);
    expect(placesIn(lines)).toEqual(marks.map(({ line, column }) => `zone1.yaml:${line}:${column}`));
    expect(code).toBe(2);
  });

  test('in two files, and in two documents of one', async () => {
    const first = marked(zone({ game: 'id: 5\nendId: 1 #!' }));
    const second = marked(
      `${zone({ metadata: 'name: Zone2 #!' })}---\n${zone({ metadata: 'name: zone3', game: 'id: 1\nimage: a b #!' })}`,
    );
    const { code, lines } = await refused(first.text, second.text);
    expect(placesIn(lines)).toEqual([
      ...first.marks.map(({ line, column }) => `zone1.yaml:${line}:${column}`),
      ...second.marks.map(({ line, column }) => `zone2.yaml:${line}:${column}`),
    ]);
    expect(code).toBe(2);
  });

  test('a zone in two documents, although one has mistakes of its own', async () => {
    const { text, marks } = marked(
      `${zone({ game: 'id: 5\nendId: 1 #!' })}---\n${zone({ metadata: 'name: zone1 #!' })}`,
    );
    const { lines } = await refused(text);
    expect(placesIn(lines)).toEqual(marks.map(({ line, column }) => `zone1.yaml:${line}:${column}`));
    expect(lines.join('\n')).toMatch(/zone zone1 stands in two documents, first at .*zone1\.yaml:4/);
  });

  test('a zone in two files', async () => {
    const { lines } = await refused(zone(), zone());
    expect(placesIn(lines)).toEqual(['zone2.yaml:4:3']);
    expect(lines.at(-1)).toBe('  right: remove one, or rename it');
  });

  test('files that cannot be read, each', async () => {
    put(folder, { 'a-folder/x': '' });
    const { code, err } = await gamezone('synth', join(folder, 'none.yaml'), join(folder, 'a-folder'), '-o', out);
    expect(
      err
        .replaceAll(`${folder}/`, '')
        .split('\n')
        .filter((line) => /^\S/.test(line)),
    ).toEqual(['a-folder:1:1: this is a folder', 'none.yaml:1:1: no such file']);
    expect(code).toBe(2);
  });

  test('whatever the schema refuses, the rest is checked and found at its own place', async () => {
    const service = fc.constantFrom(...WRONG_SERVICES);
    await fc.assert(
      fc.asyncProperty(fc.array(service, { minLength: 1, maxLength: 12 }), async (services) => {
        const { text, marks } = marked(zone({ services: services.map((make, index) => make(`t${index}`)).join('\n') }));
        const { lines } = await refused(text);
        expect(placesIn(lines)).toEqual(marks.map(({ line, column }) => `zone1.yaml:${line}:${column}`));
      }),
      { numRuns: 150 },
    );
  });

  test('what stands within a misspelt field is checked too', async () => {
    const { text, marks } = marked(
      zone({ game: `${IDS}\nprots: #!\n  - {port: 1}\n  - port: 70000 #!\n    protocl: UDP #!` }),
    );
    const { lines } = await refused(text);
    expect(placesIn(lines)).toEqual(marks.map(({ line, column }) => `zone1.yaml:${line}:${column}`));
  });

  test('twenty are shown, the others counted', async () => {
    const wrong = Array.from({ length: 50 }, (_, index) => `- type: t${index}\n  id: 2\n  endId: 1`).join('\n');
    const { lines } = await refused(zone({ services: wrong }));
    expect(placesIn(lines)).toHaveLength(20);
    expect(lines.at(-1)).toBe('... and 30 more');
  });
});

describe('a secret is in no message', () => {
  const data = (fields: string): string =>
    zone({ gameZone: `zoneId: 1\ndefaultImage: ${IMAGE}\nmysqlConfig:\n  ip: mysql\n  ${fields}` });
  const source = (fields: string): string => zone({ spec: `artifacts:\n  - path: /a\n    ${fields}` });
  test.each([
    ['a password as a mapping', data(`pwd: {value: ${SENTINEL}}`)],
    ['a password as a list', data(`pwd: [${SENTINEL}]`)],
    ['a password under a wrong key', data(`pasword: ${SENTINEL}`)],
    ['a password under an unheard-of key', data(`geheim: ${SENTINEL}`)],
    ['a password in place of its reference', data(`pwdSecretRef: ${SENTINEL}`)],
    ['a password in a list in place of its reference', data(`pwdSecretRef: [${SENTINEL}]`)],
    ['a password within its reference', data(`pwdSecretRef: {name: mysql, key: password, value: ${SENTINEL}}`)],
    ['a password twice', data(`pwd: ${SENTINEL}\n      pwd: ${SENTINEL}`)],
    ['a password in quotes that are not closed', data(`pwd: "${SENTINEL}`)],
    ['a password that YAML takes for an alias', data(`pwd: *${SENTINEL}`)],
    ['a password that YAML takes for a tag', data(`pwd: !${SENTINEL} x`)],
    ['a password with a colon', data(`pwd: ${SENTINEL}: x`)],
    ['a password in the address', data('').replace('ip: mysql', `ip: game:${SENTINEL}@mysql`)],
    ['a password in place of its holder', zone({ gameZone: `zoneId: 1\nmysqlConfig: ${SENTINEL}` })],
    [
      'a key of S3 as a list',
      source(`s3: {url: "https://a", path: b/, accessKey: [${SENTINEL}], secretKey: ${SENTINEL}}`),
    ],
    ['a key of S3 under a wrong key', source(`s3: {url: "https://a", path: b/, acessKey: ${SENTINEL}}`)],
    ['a key in a query', source(`s3: {url: "ftp://k:${SENTINEL}@a/b c", path: b/}`)],
    ['a token of git as a mapping', source(`git: {url: "https://a/b.git", token: {value: ${SENTINEL}}}`)],
    ['a token that is a user', source(`git: {url: "https://${SENTINEL}@a/b.git"}`)],
    ['a password in an ssh address', source(`git: {url: "git:${SENTINEL}@a:b.git"}`)],
    ['a password of p4 as a list', source(`p4: {server: a, path: //b, pwd: [${SENTINEL}]}`)],
    ['a variable as Kubernetes would spell it', zone({ game: `id: 1\nenv:\n  TOKEN: {value: ${SENTINEL}}` })],
  ])('%s', async (_, text) => {
    const { code, err } = await refused(text);
    expect(code).toBe(2);
    expect(err).toMatch(/^\S+:\d+:\d+: /);
    expect(spellingsIn(err, SENTINEL)).toEqual([]);
  });

  test('nor what a zone without mistakes prints', async () => {
    const file = 'configFiles: [{path: /etc/a.ini, content: "${MYSQL_PASSWORD}"}]';
    const secrets = folderWith({
      'zone.yaml': data(`pwd: ${SENTINEL}`).replace('- type: game', `- type: game\n        ${file}`),
    });
    const {
      code,
      out: printed,
      err,
    } = await gamezone('synth', join(secrets, 'zone.yaml'), '-o', join(secrets, 'dist'));
    expect(code).toBe(0);
    expect(spellingsIn(printed + err, SENTINEL)).toEqual([]);
    expect(spellingsIn(readFileSync(join(secrets, 'dist/zone1.secret.yaml'), 'utf8'), SENTINEL)).not.toEqual([]);
  });
});

describe('wrong usage is the same exit code', () => {
  test.each([
    ['an unknown command', ['snyth'], "unknown command 'snyth'"],
    ['an unknown option', ['synth', '--chek'], "unknown option '--chek'"],
    ['an option without its value', ['synth', '--out'], 'argument missing'],
    ['a choice that does not exist', ['synth', '--format', 'xml'], 'Allowed choices are yaml, json'],
    ['options that exclude each other', ['synth', '--stdout', '--check'], 'exclude each other'],
    ['a namespace that is none', ['synth', '--namespace', 'A B'], 'not a namespace'],
    ['pods that are none', ['synth', 'GOOD', '--allow-recreate', 'game/five/six', '--out', 'OUT'], 'names no pods'],
    ['a program that is not there', ['synth', 'nowhere.ts'], 'no such file'],
  ])('%s', async (_, args, says) => {
    const named = args.map((arg) => ({ GOOD: join(folder, 'good.yaml'), OUT: out })[arg] ?? arg);
    const { code, err } = await gamezone(...named);
    expect(err).toContain(says);
    expect(err).not.toMatch(/^\s*at /m);
    expect(code).toBe(2);
  });
});
