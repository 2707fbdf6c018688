import { describe, expect, test } from '@jest/globals';
import { readdirSync, readFileSync } from 'node:fs';
import fc from 'fast-check';
import { parseCondition, type Expression, type ResultType } from '../../src/hooks/expression.js';
import { cpuTime } from '../parts/cpu-time.js';

function read(text: string, type: ResultType = 'json'): Expression {
  const condition = parseCondition(text, type);
  if (condition.kind === 'problem') throw new Error(condition.message);
  return condition;
}

function evaluated(text: string, result: unknown, type: ResultType = 'json'): boolean | string {
  const outcome = read(text, type).evaluate(result);
  return typeof outcome === 'boolean' ? outcome : outcome.message;
}

const refused = (text: string, type: ResultType = 'json') => {
  const condition = parseCondition(text, type);
  return condition.kind === 'problem' ? [condition.message, condition.hint] : 'accepted';
};

describe('what evaluates', () => {
  test.each<[type: ResultType, text: string, result: unknown, outcome: boolean]>([
    ['json', 'asInt(result) < 30', '12', true],
    ['json', 'asInt(result) < 30', 32, false],
    ['json', 'asInt(result) == 0', '0', true],
    ['json', 'asInt(result) == 0', 0, true],
    ['json', 'asInt(result) < 0', '-9223372036854775808', true],
    ['json', 'asFloat(result) < 0.5', '0.25', true],
    ['json', 'asFloat(result) < 1', '0.25', true],
    ['json', 'asFloat(result) == 1', '1.0', true],
    ['json', 'asInt(result) == 1.0', 1, true],
    ['json', 'asInt(result) + 0.5 > 1', 1, true],
    ['number', 'result[0] < 0.05', [0.01], true],
    ['number', 'result[0] < 1', [1.5], false],
    ['number', 'result >= 1.0 && result < 2', 1, true],
    ['number', 'result * 100 < 5', 0.04, true],
    ['number', 'size(result) > 0 && result.all(x, x < 1)', [0.1, 0.2], true],
    ['json', 'result == 30', 30, true],
    ['json', '30 == result', 30, true],
    ['json', 'result != 30', 30, false],
    ['json', 'result == 30', '30', false],
    ['json', 'result % 2 == 0', 4, true],
    ['json', 'result in [1, 2]', 2, true],
    ['json', 'result.online == 0 && !result.open', { online: 0, open: false }, true],
    ['json', 'has(result.error)', { online: 0 }, false],
    ['json', 'result.players.exists(p, p.idle < 3)', { players: [{ idle: 9 }, { idle: 1 }] }, true],
    ['json', 'result.filter(x, x > 1).size() == 2', [1, 2, 3], true],
    ['json', 'result', true, true],
    ['json', 'result == null', null, true],
    ['json', 'false && result[5] < 1', [], false],
    ['text', 'result == "drained"', 'drained', true],
    ['text', 'result.startsWith("ok") || asInt(result) > 3', 'ok 1', true],
  ])('%s: %s of %j is %j', (type, text, result, outcome) => {
    expect(evaluated(text, result, type)).toBe(outcome);
  });
});

describe('what is an error, not false', () => {
  test.each<[type: ResultType, text: string, result: unknown, message: string]>([
    ['json', 'asInt(result) < 30', '27.5', 'asInt: "27.5" is not a whole number of 64 bits'],
    ['json', 'asInt(result) < 30', '', 'asInt: "" is not a whole number of 64 bits'],
    ['json', 'asInt(result) < 30', 'abc', 'asInt: "abc" is not a whole number of 64 bits'],
    [
      'json',
      'asInt(result) < 30',
      '1234567890123456789012',
      'asInt: "1234567890123456789012" is not a whole number of 64 bits',
    ],
    [
      'json',
      'asInt(result) < 30',
      '9223372036854775808',
      'asInt: "9223372036854775808" is not a whole number of 64 bits',
    ],
    ['json', 'asInt(result) < 30', ' 7', 'asInt: " 7" is not a whole number of 64 bits'],
    ['json', 'asInt(result) < 30', '0x1f', 'asInt: "0x1f" is not a whole number of 64 bits'],
    ['json', 'asInt(result) < 30', 27.5, 'asInt: 27.5 is not a whole number'],
    ['json', 'asInt(result) < 30', 2 ** 60, 'asInt: 1152921504606847000 is too large to be exact'],
    ['json', 'asInt(result) < 30', [1], 'asInt: a list (write result[0] for its first element) is not a whole number'],
    ['json', 'asInt(result) < 30', null, 'asInt: null is not a whole number'],
    ['json', 'asFloat(result) < 1', 'NaN', 'asFloat: "NaN" is not a number'],
    ['json', 'asFloat(result) < 1', 'Infinity', 'asFloat: "Infinity" is not a number'],
    ['json', 'asFloat(result) < 1', '', 'asFloat: "" is not a number'],
    ['json', 'asFloat(result) < 1', true, 'asFloat: true is not a number'],
    [
      'number',
      'result < 0.05',
      [0.01],
      'list<double> < double is not possible: write result[0] for the first element of a list',
    ],
    ['number', 'result[0] < 0.05', [], 'the list has no element 0'],
    ['number', '!(result > 0.5)', NaN, 'the result is not a number (NaN)'],
    ['number', 'result[1] < 1', [NaN, 0], 'the result is not a number (NaN)'],
    ['json', 'result == 1', undefined, 'there is no result'],
    ['json', 'result', 3, 'the condition gave the number 3, not true or false'],
    ['json', 'result.constructor == 1', {}, 'no such key: constructor'],
    ['json', 'result.__proto__ == 1', {}, 'no such key: __proto__'],
    ['json', 'result["__proto__"] == 1', [], 'no such key: __proto__'],
    ['json', 'result.toString == 1', '', 'no such key: toString'],
    ['json', '1 / asInt(result) > 0', 0, 'division by zero'],
    [
      'json',
      'result.all(x, x > 0)',
      Array.from({ length: 20_001 }, () => 1),
      'the result has more than 20000 values: choose less with jsonPath',
    ],
  ])('%s: %s of %j: %s', (type, text, result, message) => {
    expect(evaluated(text, result, type)).toBe(message);
  });
});

test('a loop over a long list has its price', () => {
  const numbers = Array.from({ length: 20_000 }, (_, index) => index);
  expect(evaluated('result.all(a, a in result)', numbers.slice(0, 2000))).toBe(true);
  expect(evaluated('result.all(a, a in result)', numbers)).toBe(
    'the condition needs too many steps for a value of this size',
  );
  expect(evaluated('result.size() == 20000', numbers)).toBe(true);
});

test('a deep answer is an error as well', () => {
  const deep: unknown = JSON.parse('['.repeat(50_000) + ']'.repeat(50_000));
  expect(evaluated('result == [1]', deep)).toBe('the result is nested too deeply');
});

describe('what is refused before anything runs', () => {
  const numbers = 'compare numbers with numbers: no quotes around a number, asInt() or asFloat() around a string';
  const cel = 'a condition is one CEL expression such as asInt(result) < 30';
  test.each<[type: ResultType, text: string, message: string, hint: string]>([
    ['json', 'asInt(reslt) < 3', 'unknown name reslt (column 7)', 'did you mean result?'],
    ['json', 'asIntt(result) < 3', 'unknown function asIntt() (column 1)', 'did you mean asInt()?'],
    ['json', 'asInt(result) < "30"', 'int < string is not possible (column 15)', numbers],
    ['json', '("1") == asInt(result)', 'string == int is not possible (column 7)', numbers],
    ['text', 'result < 30', 'string < int is not possible (column 8)', numbers],
    [
      'json',
      'asInt(result)',
      'the condition gives int, not true or false (column 1)',
      'compare it, for example asInt(result) < 1',
    ],
    [
      'text',
      'result',
      'the condition gives string, not true or false (column 1)',
      'compare it, for example result == "ok"',
    ],
    [
      'number',
      'result[0]',
      'the condition gives a number, not true or false (column 1)',
      'compare it, for example result[0] < 1',
    ],
    ['json', 'result <', 'the condition ends where a value is expected (column 9)', cel],
    ['json', '  ', 'the condition is empty (column 1)', cel],
    ['json', '(result < 3', ') is missing (column 12)', cel],
    ['json', 'result = 3', '= is not expected here (column 8)', 'write == to compare'],
    ['json', 'result > 1 and result < 3', 'and is not expected here (column 12)', 'write && for and'],
    ['json', "result == 'ok", 'the text that starts here is not closed by a quote (column 11)', cel],
    ['json', 'len(result) > 0', 'len() is not available in a condition (column 1)', 'use size()'],
    ['json', 'result.asInt() > 0', 'asInt() is called the wrong way round (column 8)', 'write asInt(result)'],
    ['json', 'asInt() < 1', 'asInt() does not exist (column 1)', 'it takes one value, as in asInt(result)'],
    ['none', 'result == 1', 'there is no result to look at (column 1)', cel],
    ['json', 'process == 1', 'unknown name process (column 1)', 'a condition sees result'],
    ['json', 'nil == result', 'unknown name nil (column 1)', 'did you mean null?'],
    [
      'json',
      'result.contains(result)',
      'contains() takes a text in quotes, so that its cost is known (column 17)',
      cel,
    ],
    [
      'json',
      'result.all(a, result.all(b, a == b))',
      'all() inside another loop is not available in a condition (column 22)',
      cel,
    ],
  ])('%s: %s: %s', (type, text, message, hint) => {
    expect(refused(text, type)).toEqual([message, hint]);
  });

  test.each([
    ['length', `result == "${'a'.repeat(1000)}"`, 'the condition is 1012 characters long, at most 1000 are allowed'],
    ['size', Array.from({ length: 101 }, () => '1').join('+') + '>0', 'the condition is too big (column 1)'],
    ['parentheses', `${'('.repeat(400)}true${')'.repeat(400)}`, 'the condition is nested too deeply (column 25)'],
    ['placeholders', 'result < {{ args.limit }}', 'arguments are not filled in inside a condition (column 10)'],
    ['doubling lists', 'result.map(a, a + a).map(a, a + a) == []', 'map() is not available in a condition (column 22)'],
    ['bindings', 'cel.bind(a, result + result, a == a)', 'bind() is not available in a condition (column 5)'],
  ])('%s', (_what, text, message) => {
    expect(refused(text)[0]).toBe(message);
  });

  // `(a+)+$` against 30 letters takes minutes: it must never be asked.
  test.each([
    'result.matches("(a+)+$")',
    'matches(result, "(a+)+$")',
    'result.all(x, x.matches("(a|a)*b"))',
    '"a".matches(result)',
  ])('no regular expressions: %s', (text) => {
    const [message, hint] = refused(text);
    expect(message).toMatch(/^matches\(\) is not available in a condition \(column \d+\)$/);
    expect(hint).toBe(
      'a regular expression can run for hours on some texts: use ==, contains(), startsWith() or endsWith()',
    );
  });
});

describe('what a condition gives whatever the result is', () => {
  test.each<[text: string, constant: boolean | undefined]>([
    ['1 > 2', false],
    ['1 < 2', true],
    ['asInt(result) < 3 && false', false],
    ['asInt(result) < 3 || 1 == 1', true],
    ['asInt(result) < 3', undefined],
    ['asInt("x") < 3', undefined],
  ])('%s: %j', (text, constant) => {
    expect(read(text).constant).toBe(constant);
  });

  test('spacing is no difference', () => {
    expect(read('asInt(result)<3').canonical).toBe(read(' asInt( result )  < 3 ').canonical);
  });
});

describe('for every text and every value', () => {
  const words = fc.constantFrom(
    ...[
      'result',
      'asInt(',
      'asFloat(',
      ')',
      '(',
      '[',
      ']',
      '.',
      '<',
      '==',
      '&&',
      '||',
      '!',
      '-',
      '+',
      '"a"',
      "'",
      '1',
      '2.5',
      'true',
      'null',
    ],
    ...[
      'all(x,',
      '.exists(x, x',
      '.filter(',
      '.matches(',
      '{',
      '}',
      ':',
      '?',
      ',',
      ' in ',
      '{{',
      '__proto__',
      'constructor',
      'cel.bind(a,',
      '\\',
    ],
  );
  const text = fc.oneof(
    fc.string({ maxLength: 60 }),
    fc.array(words, { maxLength: 40 }).map((list) => list.join('')),
    fc.string({ unit: 'binary' }),
  );
  const type = fc.constantFrom<ResultType>('json', 'number', 'text', 'none');

  test('reading and evaluating end, with a boolean or a reason', () => {
    fc.assert(
      fc.property(text, type, fc.anything(), (condition, resultType, result) => {
        const took = cpuTime(() => {
          const read = parseCondition(condition, resultType);
          if (read.kind === 'problem') {
            expect(read.column).toBeGreaterThan(0);
            expect(read.message).toMatch(/\(column \d+\)$/);
          } else {
            const outcome = read.evaluate(result);
            if (typeof outcome !== 'boolean') expect(outcome.message).not.toBe('');
          }
        });
        expect(took).toBeLessThan(2000);
      }),
      { numRuns: 3000 },
    );
    expect(({} as Record<string, unknown>)['a']).toBeUndefined();
  });

  test('a whole number is the same from a string and from JSON', () => {
    const condition = read('asInt(result) < 30');
    fc.assert(
      fc.property(fc.maxSafeInteger(), (n) => {
        expect(condition.evaluate(String(n))).toBe(n < 30);
        expect(condition.evaluate(n)).toBe(n < 30);
      }),
    );
  });

  test('the dearest conditions stay under a second', () => {
    const numbers = Array.from({ length: 20_000 }, (_, index) => index);
    const objects = numbers.map((value) => ({ value }));
    for (const [condition, value] of [
      ['result.all(a, a in result)', numbers],
      ['result.exists(a, a == result)', numbers],
      ['result.exists(a, a < "a") || result.exists(a, a < "a")', objects.slice(0, 9_000)],
      ['result + result + result + result + result == []', Array.from({ length: 400_000 }, () => 1)],
      [`result.contains("${'ab'.repeat(200)}ba${'ab'.repeat(200)}")`, 'ab'.repeat(1 << 19)],
    ] as const) {
      const took = cpuTime(() => read(condition).evaluate(value));
      expect([condition.slice(0, 30), Math.floor(took / 3000)]).toEqual([condition.slice(0, 30), 0]);
    }
  });
});

test('one file of src/hooks loads the expression engine, and only the checks of templates load that file', () => {
  const folder = new URL('../../src/hooks/', import.meta.url);
  const sources = readdirSync(folder).map((name) => [name, readFileSync(new URL(name, folder), 'utf8')] as const);
  const loads = (what: RegExp) => sources.filter(([, source]) => what.test(source)).map(([name]) => name);
  expect(loads(/from '@marcbachmann\/cel-js'/)).toEqual(['expression.ts']);
  expect(loads(/^import \{.*from '\.\/expression\.js'/m)).toEqual(['condition.ts']);
  expect(loads(/^import \{.*from '\.\/condition\.js'/m)).toEqual(['template.ts']);
  expect(loads(/^import \{.*from '\.\/template\.js'/m)).toEqual([]);
});
