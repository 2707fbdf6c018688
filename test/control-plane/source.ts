import { existsSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { binaryPath, controlPlaneBinary, hasGo } from './build.js';
import { OPTIONAL_PARTS, PROGRAMS, type ProgramName } from './parts.js';
import { pinnedVersion, type Version } from './pins.js';

/** Where the control plane of a test comes from. */
export type Source =
  /** `GAMEZONE_TEST_KUBECONFIG`: a cluster that runs already. Nothing of it is started, killed or audited. */
  | { readonly kind: 'cluster'; readonly kubeconfig: string }
  /** `KUBEBUILDER_ASSETS`: a folder of programs. `absent` are those that it lacks. */
  | { readonly kind: 'assets'; readonly folder: string; readonly absent: readonly ProgramName[] }
  /** Our own binary of a pinned version. */
  | { readonly kind: 'built' }
  | { readonly kind: 'none' };

/** For those who have none. */
export const HOW_TO_GET_ONE =
  'there is no control plane: install Go (https://go.dev/dl), or set KUBEBUILDER_ASSETS or GAMEZONE_TEST_KUBECONFIG (test/control-plane/README.md)';

/**
 * What the environment offers, in the order in which it is honoured.
 *
 * @throws when a variable names something that is not there
 */
export function findSource(version: Version, environment: NodeJS.ProcessEnv = process.env): Source {
  const kubeconfig = environment['GAMEZONE_TEST_KUBECONFIG'];
  if (kubeconfig) {
    if (!existsSync(kubeconfig))
      throw new Error(`GAMEZONE_TEST_KUBECONFIG is ${kubeconfig}, and there is no such file.`);
    return { kind: 'cluster', kubeconfig: resolve(kubeconfig) };
  }
  const assets = environment['KUBEBUILDER_ASSETS'];
  if (assets) {
    const absent = PROGRAMS.filter((name) => !existsSync(join(assets, name)));
    const needed = absent.filter((name) => !isOptional(name));
    if (needed.length > 0)
      throw new Error(
        `KUBEBUILDER_ASSETS is ${assets}, where ${needed.join(' and ')} cannot be found; the folder must hold etcd, kube-apiserver and kubectl.`,
      );
    return { kind: 'assets', folder: resolve(assets), absent };
  }
  return canRunOurs(version, environment) ? { kind: 'built' } : { kind: 'none' };
}

/** Whether our binary is there, or can be made. */
export function canRunOurs(version: Version, environment: NodeJS.ProcessEnv = process.env): boolean {
  return existsSync(binaryPath(version, environment)) || hasGo(environment);
}

/**
 * The file behind each program. What a folder of programs lacks is taken from our binary, and said.
 *
 * @throws when there is neither
 */
export async function programsOf(
  source: Source,
  version: Version,
  wanted: readonly ProgramName[],
): Promise<ReadonlyMap<ProgramName, string>> {
  if (source.kind !== 'assets') {
    const binary = await controlPlaneBinary(version);
    return new Map(wanted.map((name) => [name, binary]));
  }
  const absent = wanted.filter((name) => source.absent.includes(name));
  const found = wanted.filter((name) => !absent.includes(name));
  const programs = new Map(found.map((name) => [name, join(source.folder, name)]));
  if (absent.length === 0) return programs;
  process.stderr.write(
    `KUBEBUILDER_ASSETS has no ${absent.join(' and no ')}: taken from our own Kubernetes ${pinnedVersion(version)} instead\n`,
  );
  const binary = await controlPlaneBinary(version);
  for (const name of absent) programs.set(name, binary);
  return programs;
}

function isOptional(name: ProgramName): boolean {
  return (OPTIONAL_PARTS as readonly string[]).includes(name);
}
