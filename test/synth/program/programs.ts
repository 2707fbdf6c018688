import { spawn } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { loadAll } from 'js-yaml';
import type { Manifest } from '../../../constructs/manifests/manifest.js';
import { declarationFiles } from '../../../scripts/build/declarations.js';
import { ENTRIES } from '../../../scripts/build/entries.js';
import { moduleFiles } from '../../../scripts/build/modules.js';

// Programs run in processes of their own, by a command built from the sources as they are now: jest's module system is not
// that of Node, and neither is that of tsx.

/** Under `node_modules`, from where esbuild is found, and whose files are nobody's own in a stack. */
const BUILT = resolve(`node_modules/.cache/gamezone-test/${process.pid}`);
export const CLI = join(BUILT, 'dist/bin/gamezone.js');

/** Builds the command and the library as they are published. */
export async function buildAll(): Promise<void> {
  const { files } = await moduleFiles(ENTRIES);
  for (const { path, content } of files) put(BUILT, { [path]: content });
  const { exports } = JSON.parse(readFileSync('package.json', 'utf8')) as { readonly exports: unknown };
  put(BUILT, { 'package.json': JSON.stringify({ name: 'gamezone', exports }) });
}

/** Adds the declarations of the library, for tests that check types. */
export function buildTypes(): void {
  for (const { path, content } of declarationFiles(ENTRIES, 'dist/lib')) put(BUILT, { [path]: content });
}

const folders: string[] = [];

/** Removes what was built and every folder. */
export function removeAll(): void {
  for (const folder of [...folders.splice(0), BUILT]) rmSync(folder, { recursive: true, force: true });
}

/** A folder of a user, with the three packages installed and these files. */
export function programFolder(files: Readonly<Record<string, string>>): string {
  const folder = mkdtempSync(join(tmpdir(), 'gamezone-program-'));
  folders.push(folder);
  mkdirSync(join(folder, 'node_modules'));
  symlinkSync(BUILT, join(folder, 'node_modules/gamezone'));
  for (const name of ['cdk8s', 'constructs'])
    symlinkSync(resolve('node_modules', name), join(folder, 'node_modules', name));
  put(folder, files);
  return folder;
}

export function put(folder: string, files: Readonly<Record<string, string | Uint8Array>>): void {
  for (const [name, text] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, name)), { recursive: true });
    writeFileSync(join(folder, name), text);
  }
}

export interface Outcome {
  readonly code: number | null;
  readonly out: string;
  readonly err: string;
}

/** Runs a program of Node in a folder. */
export function node(cwd: string, args: readonly string[], program = process.execPath): Promise<Outcome> {
  return new Promise((done, failed) => {
    const child = spawn(program, args, { cwd, stdio: ['ignore', 'pipe', 'pipe'], timeout: 60_000 });
    let [out, err] = ['', ''];
    child.stdout.setEncoding('utf8').on('data', (text: string) => (out += text));
    child.stderr.setEncoding('utf8').on('data', (text: string) => (err += text));
    child.once('error', failed).once('close', (code) => done({ code, out, err }));
  });
}

/** Runs `gamezone synth` in a folder. */
export const synth = (cwd: string, ...args: readonly string[]): Promise<Outcome> => node(cwd, [CLI, 'synth', ...args]);

/** The objects in the YAML files of a folder that end so, file by file in the order of their names. */
export const objectsIn = (folder: string, ending = '.yaml'): Manifest[] =>
  readdirSync(folder)
    .filter((name) => name.endsWith(ending))
    .sort()
    .flatMap((name) => loadAll(readFileSync(join(folder, name), 'utf8')) as Manifest[]);

/** The lines of a program that builds `app` with one zone, `zone`. */
export const ZONE = `import { App } from 'cdk8s';
import { GameZone, ServiceIds } from 'gamezone';
const app = new App();
const zone = new GameZone(app, 'zone1', { zoneId: 1, image: 'registry.example.com/p/game:0.1.0' });
zone.addService('game', { ids: ServiceIds.range(1, 3), ports: [{ port: 7001 }], resources: { requests: { cpu: '1', memory: '1Gi' } } });
`;

export const ESM = '{"type":"module"}';
export const COMMONJS = '{"type":"commonjs"}';
