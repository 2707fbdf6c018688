import fc from 'fast-check';
import { firstFrom, SortedKeys } from '../../../src/cluster/api-server/storage/sorted-keys.js';

const key = fc.constantFrom('a', 'a/b', 'a/c', 'a0', 'b', 'b/a', 'ab/a', 'a/');

test('keys that come and go stand in the order of a sort', () => {
  fc.assert(
    fc.property(fc.array(fc.tuple(fc.boolean(), key)), (steps) => {
      const keys = new SortedKeys();
      const plain = new Set<string>();
      for (const [isNew, name] of steps) {
        if (isNew) {
          keys.add(name);
          plain.add(name);
        } else {
          keys.remove(name);
          plain.delete(name);
        }
      }
      expect(keys.all).toEqual([...plain].sort());
    }),
  );
});

test.each([
  ['', 0],
  ['a', 0],
  ['a/', 1],
  ['a0', 3],
  ['z', 4],
])('the first from %j is number %i', (text, index) => {
  expect(firstFrom(['a', 'a/b', 'a/c', 'b'], text)).toBe(index);
});
