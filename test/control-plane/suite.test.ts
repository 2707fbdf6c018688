import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const repository = fileURLToPath(new URL('../..', import.meta.url));
const nowhere = mkdtempSync(join(tmpdir(), 'gamezone-nowhere-'));
afterAll(() => rmSync(nowhere, { recursive: true }));

/** Runs the suites on a machine that has Node and nothing else. */
function runWithoutGo(environment: NodeJS.ProcessEnv): { readonly status: number | null; readonly stderr: string } {
  const args = [
    '--experimental-vm-modules',
    '--no-warnings',
    'node_modules/jest/bin/jest.js',
    'control-plane/control-plane.test',
  ];
  const env = { PATH: nowhere, HOME: nowhere, XDG_CACHE_HOME: nowhere, ...environment };
  return spawnSync(process.execPath, args, { cwd: repository, env, encoding: 'utf8' });
}

test('without a control plane a suite is skipped, and the end of the run says which and why', () => {
  const { status, stderr } = runWithoutGo({});
  expect(stderr.split('\n').slice(-8).join('\n')).toMatch(
    /^SKIPPED a control plane of our own: there is no control plane: install Go/m,
  );
  expect(status).toBe(0);
});

test('in CI that is a failure', () => {
  const { status, stderr } = runWithoutGo({ CI: 'true' });
  expect(stderr).toContain('there is no control plane: install Go');
  expect(status).toBe(1);
});
