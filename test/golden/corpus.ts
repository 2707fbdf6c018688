import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { loadAll } from 'js-yaml';
import type { Manifest } from '../../constructs/manifests/manifest.js';
import { zoneManifests } from '../../constructs/manifests/zone.js';
import type { Release } from '../../constructs/model/compat.js';
import { resolveZone } from '../../constructs/model/resolve.js';
import { reportProblems } from '../../src/synth/problem-report.js';
import { readZoneFiles } from '../../src/synth/zone-file/read.js';

// The corpus: what each release made of every example and of the zones in test/golden/zones, as
// test/golden/<release>/<zone>/{zone,objects}.yaml. A release's folder is written once, by scripts/golden.ts, and stays.

export const CORPUS = 'test/golden';

/** A zone file of the corpus, by its name. */
export interface GoldenZone {
  readonly name: string;
  readonly text: string;
}

/** The zones that go into the corpus of the next release. */
export function zonesToKeep(): GoldenZone[] {
  const examples = readdirSync('examples')
    .map((name) => ({ name: `example-${name}`, file: join('examples', name, 'zone.yaml') }))
    .filter(({ file }) => existsSync(file));
  const zones = readdirSync(join(CORPUS, 'zones')).map((file) => ({
    name: basename(file, '.yaml'),
    file: join(CORPUS, 'zones', file),
  }));
  return [...examples, ...zones].map(({ name, file }) => ({ name, text: readFileSync(file, 'utf8') }));
}

/** What this code makes of a zone file that keeps to a release, unless it names one itself. */
export async function objectsOf({ name, text }: GoldenZone, compat: Release): Promise<Manifest[]> {
  const { zones, problems } = await readZoneFiles([{ name, text }]);
  const errors = problems.filter(({ severity }) => severity !== 'warning');
  if (errors.length > 0) throw new Error(reportProblems(errors));
  return zones.flatMap(({ document }) => [
    ...zoneManifests(resolveZone({ ...document, spec: { compat, ...document.spec } })),
  ]);
}

/** The releases that have a corpus, oldest first. */
export const releasesKept = (): string[] =>
  readdirSync(CORPUS)
    .filter((name) => /^\d+\.\d+$/.test(name))
    .sort((a, b) => a.localeCompare(b, 'en', { numeric: true }));

/** The zones of a release and the objects that it made of them. */
export const corpusOf = (release: string): (GoldenZone & { readonly objects: readonly Manifest[] })[] =>
  readdirSync(join(CORPUS, release)).map((name) => ({
    name,
    text: readFileSync(join(CORPUS, release, name, 'zone.yaml'), 'utf8'),
    objects: loadAll(readFileSync(join(CORPUS, release, name, 'objects.yaml'), 'utf8')) as Manifest[],
  }));
