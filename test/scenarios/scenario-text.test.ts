import { COMMANDS } from './runner/commands.js';
import { parseScenarios } from './runner/scenario.js';
import { scenariosOf } from './runner/run.js';

// The text of scenarios, without a cluster.

const head = '# Something is so\n> rollout.md 1: because.\n\n';
const parse = (steps: string): unknown => parseScenarios('a.txt', head + steps, COMMANDS);

test.each(['kubernetes', 'short-times'])('every scenario of %s can be read, and no title is there twice', (folder) => {
  const titles = scenariosOf(folder, COMMANDS).map(({ title }) => title);
  expect(titles.length).toBeGreaterThan(0);
  expect(new Set(titles).size).toBe(titles.length);
});

test('a scenario has a title, a reason that names its section, and steps', () => {
  expect(() => parseScenarios('a.txt', 'mark\n', COMMANDS)).toThrow('a.txt:1: before the first title');
  expect(() => parseScenarios('a.txt', '# Title\nmark\n', COMMANDS)).toThrow('a.txt:1: no reason below the title');
  expect(() => parseScenarios('a.txt', '# Title\n> because\nmark\n', COMMANDS)).toThrow('names no `rollout.md N`');
  expect(() => parseScenarios('a.txt', '# Title\n> rollout.md 1\n', COMMANDS)).toThrow('a scenario without steps');
});

test.each([
  ['jump', 'a.txt:4: "jump" is no command; there are apply, close'],
  ['mark\ncreate unicorn x', 'a.txt:5: there is no kind "unicorn"'],
  ['create pod', 'a.txt:4: create: a name is missing'],
  ['create pod x colour=red', 'pod has no field "colour" that can be written'],
  ['patch pod x owner=me', 'pod has no field "owner" that can be written'],
  ['patch pod x image', 'a.txt:4: patch: there is nothing to write'],
  ['patch pod x\n  spec: [', 'a.txt:5: no YAML'],
  ['expect pod x', 'a.txt:4: expect: a colon is missing'],
  ['expect pod x:', 'a.txt:4: expect: nothing is expected'],
  ['expect pod x: redy=True', 'pod has no field "redy"'],
  ['expect pod x: ready', '"ready" is no expectation'],
  ['expect pods of x: same uid', '"same" is of objects that are named'],
  ['expect pods x: same colour', 'pod has no field "colour"'],
  ['expect pods of x: ready=True or so', '"ready=True or so" is no expectation'],
  ['for a while pod x: gone', 'a.txt:4: for: how many seconds'],
  ['wait answer: x=1', 'an answer does not change'],
  ['mark\nrefused 409 Conflict', 'a.txt:5: `refused` follows a request'],
  ['delete pod x\nrefused somehow', 'a.txt:5: `refused 409 Conflict'],
  ['delete pod x colour=red', 'delete: there is no option "colour"'],
  ['dry-run mark', 'mark has no dry run'],
  ['let x = pod a uid', 'let: `let $name'],
  ['let $x = pod a colour', 'pod has no field "colour"'],
  ['open statefulset x', 'open is of pods'],
  ['node a away', '"away" is neither lost nor back'],
  ['watch pods from 1', 'watch: a colon is missing'],
  ['  indented: yes', 'a.txt:4: an indented line, and no command above it'],
  ['\tmark', 'a.txt:4: a tab'],
])('%j is refused with its place', (steps, problem) => {
  expect(() => parse(steps)).toThrow(problem);
});
