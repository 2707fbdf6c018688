// Makes each mistake of list.ts in a copy of the sources, and tells which tests notice it. By hand, some minutes:
// node --import tsx test/rollout/mutations/run.ts [PART OF A DESCRIPTION [SEEDS]]
import { spawnSync } from 'node:child_process';
import { cpSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { MUTATIONS } from './list.js';
import { mutated } from './mutated.js';
import type { Mutation } from './list.js';

/** Seeds without a violation after which the simulation has not noticed. */
const [part = '', seeds = '600'] = process.argv.slice(2);
const COPIED = [
  'src',
  'test/api',
  'test/rollout',
  'test/parts',
  'package.json',
  'jest.config.json',
  'tsconfig.json',
  'tsconfig.test.json',
];

const root = process.cwd();
const copy = mkdtempSync(join(tmpdir(), 'mutations-'));
try {
  for (const path of COPIED) cpSync(join(root, path), join(copy, path), { recursive: true });
  symlinkSync(join(root, 'node_modules'), join(copy, 'node_modules'));
  const before = simulate() ?? failingTable();
  if (before !== undefined) throw new Error(`something is wrong before any mistake: ${before}`);
  const chosen = MUTATIONS.filter(({ what }) => what.includes(part));
  const survivors = chosen.filter((mutation) => !isNoticed(mutation));
  console.log(`${chosen.length - survivors.length} of ${chosen.length} noticed`);
  process.exitCode = survivors.length > 0 || chosen.length === 0 ? 1 : 0;
} finally {
  rmSync(copy, { recursive: true });
}

function isNoticed(mutation: Mutation): boolean {
  const path = join(copy, 'src/rollout', mutation.file);
  const text = readFileSync(path, 'utf8');
  writeFileSync(path, mutated(text, mutation));
  const simulation = simulate();
  const table = failingTable();
  writeFileSync(path, text);
  const noticed = simulation !== undefined || table !== undefined;
  console.log(`${noticed ? 'noticed ' : 'SURVIVES'}  ${mutation.what}`);
  if (simulation !== undefined) console.log(`            simulation: ${simulation}`);
  if (table !== undefined) console.log(`            table: ${table}`);
  return noticed;
}

function simulate(): string | undefined {
  const { status, stdout, stderr } = node('--import', 'tsx', 'test/rollout/mutations/mutant.ts', seeds);
  return status === 0 ? undefined : (stdout || stderr).trim().split('\n', 1)[0]!.slice(0, 160);
}

/** Names are enough: the first test that fails. */
function failingTable(): string | undefined {
  const jest = ['--experimental-vm-modules', '--no-warnings', 'node_modules/jest/bin/jest.js'];
  const tables = ['test/rollout/game-stateful-set', 'test/rollout/pod', '--bail', '-i'];
  const { status, stderr } = node(...jest, ...tables);
  if (status === 0) return undefined;
  const failing = /● (?!Test suite failed)(.+)/.exec(stderr)?.[1];
  if (failing === undefined) throw new Error(stderr);
  return failing;
}

function node(...args: readonly string[]) {
  return spawnSync(process.execPath, args, { cwd: copy, encoding: 'utf8' });
}
