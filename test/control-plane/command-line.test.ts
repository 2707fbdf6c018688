import { parseCommandLine } from './command-line.js';

test.each([
  ['', { kind: 'run', command: [] }],
  ['--version floor', { kind: 'run', version: 'floor', command: [] }],
  ['--version=newest -- kubectl get pods', { kind: 'run', version: 'newest', command: ['kubectl', 'get', 'pods'] }],
  ['-- sh --version 1 -- --help', { kind: 'run', command: ['sh', '--version', '1', '--', '--help'] }],
  ['--help', { kind: 'help' }],
  ['--version floor -h -- kubectl', { kind: 'help' }],
])('%j', (line, request) => {
  expect(parseCommandLine(line.split(' ').filter(Boolean))).toEqual(request);
});

test.each([
  ['--version', '--version is empty; it can be newest or floor.'],
  ['--version 1.30', '--version is "1.30"; it can be newest or floor.'],
  ['--version=', '--version is ""; it can be newest or floor.'],
  ['--verison floor', 'There is no option "--verison".'],
  ['kubectl', '"kubectl" is no option; a command stands after "--": npm run control-plane -- -- kubectl'],
  ['--', 'There is no command after "--".'],
])('%j is wrong', (line, problem) => {
  expect(parseCommandLine(line.split(' '))).toEqual({ kind: 'wrong', problem });
});
