import { resolve } from 'node:path';
import { ENTRIES } from '../../scripts/build/entries.js';
import { apiOf, publicApi } from '../../scripts/build/public-api.js';
import { shapeProblems } from '../parts/jsii-shape.js';

test('the public API has the shape that jsii asks for', () => {
  const api = publicApi(ENTRIES);
  expect(api.entries.flatMap(({ exports }) => exports).length).toBeGreaterThan(40);
  expect(shapeProblems(api)).toEqual([]);
});

/** The findings in one file of declarations. */
function problemsIn(text: string): string[] {
  const file = resolve('dist/lib/tried.d.ts');
  // A doc comment belongs to what follows only where it begins a line.
  const lines = text.replaceAll('/**', '\n/**');
  return shapeProblems(apiOf(new Map([[file, lines]]), [{ specifier: 'tried', file }]));
}

const props = (members: string): string => `/** Doc. */ export interface AProps { ${members} }`;
const choice = (members: string): string => `/** Doc. */ export declare class A { private readonly a; ${members} }`;
const closed = 'private constructor();';

test.each([
  ['a choice', choice(`${closed} /** Doc. */ static of(n: number): A;`), []],
  [
    'settings',
    props('/** Doc. @default 1 */ readonly a?: number | string; /** Doc. */ readonly b: { [name: string]: string[] };'),
    [],
  ],
  [
    'a construct',
    `import { Construct } from 'constructs'; ${props('')}
     /** Doc. */ export declare class A extends Construct { private readonly a; constructor(scope: Construct, id: string, props: AProps); }`,
    [],
  ],
  ['a function', '/** Doc. */ export declare function make(): void;', ['make: is no class, interface or enum']],
  ['a constant', '/** Doc. */ export declare const made: number;', ['made: is no class, interface or enum']],
  ['an alias', '/** Doc. */ export type A = string;', ['A: is no class, interface or enum']],
  ['an undocumented class', choice(closed).replace('/** Doc. */', ''), ['A: has no doc comment']],
  ['an undocumented member', choice(`${closed} static of(n: number): A;`), ['A.of: has no doc comment']],
  ['an internal member', choice(`${closed} /** Doc. */ _of(n: number): A;`), ['A._of: is internal and public']],
  [
    'an open constructor',
    choice('constructor(n: number);'),
    ['A: has a constructor that is neither private nor (scope, id, props) of a construct'],
  ],
  ['no constructor', choice(''), ['A: has a constructor that everybody can call']],
  [
    'nothing of its own',
    `/** Doc. */ export declare abstract class A { protected constructor(); }`,
    ['A: has no property of its own, so that anything at all could be handed over in its place'],
  ],
  ['a generic class', choice(closed).replace('class A', 'class A<T>'), ['A: is generic']],
  ['a generic method', choice(`${closed} /** Doc. */ of<T>(n: number): A;`), ['A.of: is generic']],
  [
    'overloads',
    choice(`${closed} /** Doc. */ of(n: number): A; /** Doc. */ of(n: string): A;`),
    ['A.of: is overloaded'],
  ],
  ['a property that can be written', choice(`${closed} /** Doc. */ n: number;`), ['A.n: can be written']],
  ['a setting that can be written', props('/** Doc. */ n: number;'), ['AProps.n: can be written']],
  ['a method among settings', props('/** Doc. */ n(): number;'), ['AProps.n: is no property']],
  [
    'an option without default',
    props('/** Doc. */ readonly n?: number;'),
    ['AProps.n: is optional and has no @default'],
  ],
  ...['[number, string]', "'a'", '() => void', 'readonly string[]'].map((type) => [
    `the type ${type}`,
    props(`/** Doc. */ readonly n: ${type};`),
    [`AProps.n: has a type that not every language has: ${type}`],
  ]),
  ...['Partial<AProps>', 'Map<string, string>', 'Set<string>', 'Record<string, string>'].map((type) => [
    `the type ${type}`,
    props(`/** Doc. */ readonly n: ${type};`),
    [`AProps.n: has a generic type: ${type}`],
  ]),
  [
    'a type without a name',
    props('/** Doc. */ readonly n: { a: string };'),
    ['AProps.n: has a type without a name: { a: string }'],
  ],
  [
    'a type that is not exported',
    `interface Hidden {} ${props('/** Doc. */ readonly n: Hidden;')} export {};`,
    ['AProps.n: has a type that is not exported: Hidden'],
  ],
])('%s', (_, text, problems) => {
  expect(problemsIn(text as string)).toEqual(problems);
});
