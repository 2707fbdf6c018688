import { App } from 'cdk8s';
import fc from 'fast-check';
import { load } from 'js-yaml';
import type { ZoneDocument } from '../../../constructs/model/resolve.js';
import { reportProblems } from '../../../src/synth/problem-report.js';
import { checkZones } from '../../../src/synth/program/check.js';
import type { BuiltZone } from '../../../src/synth/program/tree.js';
import { zoneFileWords } from '../../parts/zone-file-words.js';
import { programs, run } from '../../zones/programs.js';
import { ARTIFACTS } from '../bad-input/artifacts.cases.js';
import { HOOKS } from '../bad-input/hooks.cases.js';
import { PODS } from '../bad-input/pods.cases.js';
import { SERVICES } from '../bad-input/services.cases.js';
import { SHAPE } from '../bad-input/shape.cases.js';
import { UPDATES } from '../bad-input/updates.cases.js';
import { marked } from '../bad-input/zone.js';

// The wrong zone files, as far as a program can say the same: what is told of them is told in the words of the constructs.

/** The fields of a document, indexes and the author's own keys as `*`. */
function fieldsOf(value: unknown, path = ''): string[] {
  if (typeof value !== 'object' || value === null) return [path];
  return Object.entries(value).flatMap(([key, part]) => {
    const own = Array.isArray(value) || OWN_KEYS.test(path);
    return fieldsOf(part, `${path}.${own ? '*' : key}`);
  });
}
const OWN_KEYS = /\.(labels|annotations|env|envNames|nodeSelector|overrides|requests|limits|resources|tcpSocket|httpGet|readiness|liveness|startup|tolerations\.\*)$/; // prettier-ignore

/** Every field that a program can bring into its document. */
const SAYABLE = new Set(
  fc.sample(programs(), { numRuns: 250, seed: 1 }).flatMap((program) => fieldsOf(run(program, new App())._document())),
);

/** What no constructor lets anybody write, although each of its fields can be written. */
const IMPOSSIBLE = [
  'an apiVersion without version',
  'literal and reference',
  'literal and reference of Redis',
  'S3 with a key and its reference',
  'ids that run backwards',
  'ids that overlap',
  'an id within a range',
  'no ids and no replicas',
  'an endId without id',
  'ids and replicas',
  'a template without spec',
  'an external template with spec',
  'a metric that never ends',
  'more successes than measurements',
  'a header with value and reference',
];

const CASES = [...SHAPE, ...SERVICES, ...PODS, ...ARTIFACTS, ...HOOKS, ...UPDATES].flatMap(({ what, text }) => {
  const document = parsed(marked(text).text);
  const sayable = !IMPOSSIBLE.includes(what) && document && fieldsOf(document).every((field) => SAYABLE.has(field));
  return sayable ? [{ what, document }] : [];
});

function parsed(text: string): ZoneDocument | undefined {
  try {
    return load(text) as ZoneDocument;
  } catch {
    return undefined;
  }
}

test('most wrong zones can be said by a program', () => {
  expect(CASES.length).toBeGreaterThan(50);
});

test.each(CASES.map(({ what, document }) => [what, document] as const))('%s', async (_, document) => {
  const zone = { node: { path: 'zone1', children: [] }, _document: () => document } as unknown as BuiltZone;
  const report = reportProblems(await checkZones('zone.ts', [zone]));
  expect(report).toMatch(/^zone\.ts: zone1/);
  expect({ report, words: zoneFileWords(report) }).toEqual({ report, words: [] });
});
