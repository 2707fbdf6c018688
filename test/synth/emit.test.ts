import { loadAll } from 'js-yaml';
import type { Manifest } from '../../constructs/manifests/manifest.js';
import { emit, joined } from '../../src/synth/emit.js';

const configMap = (name: string, text: string): Manifest => ({
  apiVersion: 'v1',
  kind: 'ConfigMap',
  metadata: { name },
  data: { text },
});
// Longer than a block of the emitter, shorter ones between, characters of one to four bytes.
const manifests = ['a', 'é', '区', '🎮'].flatMap((character, index) => [
  configMap(`short-${index}`, character),
  configMap(`long-${index}`, character.repeat(300_000)),
]);

test('objects of any size and script come back as they were', () => {
  expect(loadAll(emit(manifests, 'yaml').toString())).toEqual(manifests);
  expect(JSON.parse(emit(manifests, 'json').toString())).toEqual({ apiVersion: 'v1', kind: 'List', items: manifests });
});

test('no objects make an empty document', () => {
  expect(emit([], 'yaml').toString()).toBe('');
  expect(JSON.parse(emit([], 'json').toString())).toEqual({ apiVersion: 'v1', kind: 'List', items: [] });
});

describe('several files as one', () => {
  const [one, two] = [manifests.slice(0, 2), manifests.slice(2)];
  const together = (format: 'yaml' | 'json', ...files: (typeof manifests)[]): Buffer =>
    Buffer.concat(joined(files.map((objects) => emit(objects, format)), format)); // prettier-ignore

  test.each(['yaml', 'json'] as const)('are what one file of all their objects would be: %s', (format) => {
    expect(together(format, one, [], two).equals(emit(manifests, format))).toBe(true);
    expect(together(format, [], []).equals(emit([], format))).toBe(true);
  });
});
