import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';

import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { jest } from '@jest/globals';
import { loadAll } from 'js-yaml';
import { DEFAULT_SYNC_IMAGE, DEFAULTS } from '../constructs/model/defaults.js';
import { withUnsupportedTable } from '../scripts/generate/unsupported-table.js';
import { run } from '../src/cli/program.js';

/**
 * What the pages say is what the program does. The word after the language of a code block says how it is held against the
 * program: a `yaml` block that is a GameZone is synthesized, `yaml becomes` is part of what the zone before it becomes, `yaml
 * refused` is refused with the lines of the `text refusal` after it, and `yaml fragment` is read as YAML and no more. Blocks
 * of TypeScript, and the pictures of what they become, are test/docs-typescript.test.ts's.
 */
const GUIDES = readdirSync('docs/guide', { recursive: true, encoding: 'utf8' })
  .filter((name) => name.endsWith('.md'))
  .map((name) => `docs/guide/${name}`);
const TRANSLATIONS = readdirSync('.').filter((name) => /^README\.\w+\.md$/.test(name));
const PAGES = ['README.md', ...TRANSLATIONS, ...GUIDES];
const LINKED = [...PAGES, ...readdirSync('docs/decisions').map((name) => `docs/decisions/${name}`)];
const SEED = readFileSync('examples/seed-zone/zone.yaml', 'utf8');

interface Block {
  readonly page: string;
  readonly line: number;
  readonly language: string;
  readonly rule: string;
  readonly text: string;
}

function blocksOf(page: string): Block[] {
  const text = readFileSync(page, 'utf8');
  return [...text.matchAll(/^```(\w+)(?: (\w+))?\n(.*?)^```$/gms)].map((match) => ({
    page,
    line: text.slice(0, match.index).split('\n').length,
    language: match[1]!,
    rule: match[2] ?? '',
    text: match[3]!,
  }));
}

const blocks = PAGES.flatMap(blocksOf);
const isZone = ({ language, rule, text }: Block): boolean =>
  language === 'yaml' && rule === '' && /^kind: GameZone$/m.test(text);

let folder: string;
beforeEach(() => (folder = mkdtempSync(join(tmpdir(), 'gamezone-docs-'))));
afterEach(() => rmSync(folder, { recursive: true }));

interface Printed {
  readonly code: number;
  readonly text: string;
}

/** Runs a command line; what it prints, as if it had been run in the temporary folder. */
async function printed(...args: string[]): Promise<Printed> {
  let text = '';
  const write = (chunk: string | Uint8Array): boolean => {
    text += String(chunk);
    return true;
  };
  const streams = [process.stdout, process.stderr].map((stream) =>
    jest.spyOn(stream, 'write').mockImplementation(write),
  );
  try {
    const code = await run(args);
    return { code, text: text.replaceAll(`${folder}/`, '') };
  } finally {
    for (const stream of streams) stream.mockRestore();
  }
}

async function synth(zone: string, ...options: string[]): Promise<Printed> {
  const file = join(folder, 'zone.yaml');
  writeFileSync(file, zone);
  return printed('synth', file, '-o', join(folder, 'dist'), ...options);
}

const written = (): unknown[] => loadAll(readFileSync(join(folder, 'dist/zone1.yaml'), 'utf8'));

/** Whether everything in `part` is in `whole`; entries of a list in the same order, among others. */
function isPartOf(part: unknown, whole: unknown): boolean {
  if (Array.isArray(part)) {
    if (!Array.isArray(whole)) return false;
    let next = 0;
    return part.every((entry) => {
      const found = whole.findIndex((candidate, index) => index >= next && isPartOf(entry, candidate));
      next = found + 1;
      return found >= 0;
    });
  }
  if (typeof part !== 'object' || part === null) return part === whole;
  if (typeof whole !== 'object' || whole === null) return false;
  return Object.entries(part).every(([key, value]) => isPartOf(value, (whole as Record<string, unknown>)[key]));
}

/** Every line of the block that is not `...`, in its order. */
function expectLines(output: string, block: Block): void {
  const lines = output.split('\n');
  let from = 0;
  for (const line of block.text.split('\n').filter((text) => text !== '' && text !== '...')) {
    const at = lines.indexOf(line, from);
    expect(at < 0 ? `not printed: ${line}\n${output}` : line).toBe(line);
    from = at + 1;
  }
}

test('a part is told from what is no part', () => {
  expect(isPartOf({ a: [2] }, { a: [1, 2], b: 3 })).toBe(true);
  expect(isPartOf({ a: [2, 1] }, { a: [1, 2] })).toBe(false);
  expect(isPartOf({ a: { c: 1 } }, { a: { b: 1 } })).toBe(false);
});

test.each(blocks.filter(isZone))('the zone at $page:$line becomes manifests', async ({ text }) => {
  const { code, text: output } = await synth(text);
  expect([code, code === 0 ? '' : output]).toEqual([0, '']);
});

const becoming = blocks
  .filter(({ rule }) => rule === 'becomes')
  .map((block) => {
    const zone = blocks.findLast((other) => other.page === block.page && other.line < block.line && isZone(other));
    return { ...block, zone: zone!.text };
  });
const fromSeed = blocks
  .filter(({ language, rule }) => language === 'yaml' && rule === 'seed')
  .map((block) => ({ ...block, zone: SEED }));

test.each([...becoming, ...fromSeed])('the zone becomes what $page:$line shows', async ({ text, zone }) => {
  await synth(zone);
  const objects = written();
  for (const part of loadAll(text)) {
    const shown = objects.some((object) => isPartOf(part, object));
    expect(shown ? '' : `in no object: ${JSON.stringify(part)}`).toBe('');
  }
});

test.each(blocks.filter(({ rule }) => rule === 'refused'))('$page:$line is refused as it says', async (block) => {
  const { code, text } = await synth(block.text);
  expect(code).toBe(2);
  const refusal = blocks.find(
    ({ page, line, rule }) => page === block.page && line > block.line && rule === 'refusal',
  )!;
  expectLines(text, refusal);
  const places = (lines: string): string[] =>
    lines.split('\n').filter((line) => /^zone\.yaml:(?!.*warning)/.test(line));
  expect(places(refusal.text)).toEqual(places(text));
});

test('every other block of YAML can be read, and each rule is a known one', () => {
  for (const { language, rule, text } of blocks.filter((block) => block.language !== 'ts')) {
    if (language === 'yaml' || language === 'json') expect(() => loadAll(text)).not.toThrow();
    const rules = [
      'becomes',
      'refused',
      'refusal',
      'fragment',
      'minute',
      'seed',
      'moved',
      'check',
      'objects',
      'written',
    ];
    expect(['', ...rules]).toContain(rule);
  }
});

const only = (language: string, rule: string): Block => {
  const found = blocks.filter(
    (block) => block.language === language && block.rule === rule && !TRANSLATIONS.includes(block.page),
  );
  expect(found).toHaveLength(1);
  return found[0]!;
};

const FIRST_COMMAND =
  'npm ci && npm run build && node dist/bin/gamezone.js dev examples/in-place/zone.yaml --then examples/in-place/next.yaml --speed 5 --exit';

test("the first command of the README shows the newcomer's first minute as it is told there", async () => {
  const [, args = ''] = FIRST_COMMAND.split('gamezone.js ');
  const { code, text } = await printed(...args.split(' '));
  expectLines(text.replaceAll(/^ +[0-9.]+ s {2}/gm, ''), only('text', 'minute'));
  expect(code).toBe(0);
});

test('synth prints what the README says', async () => {
  const { text } = await printed('synth', 'examples/seed-zone/zone.yaml', '-o', join(folder, 'out'));
  expectLines(text, only('text', 'seed'));
  const last = only('text', 'seed').text.trimEnd().split('\n').at(-1)!;
  expect(text.trimEnd().endsWith(last)).toBe(true);
});

const zoneWithIds = (...ranges: readonly (readonly [number, number])[]): string =>
  JSON.stringify({
    apiVersion: 'gamezone.dev/v1alpha1',
    kind: 'GameZone',
    metadata: { name: 'zone1' },
    spec: {
      gameZone: {
        zoneId: 1,
        defaultImage: 'a:1',
        serviceConfig: ranges.map(([id, endId]) => ({ type: 'game', id, endId })),
      },
    },
  });

test('ids that would move are reported as the guide says', async () => {
  await synth(zoneWithIds([1, 5]));
  const { code, text } = await synth(zoneWithIds([1, 2], [4, 5]));
  expect(code).toBe(2);
  expectLines(text, only('text', 'moved'));
});

test('ids move as the table of the guide says', async () => {
  const ranges = (cell: string): [number, number][] =>
    cell.split(', ').map((range) => {
      const [first, last = first] = range.split('-').map(Number);
      return [first!, last!];
    });
  const rows = tableOf('docs/guide/zone-file.md', ['from', 'to', 'ids that move']);
  // The first row names several zones to go to: each id came or went at an end.
  const [ends, ...others] = rows.map(([from, to, ids]) => ({ from: from!, to: to!, ids: ids!.split(/: (?=\D)/)[0]! }));
  const changes = [...ends!.to.split(', ').map((to) => ({ ...ends!, to })), ...others];
  for (const { from, to, ids } of changes) {
    rmSync(join(folder, 'dist'), { recursive: true, force: true });
    await synth(zoneWithIds(...ranges(from)));
    const { text } = await synth(zoneWithIds(...ranges(to)));
    const [, flag = ''] = /--allow-recreate (\S+)/.exec(text) ?? [];
    const moved = [...flag.matchAll(/game\/(\d+)/g)].map(([, id]) => id);
    expect([from, to, moved.join(', ') || 'none']).toEqual([from, to, ids]);
  }
});

test('a check fails as the guide says', async () => {
  await synth(zoneWithIds([1, 3]));
  const { code, text } = await synth(zoneWithIds([1, 4]), '--check');
  expect(code).toBe(1);
  expectLines(text, only('text', 'check'));
});

/** The command lines of a shell block that call gamezone, without the name of the program. */
const commandLines = blocks
  .filter(({ language }) => language === 'sh')
  .flatMap(({ page, line, text }) =>
    [
      ...text.matchAll(
        /(?:^|&& |\| )(?:(?:npx )?gamezone|node dist\/bin\/gamezone\.js|npx --yes \S+\.tgz)((?: [^\s|>#&]+)*)/gm,
      ),
    ].map(([, words]) => ({ page, line, words: words!.trim().split(' ') })),
  );

test('there are command lines', () => expect(commandLines.length).toBeGreaterThan(15));

test.each(commandLines)('the command line at $page:$line exists: $words', async ({ words }) => {
  const [command = '', ...rest] = words;
  // Words that are no options may be the rest of the command's name: `rollout status`.
  const { code, text } = await printed(command, ...rest.filter((word) => !word.startsWith('-')), '--help');
  expect(code).toBe(0);
  const options = [...text.matchAll(/^ {2}(?:(-\w), )?(--[\w-]+)/gm)].flatMap(([, short, long]) => [short, long]);
  const own = rest.includes('--') ? rest.slice(0, rest.indexOf('--')) : rest;
  for (const option of own.filter((word) => word.startsWith('-'))) expect(options).toContain(option);
});

/** The cells of the rows of the table with this header. */
function tableOf(page: string, header: readonly string[]): string[][] {
  const lines = readFileSync(page, 'utf8').split('\n');
  const start = lines.indexOf(`| ${header.join(' | ')} |`);
  if (start < 0) throw new Error(`${page} has no table ${header.join(', ')}`);
  const length = lines.slice(start).findIndex((line) => !line.startsWith('|'));
  return lines.slice(start + 2, start + length).map((line) =>
    line
      .slice(1, -1)
      .split('|')
      .map((cell) => cell.trim()),
  );
}

/** Where a zone file sets what each default is for. */
const FIELD_OF: Readonly<Record<keyof typeof DEFAULTS, string>> = {
  runtime: 'spec.runtime',
  security: 'spec.security',
  terminationGracePeriodSeconds: 'terminationGracePeriodSeconds',
  minReadySeconds: 'minReadySeconds',
  progressDeadlineSeconds: 'progressDeadlineSeconds',
  podManagementPolicy: 'podManagementPolicy',
  imagePullPolicy: 'imagePullPolicy',
  maxDisrupted: 'disruptionBudget.maxUnavailable',
  maxUnavailable: 'update.rollingUpdate.maxUnavailable',
  gracePeriodSeconds: 'update.inPlaceUpdateStrategy.gracePeriodSeconds',
  prepull: 'update.prepull',
  publishNotReadyAddresses: 'spec.defaults.publishNotReadyAddresses',
  externalTrafficPolicy: 'expose.externalTrafficPolicy',
  redisPort: 'redisConfig.port',
  mysqlPort: 'mysqlConfig.port',
  configFileMode: 'configFiles[].mode',
  metricsPath: 'metrics.path',
  autoscaleCpuPercent: 'autoscale.cpuPercent',
  claimSize: 'spec.volumes[].size',
  claimAccessMode: 'spec.volumes[].accessMode',
};

test('the table of defaults is what the program does', () => {
  const shown = (key: string, value: unknown): string => {
    if (key === 'configFileMode') return `0${(value as number).toString(8)}`;
    return typeof value === 'object' ? JSON.stringify(value) : String(value);
  };
  const values = Object.entries(DEFAULTS).map(([key, value]) => [
    FIELD_OF[key as keyof typeof DEFAULTS],
    shown(key, value),
  ]);
  const table = tableOf('README.md', ['field', 'default', 'why']).map((cells) =>
    cells.slice(0, 2).map((cell) => cell.replaceAll('`', '')),
  );
  const expected = [...values, ['spec.defaults.artifacts.image', DEFAULT_SYNC_IMAGE]];
  const sorted = (rows: readonly (readonly (string | undefined)[])[]): string[] =>
    rows.map((row) => row.join(' = ')).sort();
  expect(sorted(table)).toEqual(sorted(expected));
});

test('every message in the table of messages is one of the program', () => {
  const sources = ['src', 'constructs']
    .flatMap((folder) => readdirSync(folder, { recursive: true, encoding: 'utf8' }).map((name) => join(folder, name)))
    .filter((name) => name.endsWith('.ts') && !name.includes('generated'))
    .map((name) => readFileSync(name, 'utf8').replaceAll('\\`', '`'))
    .join('\n');
  const fragments = tableOf('docs/guide/zone-file.md', ['message', 'way out']).flatMap(([message]) =>
    message!.split('…').filter((fragment) => fragment.trim() !== ''),
  );
  expect(fragments.filter((fragment) => !sources.includes(fragment))).toEqual([]);
});

/** What GitHub makes of a heading. */
const anchorOf = (heading: string): string =>
  heading
    .toLowerCase()
    .replaceAll(/[^\p{L}\p{N}_\- ]/gu, '')
    .replaceAll(' ', '-');

const withoutCode = (page: string): string => readFileSync(page, 'utf8').replaceAll(/^```.*?^```$/gms, '');

test.each(LINKED)('the links of %s lead somewhere', (page) => {
  const links = [...withoutCode(page).matchAll(/\]\(([^)\s]+)\)/g)].map(([, link]) => link!);
  const broken = links
    .filter((link) => !/^https?:/.test(link))
    .filter((link) => {
      const [path = '', anchor] = link.split('#');
      const target = path === '' ? page : join(dirname(page), path);
      if (!existsSync(target)) return true;
      const anchors = [...withoutCode(target).matchAll(/^#+ (.*)$/gm)].map(([, heading]) => anchorOf(heading!));
      return anchor !== undefined && !anchors.includes(anchor);
    });
  expect(broken).toEqual([]);
});

test('the first two lines of shell in the README are the main job and the tests', () => {
  const lines = blocksOf('README.md').flatMap(({ language, text }) =>
    language === 'sh' ? text.trim().split('\n') : [],
  );
  expect(lines.slice(0, 2)).toEqual([FIRST_COMMAND, 'npm ci && npm run ci']);
});

test('the table of what has no effect is written between its comments, and a page without them is an error', () => {
  const page = 'before\n<!-- unsupported: begin -->\nstale\n<!-- unsupported: end -->\nafter\n';
  const row = { kind: 'GameZone', field: 'spec.a|b', effect: 'warned', why: 'why', meanwhile: 'wait' } as const;
  const lines = withUnsupportedTable(page, [row, { ...row, field: '*' }]).split('\n');
  expect(lines.slice(0, 2)).toEqual(['before', '<!-- unsupported: begin -->']);
  expect(lines.slice(4, -1)).toEqual([
    '| `GameZone` | `spec.a\\|b` | warned | why | wait |',
    '| `GameZone` | all of it | warned | why | wait |',
    '<!-- unsupported: end -->',
    'after',
  ]);
  for (const broken of ['no comments', '<!-- unsupported: end -->\n<!-- unsupported: begin -->\n'])
    expect(() => withUnsupportedTable(broken, [row])).toThrow('needs the lines');
});
