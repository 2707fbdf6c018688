import fc from 'fast-check';
import { compareVersions, isVersion, newerThan } from '../../src/kube/version.js';

test.each([
  ['1', '1', 0],
  ['1', '2', -1],
  ['10', '9', 1],
  ['9', '10', -1],
  ['18446744073709551616', '18446744073709551615', 1],
  ['9007199254740993', '9007199254740992', 1],
])('%s against %s', (a, b, order) => {
  expect(Math.sign(compareVersions(a, b))).toBe(order);
  expect(newerThan(a, b)).toBe(order > 0);
});

test('the order is that of the numbers, however large', () => {
  const version = fc.bigInt({ min: 1n, max: 1n << 80n });
  fc.assert(
    fc.property(version, version, (a, b) => {
      const order = Math.sign(compareVersions(String(a), String(b)));
      expect(order).toBe(a < b ? -1 : a > b ? 1 : 0);
    }),
    { numRuns: 2000 },
  );
});

test.each(['', '0', '01', '-1', '1.0', '1e3', '0x1', ' 1', '1 ', '1\n', 'abc', '١', undefined, null, 7])(
  'what is no version is not compared: %j',
  (text) => {
    expect(isVersion(text)).toBe(false);
    expect(() => compareVersions('5', text as string)).toThrow(RangeError);
    expect(() => compareVersions(text as string, '5')).toThrow(RangeError);
  },
);
