import { zoneManifests } from '../../constructs/manifests/zone.js';
import { resolveZone } from '../../constructs/model/resolve.js';
import type { ZoneDocument } from '../../constructs/model/resolve.js';
import { compiledSchema } from '../../src/api/check.js';
import { checkWith } from '../../src/api/explain.js';
import { formatPath } from '../../src/api/problem.js';
import type { Path } from '../../src/api/problem.js';
import { leafFields } from '../../src/api/fields.js';
import { emit } from '../../src/synth/emit.js';
import { valueAt } from '../../src/synth/zone-file/prune.js';
import { uncovered } from '../api/coverage.js';
import { SAMPLES } from './effects.samples.js';

const textOf = (zone: ZoneDocument): string => emit(zoneManifests(resolveZone(zone)), 'yaml').toString();

/** Every place in a document with the field of the schema that it belongs to. */
function places(
  value: unknown,
  fields: ReadonlySet<string>,
  path: Path = [],
  field = '',
): { path: Path; field: string }[] {
  const here = fields.has(field) ? [{ path, field }] : [];
  if (typeof value !== 'object' || value === null) return here;
  const below = Object.entries(value).flatMap(([key, part]) => {
    if (Array.isArray(value)) return places(part, fields, [...path, Number(key)], `${field}[]`);
    const named = field === '' ? key : `${field}.${key}`;
    const known = [...fields].some(
      (leaf) => leaf === named || leaf.startsWith(`${named}.`) || leaf.startsWith(`${named}[`),
    );
    return places(part, fields, [...path, key], known ? named : `${field}.*`);
  });
  return [...here, ...below];
}

/** Texts that are right where not every text is: a path, a port, a runtime. */
const OTHER_TEXTS = ['/elsewhere', 'client', 'native'];

/** The same document with another value, or none, in one place. */
function withAnother(zone: ZoneDocument, path: Path): ZoneDocument[] {
  const value = valueAt(zone, path);
  const others =
    typeof value === 'number' ? [value + 1] : typeof value === 'string' ? [`${value}x`, ...OTHER_TEXTS] : [];
  const changed = [...others, ...(typeof value === 'boolean' ? [!value] : []), undefined];
  return changed.map((other) => {
    const copy = JSON.parse(JSON.stringify(zone)) as ZoneDocument;
    const holder = valueAt(copy, path.slice(0, -1)) as Record<string | number, unknown>;
    if (other === undefined && Array.isArray(holder)) holder.splice(Number(path.at(-1)), 1);
    else if (other === undefined) delete holder[path.at(-1)!];
    else holder[path.at(-1)!] = other;
    return copy;
  });
}

function changesOutput(zone: ZoneDocument, path: Path): boolean {
  const before = textOf(zone);
  return withAnother(zone, path).some((other) => {
    try {
      return textOf(other) !== before;
    } catch {
      return false; // without a required field there is no output to compare
    }
  });
}

/**
 * Without `external` a template that has no spec is refused: the table of wrong inputs shows it. An unknown `compat` is
 * refused, and a known one is the only one there is: test/golden.test.ts holds it to its promise.
 */
const CHECKED_ONLY = ['spec.hookTemplates[].external', 'spec.compat'];

test('the samples are zones', async () => {
  const schema = await compiledSchema('GameZone');
  for (const sample of SAMPLES) expect(checkWith(schema, sample)).toEqual([]);
});

test('every field of a zone changes what synth writes, or is refused', async () => {
  const { schema } = await compiledSchema('GameZone');
  const fields = new Set(leafFields(schema));
  const tested = new Set(
    SAMPLES.flatMap((sample) =>
      places(sample, fields)
        .filter(({ path }) => changesOutput(sample, path))
        .map(({ field }) => field),
    ),
  );
  expect(uncovered('GameZone', schema, new Set([...tested, ...CHECKED_ONLY]))).toEqual([]);
});

test('a field that does nothing is found', () => {
  const [zone] = SAMPLES;
  const path = ['spec', 'gameZone', 'serviceConfig', 0, 'nothing'];
  expect([formatPath(path), changesOutput(zone!, path)]).toEqual(['spec.gameZone.serviceConfig[0].nothing', false]);
});
