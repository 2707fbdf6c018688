import { resolve } from 'node:path';
import { expect, test } from '@jest/globals';
import { isOurs, ProgramError } from '../../../src/synth/program/failure.js';

const OURS = `    at resolveZone (${resolve('src/synth/synth.ts')}:3:7)`;
const LIBRARY = `    at new GameZone (${resolve('dist/chunks/chunk-ABCDEFGH.js')}:3:7)`;
const PROGRAM = '    at file:///games/zone.js:5:1';
const CDK8S = '    at toJson (/games/node_modules/cdk8s/lib/chart.js:9:1)';
const NODE = '    at ModuleJob._instantiate (node:internal/modules/esm/module_job:180:21)';

const thrown = (...calls: readonly string[]): Error =>
  Object.assign(new TypeError('no'), { stack: ['TypeError: no', ...calls].join('\n') });

test.each<[what: string, thrown: unknown, ours: boolean]>([
  ['the command', thrown(OURS, NODE), true],
  ['the command, in what the library has too', thrown(LIBRARY, OURS), true],
  ['the library, asked by a program', thrown(LIBRARY, PROGRAM, OURS), false],
  ['the library, asked by cdk8s', thrown(LIBRARY, CDK8S, OURS), false],
  ['a program', thrown(PROGRAM, OURS), false],
  ['Node, of a program that it cannot link', thrown(NODE, OURS), false],
  ['somebody without a stack', 'no', false],
  ['a rule about programs', Object.assign(new ProgramError('no', 'do'), { stack: `Error: no\n${OURS}` }), false],
])('who threw: %s', (_, error, ours) => expect(isOurs(error)).toBe(ours));
