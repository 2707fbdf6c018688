import { dataOf, isSameData, templateOf } from '../../../src/cluster/controllers/revision/data.js';
import { goJson } from '../../../src/cluster/controllers/revision/go-json.js';
import { fnv1, revisionSuffix, safeSuffix } from '../../../src/cluster/controllers/revision/hash.js';
import { inOrder, surplus, type SeenRevision } from '../../../src/cluster/controllers/revision/history.js';

// The published test vectors of FNV-1, 32 bits.
test.each([
  { text: '', hash: 0x811c9dc5 },
  { text: 'a', hash: 0x050c5d7e },
  { text: 'foobar', hash: 0x31f0b262 },
])('FNV-1 of "$text"', ({ text, hash }) => {
  expect(fnv1(Buffer.from(text))).toBe(hash);
});

test('a suffix spells no words', () => {
  expect(safeSuffix(1234567890)).toHaveLength(10);
  expect(safeSuffix(4294967295)).toMatch(/^[bcdfghjklmnpqrstvwxz2456789]+$/);
});

test('JSON as Go writes it', () => {
  expect(goJson({ b: 1, a: { d: '<&>', c: undefined, e: null }, '10': [{ z: 1, y: 2 }] })).toBe(
    '{"10":[{"y":2,"z":1}],"a":{"d":"\\u003c\\u0026\\u003e","e":null},"b":1}',
  );
});

describe('the data of a revision', () => {
  const template = { metadata: { labels: { app: 'game' } }, spec: { containers: [{ name: 'app', image: 'app:1' }] } };

  test('holds the template, and what Go cannot leave out', () => {
    expect(goJson(dataOf(template))).toBe(
      '{"spec":{"template":{"$patch":"replace","metadata":{"labels":{"app":"game"}},' +
        '"spec":{"containers":[{"image":"app:1","name":"app","resources":{}}]}}}}',
    );
    expect(templateOf(dataOf(template))).not.toHaveProperty('$patch');
  });

  test('is the same in another order, and another of another template or with a collision', () => {
    const turned = { spec: template.spec, metadata: template.metadata };
    expect(isSameData(dataOf(template), dataOf(turned))).toBe(true);
    const other = dataOf({ ...template, metadata: { labels: { app: 'other' } } });
    expect(isSameData(dataOf(template), other)).toBe(false);
    const suffixes = [
      revisionSuffix(dataOf(template), 0),
      revisionSuffix(dataOf(template), 1),
      revisionSuffix(other, 0),
    ];
    expect(new Set(suffixes).size).toBe(3);
  });
});

describe('the history of a StatefulSet', () => {
  const revision = (name: string, number: number, creationTimestamp = ''): SeenRevision => ({
    metadata: { name, uid: name, resourceVersion: '1', creationTimestamp },
    revision: number,
  });
  const names = (revisions: readonly SeenRevision[]): string => revisions.map(({ metadata }) => metadata.name).join('');

  test('is in the order of its numbers, then of age, then of names', () => {
    expect(
      names(inOrder([revision('d', 2), revision('c', 1, '2'), revision('b', 1, '1'), revision('a', 1, '1')])),
    ).toBe('abcd');
  });

  test.each([
    { limit: 0, carried: '', gone: 'abcd' },
    { limit: 2, carried: '', gone: 'ab' },
    { limit: 2, carried: 'a', gone: 'b' },
    { limit: 2, carried: 'ab', gone: '' },
    { limit: 9, carried: '', gone: '' },
  ])('loses "$gone" with a limit of $limit when pods carry "$carried"', ({ limit, carried, gone }) => {
    const known = Array.from('abcd').map((name, at) => revision(name, at + 1));
    expect(names(surplus(known, new Set(carried), limit))).toBe(gone);
  });
});
