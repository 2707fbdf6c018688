import type { Security } from '../model/zone.js';
import { frozen } from './once.js';

/** Pod settings of each security level. Nothing in a game pod talks to the API server, so no token is mounted. */
const POD_SECURITY: Readonly<Record<Security, { readonly securityContext: object }>> = frozen({
  baseline: {
    automountServiceAccountToken: false,
    securityContext: { seccompProfile: { type: 'RuntimeDefault' } },
  },
  restricted: {
    automountServiceAccountToken: false,
    securityContext: { runAsNonRoot: true, seccompProfile: { type: 'RuntimeDefault' } },
  },
});

/** Container settings (Pod Security Standards: `baseline` with what legacy images bear, `restricted` in full). */
const CONTAINER_SECURITY: Readonly<Record<Security, object>> = frozen({
  baseline: { allowPrivilegeEscalation: false },
  restricted: { allowPrivilegeEscalation: false, capabilities: { drop: ['ALL'] } },
});

/**
 * The group of whoever fetches artifacts, that of our image (images/artifacts/Dockerfile): a new volume belongs to root, and the
 * kubelet gives it to this group once, not at each mount, where it would walk through millions of files.
 */
const SYNC_GROUP = { fsGroup: 10001, fsGroupChangePolicy: 'OnRootMismatch' } as const;

const SYNC_SECURITY: Readonly<Record<Security, object>> = frozen({
  baseline: withGroup('baseline'),
  restricted: withGroup('restricted'),
});

function withGroup(security: Security): object {
  const { securityContext, ...rest } = POD_SECURITY[security];
  return { ...rest, securityContext: { ...securityContext, ...SYNC_GROUP } };
}

/** Of the pod that writes to a volume of artifacts. */
export const syncSecurity = (security: Security): object => SYNC_SECURITY[security];
export const podSecurity = (security: Security): object => POD_SECURITY[security];
export const containerSecurity = (security: Security): object => CONTAINER_SECURITY[security];
