import { execFileSync, spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, statSync, utimesSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { holdLock } from './lock.js';
import { goModule, modFiles, pinnedVersion, type Version } from './pins.js';
import { identify, isAlive } from './process-identity.js';

const progressEvery = 15_000;
const unusedFor = 14 * 24 * 3_600_000;

/** Where binaries are kept, outside of the repository. */
export function cacheFolder(environment: NodeJS.ProcessEnv = process.env): string {
  return join(environment['XDG_CACHE_HOME'] ?? join(homedir(), '.cache'), 'gamezone');
}

/** Where the binary of these very sources and pins is, or will be once it is built. */
export function binaryPath(version: Version, environment: NodeJS.ProcessEnv = process.env): string {
  const sum = modFiles[version].replace(/\.mod$/, '.sum');
  const sources = readdirSync(goModule).filter((name) => name.endsWith('.go'));
  const hash = createHash('sha256').update(JSON.stringify(buildFlags(version)));
  for (const name of [...sources.sort(), modFiles[version], sum])
    hash.update(`\0${name}\0`).update(readFileSync(join(goModule, name)));
  return join(cacheFolder(environment), `control-plane-${pinnedVersion(version)}-${hash.digest('hex').slice(0, 12)}`);
}

export function hasGo(environment: NodeJS.ProcessEnv = process.env): boolean {
  try {
    execFileSync('go', ['version'], { stdio: 'ignore', env: environment });
    return true;
  } catch {
    return false;
  }
}

/**
 * The binary of this version, built unless it was built before: minutes the first time, with progress on standard error.
 *
 * @throws when it must be built and there is no Go, or when the build fails
 */
export async function controlPlaneBinary(version: Version): Promise<string> {
  const binary = binaryPath(version);
  if (!existsSync(binary)) {
    mkdirSync(cacheFolder(), { recursive: true });
    const lock = await holdLock(`${binary}.lock`, (owner) =>
      say(
        `Process ${owner} is building the control plane of Kubernetes ${pinnedVersion(version)} already: waiting for it`,
      ),
    );
    try {
      if (!existsSync(binary)) await build(version, binary);
    } finally {
      lock.release();
    }
  }
  const now = new Date();
  utimesSync(binary, now, now);
  return binary;
}

async function build(version: Version, binary: string): Promise<void> {
  const name = `the control plane of Kubernetes ${pinnedVersion(version)}`;
  if (!hasGo()) throw new Error(`${name} was not built yet, and there is no Go to build it with: https://go.dev/dl`);
  sweep();
  say(`Building ${name}, once: a few minutes`);
  // Under another name first: an interrupted build must not look like a finished one.
  const { pid, birth } = identify(process.pid)!;
  const unfinished = `${binary}.${pid}.${birth}.unfinished`;
  await compile(version, unfinished);
  renameSync(unfinished, binary);
  say(`Built ${name}: ${binary}`);
}

function buildFlags(version: Version): string[] {
  const kubernetes = pinnedVersion(version);
  const [major = '', minor = ''] = kubernetes.split('.');
  const stamp = { gitVersion: `v${kubernetes}`, gitMajor: major, gitMinor: minor, gitTreeState: 'clean' };
  const packages = ['k8s.io/component-base/version', 'k8s.io/client-go/pkg/version'];
  const stamps = packages.flatMap((path) =>
    Object.entries(stamp).map(([name, value]) => `-X ${path}.${name}=${value}`),
  );
  return [
    `-modfile=${modFiles[version]}`,
    '-trimpath',
    '-buildvcs=false',
    // Without the clouds that Kubernetes 1.30 still carries: they would double the build.
    '-tags=providerless',
    `-ldflags=-s -w ${stamps.join(' ')}`,
  ];
}

/** Runs `go build -v`, which names each package that it compiles, and says now and then how far it is. */
async function compile(version: Version, target: string): Promise<void> {
  const args = ['-n', '10', 'go', 'build', '-v', ...buildFlags(version), '-o', target, '.'];
  const child = spawn('nice', args, { cwd: goModule, stdio: ['ignore', 'ignore', 'pipe'] });
  const started = Date.now();
  const output: string[] = [];
  child.stderr.setEncoding('utf8').on('data', (text: string) => output.push(...text.split('\n').filter(Boolean)));
  const progress = setInterval(() => {
    const seconds = Math.round((Date.now() - started) / 1000);
    say(`  ${Math.floor(seconds / 60)} min ${seconds % 60} s: ${output.length} packages`);
  }, progressEvery);
  const code = await new Promise<number | null>((resolve, reject) => child.on('error', reject).on('close', resolve));
  clearInterval(progress);
  if (code !== 0) {
    rmSync(target, { force: true });
    throw new Error(`go build failed in ${goModule}:\n${output.slice(-20).join('\n')}`);
  }
}

/** Removes what interrupted builds have left, and binaries that nobody has started for two weeks. */
function sweep(): void {
  for (const name of readdirSync(cacheFolder()).filter((entry) => entry.startsWith('control-plane-'))) {
    const path = join(cacheFolder(), name);
    const [, pid, birth] = /\.(\d+)\.([0-9a-f]{12})\.unfinished$/.exec(name) ?? [];
    const isUnfinished = pid !== undefined && birth !== undefined;
    const used = statSync(path, { throwIfNoEntry: false })?.mtimeMs ?? Date.now();
    if (isUnfinished ? !isAlive({ pid: Number(pid), birth }) : Date.now() - used > unusedFor)
      rmSync(path, { force: true });
  }
}

function say(line: string): void {
  process.stderr.write(`${line}\n`);
}
