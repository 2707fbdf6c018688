import { readdirSync, readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import * as cdk8s from 'cdk8s';
import * as plus from 'cdk8s-plus-33';
import * as constructs from 'constructs';
import ts from 'typescript';
import * as gamezone from '../constructs/index.js';
import * as gamezonePlus from '../constructs/plus/index.js';
import * as gamezoneZoneFile from '../constructs/zone-file/index.js';
import { ENTRIES } from '../scripts/build/entries.js';
import { publicApi, tagOf } from '../scripts/build/public-api.js';
import { checkObject } from '../src/kubernetes/index.js';
import { objectCheckWith } from '../src/synth/check-objects.js';
import { OBJECT_SCHEMAS, readZoneFilesNow } from '../src/synth/zone-file/read-now.js';

/**
 * Every block of TypeScript in the pages is compiled, run, and what it builds is held against the rules of `gamezone synth`
 * and of Kubernetes. The word after `ts` says what stands unseen before the block:
 *
 * - none: nothing, the block is a whole program
 * - `zone`: an App `app` and an empty zone `zone`; behind the block a service is added where it adds none, since a zone
 *   without any is refused
 * - `service`: an App, a zone, and in it a service `game` with the ids 1 to 3
 * - `jest`: nothing; the block is a test file, whose tests are run
 *
 * A `text objects` block is a picture of all that the program before it becomes; `yaml written` is what it wrote. A table of `refused` has code that is
 * refused in an empty zone, and the message. A table of `setting` and `default` says what the doc comments say.
 */
const IMPORTS = `
import { ApiObject, App, Chart, Duration, JsonPatch, Size, Testing } from 'cdk8s';
import { ${Object.keys(gamezone).join(', ')} } from 'gamezone';
`;
const ZONE = `${IMPORTS}
const app = new App();
const zone = new GameZone(app, 'zone1', { zoneId: 1, image: 'registry.example.com/project1/service:0.1.0' });
`;
const PRELUDES: Readonly<Record<string, string>> = {
  '': '',
  zone: ZONE,
  service: `${ZONE}const game = zone.addService('game', { ids: ServiceIds.range(1, 3), ports: [{ port: 7001 }] });\n`,
  jest: '',
};

const EPILOGUES: Readonly<Record<string, string>> = {
  zone: `if (!zone.node.children.some((child) => child instanceof GameService))
  zone.addService('other', { ids: ServiceIds.of(1) });\n`,
};

const GUIDES = readdirSync('docs/guide', { recursive: true, encoding: 'utf8' })
  .filter((name) => name.endsWith('.md'))
  .map((name) => `docs/guide/${name}`);
const PAGES = [...readdirSync('.').filter((name) => /^README(\.\w+)?\.md$/.test(name)), ...GUIDES];

interface Block {
  readonly page: string;
  readonly line: number;
  readonly rule: string;
  readonly text: string;
}

function blocksOf(page: string, language: string): Block[] {
  const text = readFileSync(page, 'utf8');
  return [...text.matchAll(/^```(\w+)(?: (\w+))?\n(.*?)^```$/gms)]
    .filter((match) => match[1] === language)
    .map((match) => ({
      page,
      line: text.slice(0, match.index).split('\n').length,
      rule: match[2] ?? '',
      text: match[3]!,
    }));
}

interface Row {
  readonly page: string;
  readonly line: number;
  readonly cells: readonly string[];
}

/** The rows of every table of a page whose header begins with these cells. */
function rowsOf(page: string, ...header: readonly string[]): Row[] {
  const lines = readFileSync(page, 'utf8').split('\n');
  return lines.flatMap((line, index) => {
    if (!line.startsWith(`| ${header.join(' | ')} |`)) return [];
    const below = lines.slice(index + 2);
    return below
      .slice(
        0,
        below.findIndex((row) => !row.startsWith('|')),
      )
      .map((row, place) => ({ page, line: index + place + 3, cells: cellsOf(row) }));
  });
}

const cellsOf = (row: string): string[] =>
  row
    .slice(1, -1)
    .split(/(?<!\\)\|/)
    .map((cell) => cell.trim().replaceAll('\\|', '|'));

const blocks = PAGES.flatMap((page) => blocksOf(page, 'ts'));

interface Source {
  readonly page: string;
  readonly line: number;
  readonly code: string;
}

const programs: readonly Source[] = blocks.map(({ page, line, rule, text }) => ({
  page,
  line,
  code: `${PRELUDES[rule] ?? ''}${text}${EPILOGUES[rule] ?? ''}`,
}));
const refusals: readonly (Source & { readonly message: string })[] = PAGES.flatMap((page) =>
  rowsOf(page, 'refused', 'message'),
).map(({ page, line, cells }) => ({
  page,
  line,
  code: `${ZONE}${cells[0]!.replaceAll(/^`|`$/g, '')};\n`,
  message: cells[1]!.replaceAll('`', ''),
}));
const sources = [...programs, ...refusals];

const fileOf = ({ page, line }: Source): string => resolve(`${page.replaceAll('/', '-')}-${line}.ts`);

const COMPILER_OPTIONS: ts.CompilerOptions = {
  target: ts.ScriptTarget.ES2022,
  module: ts.ModuleKind.NodeNext,
  moduleResolution: ts.ModuleResolutionKind.NodeNext,
  moduleDetection: ts.ModuleDetectionKind.Force,
  strict: true,
  noEmit: true,
  skipLibCheck: true,
  resolveJsonModule: true,
  types: ['node', 'jest'],
  paths: Object.fromEntries(ENTRIES.map(({ specifier, source }) => [specifier, [resolve(source)]])),
};

/** What the compiler says of each file; one program for all of them. */
function compiled(): ReadonlyMap<string, readonly string[]> {
  const texts = new Map(sources.map((source) => [fileOf(source), source.code]));
  const disk = ts.createCompilerHost(COMPILER_OPTIONS);
  const program = ts.createProgram([...texts.keys()], COMPILER_OPTIONS, {
    ...disk,
    fileExists: (path) => texts.has(path) || disk.fileExists(path),
    readFile: (path) => texts.get(path) ?? disk.readFile(path),
    getSourceFile: (path, version, ...rest) => {
      const text = texts.get(path);
      return text === undefined
        ? disk.getSourceFile(path, version, ...rest)
        : ts.createSourceFile(path, text, version, true);
    },
  });
  return new Map(
    [...texts.keys()].map((path) => {
      const file = program.getSourceFile(path)!;
      const found = [...program.getSyntacticDiagnostics(file), ...program.getSemanticDiagnostics(file)];
      return [path, found.map(({ messageText }) => ts.flattenDiagnosticMessageText(messageText, '\n'))];
    }),
  );
}

interface Ran {
  readonly apps: readonly cdk8s.App[];
  /** Files that the program wrote, by name. */
  readonly written: ReadonlyMap<string, string>;
}

const SEED = readFileSync('examples/seed-zone/zone.yaml', 'utf8');

/** Runs a program with this repository as `gamezone`. `base.yaml` is the seed's zone file; nothing is written to the disk. */
async function ran(code: string): Promise<Ran> {
  const apps: cdk8s.App[] = [];
  const written = new Map<string, string>();
  const tests: (() => unknown)[] = [];
  class KnownApp extends cdk8s.App {
    constructor(props?: cdk8s.AppProps) {
      super(props);
      apps.push(this);
    }
    override synth(): void {
      // What it would write is looked at by the tests.
    }
  }
  const app = (props?: cdk8s.AppProps): cdk8s.App => new KnownApp(props);
  const modules: Readonly<Record<string, unknown>> = {
    cdk8s: { ...cdk8s, App: KnownApp, Testing: Object.create(cdk8s.Testing, { app: { value: app } }) as unknown },
    'cdk8s-plus-33': plus,
    constructs,
    gamezone,
    'gamezone/plus': gamezonePlus,
    'gamezone/zone-file': gamezoneZoneFile,
    'node:fs': {
      readFileSync: (name: string) => (name === 'base.yaml' ? SEED : written.get(name)),
      writeFileSync: (name: string, text: string) => written.set(name, text),
    },
  };
  const names = ['require', 'exports', 'test', 'expect'];
  const { outputText } = ts.transpileModule(code, {
    compilerOptions: { ...COMPILER_OPTIONS, module: ts.ModuleKind.CommonJS, moduleResolution: ts.ModuleResolutionKind.Bundler }, // prettier-ignore
  });
  // eslint-disable-next-line @typescript-eslint/no-implied-eval -- running what the pages show is what this file is for
  const program = new Function(...names, outputText) as (...values: unknown[]) => void;
  program(
    (name: string) => modules[name],
    {},
    (_: string, run: () => unknown) => tests.push(run),
    expect,
  );
  for (const run of tests) await run();
  return { apps, written };
}

/** The objects of an App; every one was accepted. */
function acceptedObjects(app: cdk8s.App): { readonly kind: string; readonly metadata: { readonly name: string } }[] {
  return app.charts.flatMap((chart) => {
    const check = isZone(chart) ? zoneCheck(chart) : checkObject;
    const objects = cdk8s.Testing.synth(chart) as ReturnType<typeof acceptedObjects>;
    for (const object of objects)
      expect([object.metadata.name, check(object as never)]).toEqual([object.metadata.name, []]);
    return objects;
  });
}

/** To `instanceof` every Chart is one: Chart says for its subclasses too what an instance is. */
const isZone = (chart: cdk8s.Chart): chart is gamezone.GameZone => 'zoneName' in chart;

/** The check of a zone's objects; what the zone says was accepted as a zone file. */
function zoneCheck(zone: gamezone.GameZone): ReturnType<typeof objectCheckWith> {
  const document = zone._document();
  const { problems } = readZoneFilesNow([{ name: zone.node.path, text: JSON.stringify(document) }]);
  expect(problems.filter(({ severity }) => severity !== 'warning')).toEqual([]);
  return objectCheckWith({ document }, OBJECT_SCHEMAS);
}

const builds = (code: string): boolean => /new App\(|Testing\.app\(/.test(code);

describe('the pages', () => {
  let diagnostics: ReadonlyMap<string, readonly string[]>;
  beforeAll(() => (diagnostics = compiled()));

  test('there are programs, and each rule is a known one', () => {
    expect(blocks.length).toBeGreaterThan(20);
    expect(blocks.filter(({ rule }) => !Object.hasOwn(PRELUDES, rule))).toEqual([]);
  });

  test.each(sources)('the program at $page:$line compiles', (source) => {
    expect(diagnostics.get(fileOf(source))).toEqual([]);
  });

  test.each(programs)('the program at $page:$line makes what Kubernetes accepts', async (source) => {
    const { apps } = await ran(source.code);
    expect(apps.length > 0).toBe(builds(source.code));
    const objects = apps.flatMap(acceptedObjects);
    if (apps.length > 0) expect(objects).not.toEqual([]);
  });

  test.each(refusals)('what $page:$line says is refused with its message', async ({ code, message }) => {
    const parts = message.split('…').map((part) => part.trim());
    const refusal = await ran(code).then(
      () => 'nothing was refused',
      (error: unknown) => (error as Error).message,
    );
    for (const part of parts) expect(refusal.replaceAll('`', '')).toContain(part);
  });
});

/** The program that a block of another language speaks of. */
const programBefore = ({ page, line }: Block): Source =>
  programs.findLast((other) => other.page === page && other.line < line)!;

const files = PAGES.flatMap((page) => blocksOf(page, 'yaml')).filter(({ rule }) => rule === 'written');

test.each(files)('the program before $page:$line writes it', async (block) => {
  const { written } = await ran(programBefore(block).code);
  expect([...written.values()]).toEqual([block.text]);
});

const pictures = PAGES.flatMap((page) => blocksOf(page, 'text')).filter(({ rule }) => rule === 'objects');

test.each(pictures)('the picture at $page:$line has every object, under its name', async (picture) => {
  const { apps } = await ran(programBefore(picture).code);
  const objects = apps.flatMap(acceptedObjects).map(({ kind, metadata }) => `${kind} ${metadata.name}`);
  const shown = [...picture.text.matchAll(/── ([A-Z]\w+ [a-z0-9][-a-z0-9]*)/g)].map(([, object]) => object);
  expect(shown.sort()).toEqual(objects.sort());
});

test('the defaults in the pages are those of the doc comments', () => {
  const { entries } = publicApi(ENTRIES);
  const settings = new Map<string, Set<string>>();
  for (const type of entries.flatMap(({ exports }) => exports)) {
    for (const member of type.members?.values() ?? []) {
      const said = tagOf(member, 'default')?.replaceAll('`', '').replace(/^- /, '');
      if (said !== undefined) settings.set(member.name, (settings.get(member.name) ?? new Set()).add(said));
    }
  }
  const rows = PAGES.flatMap((page) => rowsOf(page, 'setting', 'default'));
  expect(rows.length).toBeGreaterThan(15);
  const wrong = rows.filter(({ cells }) => {
    const [setting, value] = cells.map((cell) => cell.replaceAll('`', ''));
    return !settings.get(setting!)?.has(value!);
  });
  expect(wrong).toEqual([]);
});

describe('a translation of the README', () => {
  const TRANSLATIONS = PAGES.filter((page) => /^README\.\w+\.md$/.test(page));
  const allBlocks = (page: string): string[] => readFileSync(page, 'utf8').match(/^```.*?^```$/gms) ?? [];
  const withoutComments = (block: string): string => block.replaceAll(/ *# .*$/gm, '');
  const prose = (page: string): string => readFileSync(page, 'utf8').replaceAll(/^```.*?^```$/gms, '');
  const levels = (page: string): string[] => [...prose(page).matchAll(/^(#+) /gm)].map(([, level]) => level!);
  /** What the rows of the tables are about: the code in their first two cells. */
  const subjects = (page: string): string[][] =>
    [...prose(page).matchAll(/^\|.*\|$/gm)].map(([row]) =>
      cellsOf(row)
        .slice(0, 2)
        .map((cell) => (cell.match(/`[^`]+`/g) ?? []).sort().join(' ')),
    );

  test.each(TRANSLATIONS)('%s has the sections, the code and the tables of the original', (page) => {
    expect(levels(page)).toEqual(levels('README.md'));
    expect(allBlocks(page).map(withoutComments)).toEqual(allBlocks('README.md').map(withoutComments));
    expect(subjects(page)).toEqual(subjects('README.md'));
    const name = page.replace('README', '').replace('.md', '');
    expect(readFileSync('README.md', 'utf8')).toContain(`](README${name}.md)`);
    expect(readFileSync(page, 'utf8')).toContain('](README.md)');
  });
});
