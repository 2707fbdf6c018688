import type { Security } from '../model/zone.js';

/** Pod settings of a security level. Nothing in a game pod talks to the API server, so no token is mounted. */
export const podSecurity = (security: Security): object => ({
  automountServiceAccountToken: false,
  securityContext: {
    ...(security === 'restricted' && { runAsNonRoot: true }),
    seccompProfile: { type: 'RuntimeDefault' },
  },
});

/** Container settings of a security level (Pod Security Standards, `baseline` with what legacy images bear, `restricted` in full). */
export const containerSecurity = (security: Security): object => ({
  allowPrivilegeEscalation: false,
  ...(security === 'restricted' && { capabilities: { drop: ['ALL'] } }),
});
