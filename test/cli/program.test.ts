import { afterAll, describe, expect, test } from '@jest/globals';
import { folderWith, gamezone, removeFolders, spawned } from './command-line.js';

afterAll(removeFolders);

describe('--help', () => {
  test.each([
    [[], ['synth', 'init', 'crds', 'version', '--verbose']],
    [
      ['synth'],
      ['--out', '--stdout', '--format', '--check', '--namespace', '--secrets', '--allow-recreate', 'Exit codes: 0'],
    ],
    [['init'], ['--yaml', '--ci', '--name', '[dir]']],
    [['crds'], ['--format']],
    [['version'], []],
    [
      ['config', 'render'],
      ['<templates>', '<to>'],
    ],
  ])('of %j names everything and is no error', async (command, names) => {
    const { code, out, err } = await gamezone(...command, '--help');
    expect([code, err]).toEqual([0, '']);
    for (const name of names) expect(out).toContain(name);
    expect(out.split('\n').filter((line) => line.length > 200)).toEqual([]);
  });

  test('of what runs inside pods is not offered to people', async () => {
    expect((await gamezone('--help')).out).not.toContain('config');
  });

  test('is what comes without a command, as an error', async () => {
    const { code, err } = await gamezone();
    expect(err).toContain('Usage: gamezone');
    expect(code).toBe(2);
  });
});

describe('wrong usage', () => {
  test.each([
    [['synt'], "error: unknown command 'synt'\n(Did you mean synth?)"],
    [['synth', '--chek'], "error: unknown option '--chek'\n(Did you mean --check?)"],
    [['synth', '--format', 'xml'], "argument 'xml' is invalid. Allowed choices are yaml, json."],
    [['synth', '--secrets', 'all'], 'Allowed choices are inline, separate, omit.'],
    [['init', '--ci', 'jenkins'], 'Allowed choices are gitlab, github, none.'],
    [['init', 'a', 'b'], 'too many arguments'],
    [['crds', 'x'], 'too many arguments'],
    [['config', 'render', 'a'], "missing required argument 'to'"],
    [['synth', '--out'], 'argument missing'],
  ])('%j', async (args, says) => {
    const { code, out, err } = await gamezone(...args);
    expect(err).toContain(says);
    expect(err).not.toMatch(/^\s*at /m);
    expect([code, out]).toEqual([2, '']);
  });
});

test('a mistake of ours is told as one, and its trace only on demand', async () => {
  const cwd = folderWith({ 'not-a-folder': '' });
  const args = ['init', '--yaml', 'not-a-folder/x'];
  expect((await spawned(args, { cwd })).err).not.toMatch(/^\s*at /m);
});

test('version is that of the package', async () => {
  const { code, out } = await gamezone('version');
  expect([code, out]).toEqual([0, expect.stringMatching(/^\d+\.\d+\.\d+\S*\n$/)]);
});
