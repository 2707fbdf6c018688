import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { chosenVersion, goModule, modFiles, pinnedVersion, VERSIONS } from './pins.js';

test.each(VERSIONS)('%s: every part of Kubernetes is of the pinned release', (version) => {
  const pinned = pinnedVersion(version);
  const text = readFileSync(join(goModule, modFiles[version]), 'utf8');
  const replaced = [...text.matchAll(/^\t(k8s\.io\/\S+) => (\S+) v(\S+)$/gm)];
  expect(replaced.length).toBeGreaterThan(25);
  // k8s.io/api v0.34.10 is published from the tag of Kubernetes 1.34.10.
  const strangers = replaced.filter(([, from, to, of]) => from !== to || of !== pinned.replace(/^1\./, '0.'));
  expect(strangers).toEqual([]);
});

test('the floor is the oldest Kubernetes that is supported', () => {
  expect(pinnedVersion('floor')).toMatch(/^1\.30\./);
  expect(pinnedVersion('newest')).toMatch(/^1\.34\./);
});

test('what the offline check knows comes from the newest', () => {
  const facts = readFileSync(join(goModule, '../../src/kubernetes/facts.gen.json'), 'utf8');
  expect((JSON.parse(facts) as { kubernetes: string }).kubernetes).toBe(pinnedVersion('newest'));
});

test('the environment chooses the version', () => {
  expect(chosenVersion({})).toBe('newest');
  expect(chosenVersion({ GAMEZONE_KUBERNETES: 'floor' })).toBe('floor');
  expect(() => chosenVersion({ GAMEZONE_KUBERNETES: '1.30' })).toThrow('it can be newest or floor');
});
