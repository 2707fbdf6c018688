import { describeWithPart } from '../parts/suite.js';
import type { OptionalPartName } from './parts.js';
import { chosenVersion, type Version } from './pins.js';
import { canRunOurs, findSource, HOW_TO_GET_ONE } from './source.js';

/** `own`: parts to kill, users, flags, an audit log; what a cluster that runs elsewhere does not lend. */
export type Need = 'own' | OptionalPartName;

/** A suite that starts a control plane. Where it cannot, it is skipped loudly, and fails in CI. */
export function describeControlPlane(name: string, body: () => void, needs: readonly Need[] = []): void {
  describeWithPart(name, whatIsMissing(needs, chosenVersion()), body);
}

/** Undefined when nothing is missing. */
export function whatIsMissing(
  needs: readonly Need[],
  version: Version,
  environment: NodeJS.ProcessEnv = process.env,
): string | undefined {
  const source = findSource(version, environment);
  switch (source.kind) {
    case 'built':
      return undefined;
    case 'none':
      return HOW_TO_GET_ONE;
    case 'cluster':
      return needs.includes('own')
        ? 'it needs a control plane of its own, and GAMEZONE_TEST_KUBECONFIG names one that runs already'
        : undefined;
    case 'assets': {
      const absent = needs.filter((need) => source.absent.some((name) => name === need));
      return absent.length === 0 || canRunOurs(version, environment)
        ? undefined
        : `KUBEBUILDER_ASSETS has no ${absent.join(' and no ')}, and there is no Go to build our own`;
    }
  }
}
