import { describe, expect, test } from '@jest/globals';
import { parseJsonPath } from '../../src/hooks/jsonpath.js';

describe('jsonPath', () => {
  const age = { kind: 'field', name: 'age' };
  test.each([
    ['{$.age}', [age]],
    ['$.age', [age]],
    ['{.age}', [age]],
    [' { $.age } ', [age]],
    ['$', []],
    [
      "{$['a b'][0]}",
      [
        { kind: 'field', name: 'a b' },
        { kind: 'index', index: 0 },
      ],
    ],
    ['{$.items[*].age}', [{ kind: 'field', name: 'items' }, { kind: 'all' }, age]],
    [
      '{$.items[-1]}',
      [
        { kind: 'field', name: 'items' },
        { kind: 'index', index: -1 },
      ],
    ],
  ])('%s', (text, steps) => {
    expect(parseJsonPath(text)).toEqual(steps);
  });

  const example = 'for example {$.online}, {$.players[0].name} or {$.items[*].id}';
  test.each([
    ['age', '"age" does not start at the root', 'write {$.age}'],
    ['', 'the jsonPath is empty', example],
    ['{$.age', '"{$.age" has a brace too many or too few', example],
    ['{$.a}{$.b}', '"{$.a}{$.b}" is more than one path', `write one path, ${example}`],
    ['{$.a.}', '"{$.a.}" is not readable from "." on', example],
    ['{$..age}', '"{$..age}" is not readable from "..age" on', 'name every level instead of ..'],
    ['{$.a[0:2]}', '"{$.a[0:2]}" is not readable from "[0:2]" on', 'slices are not supported: use [*], or an index'],
    [
      '{$.a[?(@.x>1)]}',
      '"{$.a[?(@.x>1)]}" is not readable from "[?(@.x>1)]" on',
      'filters are not supported: choose in the condition, as in result.exists(x, x.age < 3)',
    ],
  ])('%s is refused', (text, message, hint) => {
    expect(parseJsonPath(text)).toEqual({ message, hint });
  });
});
