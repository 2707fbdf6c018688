import type { Security } from '../model/zone.js';
import { frozen } from './once.js';

/** Pod settings of each security level. Nothing in a game pod talks to the API server, so no token is mounted. */
const POD_SECURITY: Readonly<Record<Security, object>> = frozen({
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

export const podSecurity = (security: Security): object => POD_SECURITY[security];
export const containerSecurity = (security: Security): object => CONTAINER_SECURITY[security];
