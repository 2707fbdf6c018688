import { readFileSync } from 'node:fs';
import { load } from 'js-yaml';
import { NEWEST, RELEASES } from '../constructs/model/compat.js';
import type { Manifest } from '../constructs/manifests/manifest.js';
import { compiledSchema } from '../src/api/check.js';
import { leafFields } from '../src/api/fields.js';
import { isUnsupported, UNSUPPORTED } from '../src/api/unsupported.js';
import { frozenPart, frozenParts, otherDifferences } from './golden/compare.js';
import { CORPUS, corpusOf, objectsOf, releasesKept, zonesToKeep } from './golden/corpus.js';

interface Acknowledged {
  readonly release: string;
  readonly difference: string;
  readonly why: string;
}

const ACKNOWLEDGED = load(readFileSync(`${CORPUS}/acknowledged.yaml`, 'utf8')) as readonly Acknowledged[];

test('every release whose manifests can still be had has a corpus', () => {
  expect(releasesKept()).toEqual([...RELEASES]);
});

describe.each(RELEASES)('zones that keep to %s', (release) => {
  const corpus = corpusOf(release);

  test.each(corpus.map((zone) => [zone.name, zone] as const))('%s: no pod restarts', async (_, zone) => {
    const now = await objectsOf(zone, release);
    expect(frozenParts(now, zone.objects)).toEqual(frozenParts(zone.objects, zone.objects));
  });

  test('every other difference is acknowledged, and nothing else', async () => {
    const all = await Promise.all(
      corpus.map(async (zone) => otherDifferences(zone.objects, plain(await objectsOf(zone, release)))),
    );
    const told = ACKNOWLEDGED.filter((entry) => entry.release === release);
    expect([...new Set(all.flat())].sort()).toEqual(told.map(({ difference }) => difference).sort());
    for (const { why } of told) expect(why).toMatch(/\w{3}/);
  });
});

/** As if read from a file. */
const plain = (objects: readonly Manifest[]): Manifest[] => JSON.parse(JSON.stringify(objects)) as Manifest[];

test('the zones of the next corpus together use every field that does something', async () => {
  const { schema } = await compiledSchema('GameZone');
  const documents = zonesToKeep().map(({ text }) => load(text));
  const refused = UNSUPPORTED.filter(({ effect }) => effect === 'refused');
  const unused = leafFields(schema)
    .filter((field) => !isUnsupported('GameZone', field, refused))
    .filter((field) => !documents.some((document) => isUsed(document, field.match(/\[\]|[^.[\]]+/g)!)));
  // The zones of a corpus are read with the release of their folder.
  expect(unused).toEqual(['spec.compat']);
});

function isUsed(value: unknown, [segment, ...rest]: readonly string[]): boolean {
  if (segment === undefined) return value !== undefined;
  if (typeof value !== 'object' || value === null) return false;
  const parts: unknown[] = segment === '[]' || segment === '*' ? Object.values(value) : [(value as Record<string, unknown>)[segment]]; // prettier-ignore
  return parts.some((part) => isUsed(part, rest));
}

describe('the comparison', () => {
  const [object] = corpusOf(RELEASES[0])
    .find(({ name }) => name === 'minimal')!
    .objects.filter(({ kind }) => kind === 'GameStatefulSet');
  const changed = (path: readonly string[], value: unknown): Manifest => {
    const copy = JSON.parse(JSON.stringify(object)) as Manifest;
    const holder = path.slice(0, -1).reduce<Record<string, unknown>>((at, key) => at[key] as Record<string, unknown>, copy); // prettier-ignore
    holder[path.at(-1)!] = value;
    return copy;
  };

  test.each<[string, Manifest]>([
    ['a template', changed(['spec', 'template', 'spec', 'hostNetwork'], true)],
    ['the order in a template', changed(['spec', 'template'], { spec: {}, metadata: {} })],
    ['a selector', changed(['spec', 'selector', 'matchLabels', 'a'], 'b')],
    ['a serviceName', changed(['spec', 'serviceName'], 'other')],
    ['the first ordinal', changed(['spec', 'ordinals', 'start'], 1)],
    ['a name', changed(['metadata', 'name'], 'other')],
  ])('sees %s', (_, other) => {
    expect(frozenPart(other)).not.toBe(frozenPart(object!));
    expect(frozenParts([other], [object!])).not.toEqual(frozenParts([object!], [object!]));
  });

  test('names what restarts nothing', () => {
    const other = changed(['spec', 'updateStrategy', 'prepull', 'timeoutSeconds'], 1);
    expect(frozenPart(other)).toBe(frozenPart(object!));
    expect(otherDifferences([object!], [other])).toEqual([
      'GameStatefulSet spec.updateStrategy.prepull.timeoutSeconds',
    ]);
  });

  test('a workload that was not there is no acknowledged difference', () => {
    expect(frozenParts([object!], [])).not.toEqual({});
    expect(otherDifferences([], [object!])).toEqual([]);
  });
});

describe('compat', () => {
  const [minimal] = zonesToKeep().filter(({ name }) => name === 'minimal');
  const keepingTo = (release: string) => ({ ...minimal!, text: minimal!.text.replace(/^spec:/m, `spec:\n  compat: ${release}`) }); // prettier-ignore

  test('a zone file may write the release as a number', async () => {
    expect(await objectsOf(keepingTo(RELEASES[0]), NEWEST)).toEqual(await objectsOf(minimal!, RELEASES[0]));
  });

  test('a zone file with an unknown release is told the known ones', async () => {
    await expect(objectsOf(keepingTo('0.10'), NEWEST)).rejects.toThrow(
      /minimal:\d+:3: spec\.compat: not a release of gamezone\n {2}value: "0\.10"\n {2}right: .*this release knows: 0\.1/,
    );
  });
});
