import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { load, loadAll } from 'js-yaml';
import { chmodSync, mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { folderWith, gamezone, put, removeFolders } from '../cli/command-line.js';
import { IDS, IMAGE, withGame, zone } from './bad-input/zone.js';

let folder: string;
beforeAll(() => {
  folder = folderWith();
});
afterAll(removeFolders);

async function synth(content: string | Buffer) {
  put(folder, { 'zone.yaml': content });
  const started = performance.now();
  const outcome = await gamezone('synth', join(folder, 'zone.yaml'), '-o', join(folder, 'dist'));
  return { ...outcome, err: outcome.err.replaceAll(`${folder}/`, ''), milliseconds: performance.now() - started };
}
const times = (count: number, line: (index: number) => string): string =>
  Array.from({ length: count }, (_, index) => line(index)).join('\n');
const long = 'x'.repeat(1 << 20);
const anchors = Array.from('bcdefghij').map(
  (name, index) => `${name}: &${name} [${times(9, () => `*${'abcdefghij'[index]!}`).replaceAll('\n', ', ')}]`,
);
const bomb = `a: &a [1, 1, 1, 1, 1, 1, 1, 1, 1]\n${anchors.join('\n')}\n`;

describe('what no person wrote is refused in a moment and in a few lines', () => {
  test.each<[what: string, content: string | Buffer, first: string]>([
    ['ten thousand brackets', '['.repeat(10_000), 'zone.yaml:1:100: not readable as YAML: nested more than 100 deep'],
    [
      'as many indented lines',
      times(5000, (index) => `${' '.repeat(index)}a:`),
      'zone.yaml:100:100: not readable as YAML: nested more than 100 deep',
    ],
    [
      'aliases of aliases',
      bomb,
      'zone.yaml:1:1: not readable as YAML: its aliases unfold to more than two million values',
    ],
    [
      'aliases of aliases in a zone',
      `${bomb}${zone({ spec: 'defaults:\n  env: {A: *j}' })}`,
      'zone.yaml:1:1: not readable as YAML: its aliases unfold to more than two million values',
    ],
    [
      'an alias of itself',
      zone({ metadata: 'name: zone1\nlabels: &a\n  b: *a' }),
      'zone.yaml:1:1: not readable as YAML: an alias stands within what it stands for',
    ],
    [
      'a number of 400 digits',
      zone({ game: `id: ${'9'.repeat(400)}` }),
      'zone.yaml:13:9: spec.gameZone.serviceConfig[0].id: must be a whole number, but is the text',
    ],
    [
      'infinity',
      zone({ game: 'id: .inf' }),
      'zone.yaml:13:9: spec.gameZone.serviceConfig[0].id: must be a whole number, but is the number Infinity',
    ],
    [
      'not a number',
      zone({ game: 'id: .nan' }),
      'zone.yaml:13:9: spec.gameZone.serviceConfig[0].id: must be a whole number, but is the number NaN',
    ],
    [
      'a number too large for an id',
      zone({ game: 'id: 9007199254740993' }),
      'zone.yaml:13:9: spec.gameZone.serviceConfig[0].id: 9007199254740992 is out of range',
    ],
    ['a NUL', zone().replace('zone1', 'zo\0ne'), 'zone.yaml:4:11: not readable as YAML: a NUL character'],
    ['a name of a million letters', zone({ metadata: `name: ${long}` }), 'zone.yaml:4:3: metadata.name: '],
    [
      'a key of a million letters',
      zone({ metadata: `name: zone1\n${long.slice(0, 1000)}: 1` }),
      'zone.yaml:5:3: metadata.xxx',
    ],
    [
      'a quoted key of a million letters',
      zone({ metadata: `name: zone1\n"${long}": 1` }),
      'zone.yaml:5:3: metadata.xxx',
    ],
    [
      'a label of a million letters',
      zone({ metadata: `name: zone1\nlabels: {team: ${long}}` }),
      'zone.yaml:5:12: metadata.labels.team: ',
    ],
    [
      'ten thousand unknown keys',
      zone({ metadata: `name: zone1\n${times(10_000, (index) => `k${index}: 1`)}` }),
      'zone.yaml:5:3: metadata.k0: unknown field `k0`',
    ],
    [
      'ten thousand wrong services',
      zone({ services: times(10_000, (index) => `- type: t${index}\n  idd: 1`) }),
      'zone.yaml:16:9: spec.gameZone.serviceConfig[1].idd: unknown field `idd`',
    ],
    [
      'the prototype as a key',
      zone({ metadata: 'name: zone1\n__proto__: {a: 1}' }),
      'zone.yaml:5:3: metadata.__proto__: unknown field `__proto__`',
    ],
    [
      'the prototype as a label',
      zone({ metadata: 'name: zone1\nlabels:\n  __proto__: a' }),
      'zone.yaml:6:5: metadata.labels.__proto__: ',
    ],
    [
      'the constructor as a key',
      withGame('constructor: 1'),
      'zone.yaml:17:9: spec.gameZone.serviceConfig[0].constructor: unknown field `constructor`',
    ],
    [
      'the constructor as an id',
      zone({ game: `${IDS}\noverrides:\n  constructor: {image: ${IMAGE}}` }),
      'zone.yaml:16:11: spec.gameZone.serviceConfig[0].overrides.constructor: game has no id constructor',
    ],
    [
      'the constructor as a hook',
      withGame('hooks: {preDelete: {templateName: constructor}}'),
      'zone.yaml:17:29: spec.gameZone.serviceConfig[0].hooks.preDelete.templateName: hook template constructor is not declared',
    ],
    [
      'a function',
      zone({ metadata: 'name: !!js/function "x"' }),
      'zone.yaml:4:9: not readable as YAML: a tag that zone files do not have',
    ],
  ])('%s', async (_, content, first) => {
    const { code, err, milliseconds } = await synth(content);
    expect(err.slice(0, first.length)).toBe(first);
    expect(code).toBe(2);
    expect(err.length).toBeLessThan(5000);
    expect(err).not.toMatch(/^\s*at |defect of gamezone/m);
    expect(milliseconds).toBeLessThan(5000);
  });
});

describe('text in other clothes', () => {
  const wrong = zone({ metadata: 'name: zone1\ncolour: red' });
  const place = 'zone.yaml:5:3: metadata.colour: unknown field';
  test.each<[string, string | Buffer, string]>([
    ['line ends of Windows', wrong.replaceAll('\n', '\r\n'), place],
    ['line ends of old', wrong.replaceAll('\n', '\r'), place],
    ['a byte order mark', `\uFEFF${wrong}`, place],
    ['a byte order mark before the mistake', `\uFEFFcolour: red\n${zone()}`, 'zone.yaml:1:1: colour: unknown field'],
    [
      'Chinese before the mistake',
      zone({ metadata: '{name: zone1, labels: {"大区": a}}' }).replace('metadata:\n ', 'metadata:'),
      'zone.yaml:3:34: metadata.labels["大区"]: ',
    ],
    [
      'a tab in the indentation',
      zone().replace('  name', '\tname'),
      'zone.yaml:4:1: not readable as YAML: a tab in the indentation',
    ],
    [
      'bytes of GBK',
      Buffer.concat([Buffer.from(zone()), Buffer.from('# \xd6\xd0\n', 'latin1')]),
      'zone.yaml:15:3: the file is not UTF-8 text',
    ],
    ['UTF-16', Buffer.from(`\uFEFF${zone()}`, 'utf16le'), 'zone.yaml:1:1: the file is not UTF-8 text, but UTF-16'],
    ['nothing', '', 'zone.yaml:1:1: the file is empty'],
    ['only comments', '# nothing\n\n# here\n', 'zone.yaml:1:1: the file is empty'],
    ['only separators', '---\n---\n', 'zone.yaml:1:1: the file is empty'],
    ['a sentence', 'hello\n', 'zone.yaml:1:1: not a GameZone, but a single value or a list'],
    ['a list', '- a\n', 'zone.yaml:1:1: not a GameZone, but a single value or a list'],
    [
      'a quote without end',
      zone({ metadata: 'name: "zone1' }),
      'zone.yaml:5:1: not readable as YAML: a quote or a bracket is still open here',
    ],
    [
      'a bracket without end',
      zone({ game: 'id: [1' }),
      'zone.yaml:14:1: not readable as YAML: a quote or a bracket is still open here',
    ],
    [
      'a key without colon',
      zone({ game: 'id 1\nendId: 5' }),
      'zone.yaml:14:14: not readable as YAML: this line does not fit the one above it',
    ],
    [
      'an indentation that is off',
      zone({ game: 'id: 1\n endId: 5' }),
      'zone.yaml:14:15: not readable as YAML: this line does not fit the one above it',
    ],
    [
      'an item with nothing in it',
      withGame('args:\n  - a # - b\n  -\n  - c'),
      'zone.yaml:19:11: spec.gameZone.serviceConfig[0].args[1]: must be text, but is empty',
    ],
  ])('%s', async (_, content, first) => {
    const { code, err } = await synth(content);
    expect(err.slice(0, first.length)).toBe(first);
    expect(code).toBe(2);
  });

  test.each<[string, string | Buffer]>([
    ['line ends of Windows', zone().replaceAll('\n', '\r\n')],
    ['a byte order mark', `\uFEFF${zone()}`],
    ['JSON, which is YAML', JSON.stringify(load(zone()), undefined, 2)],
    ['JSON in one line', JSON.stringify(load(zone()))],
    ['a comment of a million letters', `${zone()}# ${long}`],
    ['an empty document behind it', `---\n${zone()}---\n`],
  ])('that says the same becomes the same: %s', async (_, content) => {
    await synth(zone());
    const expected = readFileSync(join(folder, 'dist/zone1.yaml'), 'utf8');
    expect((await synth(content)).code).toBe(0);
    expect(readFileSync(join(folder, 'dist/zone1.yaml'), 'utf8')).toBe(expected);
  });
});

test('names that every JavaScript object has are names like others', async () => {
  const { code } = await synth(
    withGame('env:\n  constructor: 5\n  __proto__: 6\n  toString: 7').replace('type: game', 'type: constructor'),
  );
  expect(code).toBe(0);
  const objects = loadAll(readFileSync(join(folder, 'dist/zone1.yaml'), 'utf8')) as {
    readonly kind: string;
    readonly spec: {
      readonly template: {
        readonly spec: {
          readonly containers: readonly {
            readonly env: readonly { readonly name: string; readonly value?: string }[];
          }[];
        };
      };
    };
  }[];
  const [container] = objects.find(({ kind }) => kind === 'GameStatefulSet')!.spec.template.spec.containers;
  expect(container!.env.filter(({ name }) => !/^[A-Z_]+$/.test(name))).toEqual([
    { name: 'constructor', value: '5' },
    { name: '__proto__', value: '6' },
    { name: 'toString', value: '7' },
  ]);
  expect(({} as { a?: unknown }).a).toBeUndefined();
});

test('a file that may not be read', async () => {
  if (process.getuid?.() === 0) {
    // Root may read everything: a path through a file is what it cannot read either.
    put(folder, { 'not-a-folder': '' });
    const { code, err } = await gamezone('synth', join(folder, 'not-a-folder/zone.yaml'), '-o', join(folder, 'dist'));
    expect(err).toContain('zone.yaml:1:1: cannot be read (ENOTDIR)');
    expect(code).toBe(2);
    return;
  }
  put(folder, { 'closed.yaml': zone() });
  chmodSync(join(folder, 'closed.yaml'), 0);
  const { code, err } = await gamezone('synth', join(folder, 'closed.yaml'), '-o', join(folder, 'dist'));
  expect(err).toContain('closed.yaml:1:1: cannot be read (EACCES)');
  expect(code).toBe(2);
});

test('a folder in place of a zone file', async () => {
  mkdirSync(join(folder, 'zones'), { recursive: true });
  const { code, err } = await gamezone('synth', join(folder, 'zones'), '-o', join(folder, 'dist'));
  expect(err).toContain(
    `zones:1:1: this is a folder\n  right: give a file, such as ${join(folder, 'zones/zone.yaml')}`,
  );
  expect(code).toBe(2);
});
