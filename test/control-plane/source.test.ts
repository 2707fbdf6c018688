import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { binaryPath } from './build.js';
import type { ProgramName } from './parts.js';
import { findSource } from './source.js';
import { whatIsMissing } from './suite.js';

const folder = mkdtempSync(join(tmpdir(), 'gamezone-source-'));
afterAll(() => rmSync(folder, { recursive: true }));

let count = 0;
/** A folder of programs that do nothing. */
function programs(...names: readonly string[]): string {
  const path = join(folder, String(count++));
  mkdirSync(path);
  for (const name of names) {
    writeFileSync(join(path, name), '#!/bin/sh\n');
    chmodSync(join(path, name), 0o755);
  }
  return path;
}

const kubeconfig = join(folder, 'kubeconfig');
writeFileSync(kubeconfig, '{}');
const required = ['etcd', 'kube-apiserver', 'kubectl'] as const satisfies readonly ProgramName[];
const go = { PATH: programs('go'), XDG_CACHE_HOME: folder };
const noGo = { PATH: programs(), XDG_CACHE_HOME: folder };

test('a running cluster comes before programs, and programs before our own', () => {
  const assets = programs(...required);
  const all = { ...go, KUBEBUILDER_ASSETS: assets, GAMEZONE_TEST_KUBECONFIG: kubeconfig };
  expect(findSource('newest', all)).toEqual({ kind: 'cluster', kubeconfig });
  expect(findSource('newest', { ...go, KUBEBUILDER_ASSETS: assets })).toEqual({
    kind: 'assets',
    folder: assets,
    absent: ['kube-controller-manager', 'kube-scheduler'],
  });
  expect(findSource('newest', go)).toEqual({ kind: 'built' });
  expect(findSource('newest', noGo)).toEqual({ kind: 'none' });
});

test('what was built before needs no Go', () => {
  const built = { ...noGo, XDG_CACHE_HOME: programs() };
  const binary = binaryPath('floor', built);
  mkdirSync(join(binary, '..'));
  writeFileSync(binary, '');
  expect(findSource('floor', built)).toEqual({ kind: 'built' });
  expect(findSource('newest', built)).toEqual({ kind: 'none' });
});

test('a variable that names nothing is an error, not a reason to look elsewhere', () => {
  const wrong = (environment: NodeJS.ProcessEnv) => () => findSource('newest', { ...go, ...environment });
  expect(wrong({ GAMEZONE_TEST_KUBECONFIG: '/nowhere' })).toThrow('GAMEZONE_TEST_KUBECONFIG is /nowhere, and there is');
  expect(wrong({ KUBEBUILDER_ASSETS: programs('etcd') })).toThrow('kube-apiserver and kubectl cannot be found');
});

test('a suite runs where what it needs is there, and is told what is missing', () => {
  const missing = whatIsMissing;
  const cluster = { ...noGo, GAMEZONE_TEST_KUBECONFIG: kubeconfig };
  expect(missing([], 'newest', cluster)).toBeUndefined();
  expect(missing(['kube-scheduler'], 'newest', cluster)).toBeUndefined();
  expect(missing(['own'], 'newest', cluster)).toContain('GAMEZONE_TEST_KUBECONFIG names one that runs already');

  const assets = { KUBEBUILDER_ASSETS: programs(...required, 'kube-scheduler') };
  expect(missing(['own', 'kube-scheduler'], 'newest', { ...noGo, ...assets })).toBeUndefined();
  expect(missing(['kube-controller-manager'], 'newest', { ...noGo, ...assets })).toContain(
    'KUBEBUILDER_ASSETS has no kube-controller-manager, and there is no Go',
  );
  expect(missing(['kube-controller-manager'], 'newest', { ...go, ...assets })).toBeUndefined();

  expect(missing(['own', 'kube-scheduler'], 'newest', go)).toBeUndefined();
  expect(missing([], 'newest', noGo)).toContain('install Go');
});
