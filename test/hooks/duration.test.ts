import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { formatDuration, parseDuration } from '../../src/hooks/duration.js';

describe('durations as Go writes them', () => {
  test.each([
    ['60s', 60_000],
    ['1m30s', 90_000],
    ['1h', 3_600_000],
    ['1.5h', 5_400_000],
    ['.5s', 500],
    ['250ms', 250],
    ['0', 0],
    ['0s', 0],
  ])('%s is %i ms', (text, milliseconds) => {
    expect(parseDuration(text)).toBe(milliseconds);
  });

  test.each([
    ['60', '"60" has no unit', 'write 60s for seconds'],
    [60, '60 has no unit', 'write "60s" for seconds'],
    ['1d', '"1d" is not a duration', 'write 24h'],
    ['2w', '"2w" is not a duration', 'write 336h'],
    ['5 min', '"5 min" is not a duration', 'write 5m'],
    ['30sec', '"30sec" is not a duration', 'write 30s'],
    ['30S', '"30S" is not a duration', 'write 30s'],
    ['-5s', '"-5s" has a sign', 'for example 30s, 1m30s or 1h'],
    ['1m 30s', '"1m 30s" is not a duration', 'for example 30s, 1m30s or 1h'],
    ['', 'a duration is a text', 'for example 30s, 1m30s or 1h'],
    ['9999999h', '"9999999h" is too long', 'at most 2562047h'],
  ])('%j: %s', (text, message, hint) => {
    expect(parseDuration(text)).toEqual({ message, hint });
  });

  test('what is written is read back', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 10_000_000 }), (seconds) => {
        expect(parseDuration(formatDuration(seconds * 1000))).toBe(seconds * 1000);
      }),
    );
  });
});
