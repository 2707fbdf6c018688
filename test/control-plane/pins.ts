import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** `newest` is what CI runs on; `floor` is the oldest Kubernetes that is supported. */
export const VERSIONS = ['newest', 'floor'] as const;
export type Version = (typeof VERSIONS)[number];

/** The folder of the Go module. */
export const goModule = fileURLToPath(new URL('.', import.meta.url));

/** The one place where each version is pinned; `go build -modfile` takes the checksums from the `.sum` file beside it. */
export const modFiles: Readonly<Record<Version, string>> = { newest: 'go.mod', floor: 'floor.mod' };

/** The Kubernetes that is pinned, such as `1.34.10`. */
export function pinnedVersion(version: Version = 'newest'): string {
  const file = modFiles[version];
  const pin = /^\s+k8s\.io\/kubernetes v(\S+)$/m.exec(readFileSync(join(goModule, file), 'utf8'));
  if (!pin?.[1]) throw new Error(`test/control-plane/${file} does not pin k8s.io/kubernetes.`);
  return pin[1];
}

/** What `GAMEZONE_KUBERNETES` asks for, so that a whole run of the tests can be on the floor. */
export function chosenVersion(environment: NodeJS.ProcessEnv = process.env): Version {
  const asked = environment['GAMEZONE_KUBERNETES'] ?? 'newest';
  const version = VERSIONS.find((known) => known === asked);
  if (!version) throw new Error(`GAMEZONE_KUBERNETES is "${asked}"; it can be ${VERSIONS.join(' or ')}.`);
  return version;
}
