import { jest } from '@jest/globals';
import { execFile } from 'node:child_process';
import { lstatSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { run } from '../../src/cli/program.js';

/** What a command line did. */
export interface Outcome {
  readonly code: number | null;
  readonly out: string;
  readonly err: string;
}

/** Runs a command line in this process, which takes milliseconds. */
export const gamezone = (...args: readonly string[]): Promise<Outcome> => captured(() => run(args));

/** Runs `action` and keeps what it prints. */
export async function captured(action: () => Promise<number>): Promise<Outcome> {
  let [out, err] = ['', ''];
  const spies = [
    jest.spyOn(process.stdout, 'write').mockImplementation((text) => (out += textOf(text)) !== ''),
    jest.spyOn(process.stderr, 'write').mockImplementation((text) => (err += textOf(text)) !== ''),
  ];
  try {
    return { code: await action(), out, err };
  } finally {
    for (const spy of spies) spy.mockRestore();
  }
}

const textOf = (written: string | Uint8Array): string =>
  typeof written === 'string' ? written : Buffer.from(written).toString();

export const BUILT = join(dirname(fileURLToPath(import.meta.url)), '../../dist/bin/gamezone.js');

/** Runs the built command as its users do. */
export function spawned(
  args: readonly string[],
  {
    cwd,
    env = {},
    closeOutput = false,
  }: {
    readonly cwd?: string;
    readonly env?: Readonly<Record<string, string>>;
    /** Whether the reader of its output leaves at the first byte. */
    readonly closeOutput?: boolean;
  } = {},
): Promise<Outcome> {
  return new Promise((resolve) => {
    const options = { cwd, env: { ...process.env, ...env }, maxBuffer: 1 << 28 };
    const child = execFile(process.execPath, [BUILT, ...args], options, (_, out, err) => {
      resolve({ code: child.exitCode, out, err });
    });
    if (closeOutput) child.stdout?.once('data', () => child.stdout?.destroy());
  });
}

const folders: string[] = [];

/** A folder with the given files; all of them go with {@link removeFolders}. */
export function folderWith(files: Readonly<Record<string, string | Buffer>> = {}): string {
  const folder = mkdtempSync(join(tmpdir(), 'gamezone-test-'));
  folders.push(folder);
  put(folder, files);
  return folder;
}

export function put(folder: string, files: Readonly<Record<string, string | Buffer>>): void {
  for (const [name, content] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, name)), { recursive: true });
    writeFileSync(join(folder, name), content);
  }
}

export function removeFolders(): void {
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true, force: true });
}

/** Everything below a folder to the byte, with modes and times: what "unchanged" means. */
export function snapshot(folder: string): Record<string, string> {
  const names = readdirSync(folder, { recursive: true, encoding: 'utf8' }).sort();
  return Object.fromEntries(
    names.map((name) => {
      const path = join(folder, name);
      const { mode, mtimeNs } = lstatSync(path, { bigint: true });
      const content = statSync(path).isDirectory() ? '' : readFileSync(path, 'base64');
      return [name, `${mode.toString(8)} ${mtimeNs} ${content}`];
    }),
  );
}

/** The names below a folder. */
export const namesIn = (folder: string): string[] => readdirSync(folder, { recursive: true, encoding: 'utf8' }).sort();

export const modeOf = (path: string): number => statSync(path).mode & 0o777;
