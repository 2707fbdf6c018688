import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parse } from 'yaml';
import { checkObject, kubernetesVersion } from '../../src/kubernetes/index.js';

/**
 * Every manifest in verdicts/ was sent to a real kube-apiserver of the pinned version (scripts/record-verdicts.ts, strict field
 * validation, dry run); the offline check must come to the same verdict and name the same place.
 *
 * What cannot be matched offline, because it depends on the cluster, is not among them: whether a namespace, a PriorityClass, a
 * RuntimeClass or a ServiceAccount exists, the IP families and address ranges of Services, quotas, policies and webhooks, and
 * which feature gates and alpha versions are on. Ports of nodes are held against the default range, 30000 to 32767.
 */
interface Verdict {
  readonly file: string;
  readonly accepted: boolean;
  readonly code: number;
  readonly message: string;
}

const folder = fileURLToPath(new URL('./verdicts/', import.meta.url));
const record = JSON.parse(readFileSync(join(folder, 'verdicts.json'), 'utf8')) as {
  readonly kubernetes: string;
  readonly verdicts: readonly Verdict[];
};

/** The server's own slips: it names these places otherwise than where the value is written. */
const renamed: readonly (readonly [ours: RegExp, theirs: string])[] = [
  [/^spec\.template\.metadata\.labels/, 'spec.template.labels'],
  [/^spec\.versions\.schema\.openAPIV3Schema/, 'spec.validation.openAPIV3Schema'],
  [/^spec\.loadBalancerSourceRanges/, 'spec.LoadBalancerSourceRanges'],
  [/^stringData/, 'data'],
  [/tolerations\.value$/, 'tolerations.operator'],
  // It speaks of the whole where we name the part.
  [/^spec\.updateStrategy\.type$/, 'spec.updateStrategy'],
  [/^roleRef$/, 'roleRef.kind'],
  [/^spec\.clusterIP$/, 'spec.clusterIPs'],
  [/backend\.service\.port$/, 'backend'],
];

/** While it decodes, the server names no place for a broken quantity, time or base64, and only the type for `apiVersion`. */
const placeless = /quantities must match|illegal base64|parsing time|no matches for kind/;

/** Without indexes and keys: the server leaves some out, and counts volumes differently for a StatefulSet. */
function plain(path: string): string {
  return path.replace(/\[[^\]]*\]/g, '');
}

function placesIn(message: string): string[] {
  const places =
    message.match(/[A-Za-z][A-Za-z0-9]*(\[[^\]\s]*( [^\]\s]*)*\])?(\.[A-Za-z$-][A-Za-z0-9-]*(\[[^\]]*\])?)*/g) ?? [];
  // "Go struct field EnvVar.spec.template..." begins with the name of the type.
  return places.map(plain).flatMap((place) => [place, place.replace(/^[A-Z]\w*\./, '')]);
}

function corresponds(path: string, message: string): boolean {
  if (placeless.test(message)) return true;
  const ours = plain(path);
  const candidates = [ours, ...renamed.filter(([from]) => from.test(ours)).map(([from, to]) => ours.replace(from, to))];
  const places = placesIn(message);
  return candidates.some((candidate) =>
    places.some((place) => place === candidate || (candidate.startsWith(`${place}.`) && place.includes('.'))),
  );
}

test('every manifest has a verdict of the pinned Kubernetes', () => {
  const manifests = readdirSync(folder).filter((name) => name.endsWith('.yaml'));
  expect(record.verdicts.map(({ file }) => file)).toEqual(manifests.sort());
  expect(record.kubernetes).toBe(kubernetesVersion);
  expect(record.verdicts.length).toBeGreaterThanOrEqual(60);
});

describe.each(record.verdicts)('$file', ({ file, accepted, message }) => {
  const problems = checkObject(parse(readFileSync(join(folder, file), 'utf8')));
  const found = problems.map((problem) => `${problem.path} ${problem.message}`);

  test(accepted ? 'is accepted' : 'is refused', () => {
    if (accepted) expect(found).toEqual([]);
    else expect(found).not.toEqual([]);
  });

  if (!accepted) {
    test('for the place that the server names', () => {
      const paths = problems.map(({ path }) => path);
      const named = paths.some((path) => corresponds(path, message));
      expect(named ? 'named' : `only ${paths.join(', ')} named, but: ${message}`).toBe('named');
    });
  }
});
