import { record, type Json } from '../json.js';
import type { Place } from './place.js';

const REVIEWS: ReadonlySet<string> = new Set([
  'selfsubjectaccessreviews',
  'subjectaccessreviews',
  'localsubjectaccessreviews',
]);

/** Questions that are answered and not stored. Whoever is let in may do everything here. Undefined for all else. */
export function review({ group, plural }: Place, body: unknown, user: string): Json | undefined {
  if (group === 'authorization.k8s.io' && REVIEWS.has(plural))
    return { ...record(body), status: { allowed: true, reason: 'the embedded cluster has no authorization' } };
  if (group === 'authorization.k8s.io' && plural === 'selfsubjectrulesreviews') {
    const rule = { verbs: ['*'], apiGroups: ['*'], resources: ['*'] };
    return { ...record(body), status: { resourceRules: [rule], nonResourceRules: [], incomplete: false } };
  }
  if (group === 'authentication.k8s.io' && plural === 'selfsubjectreviews')
    return { ...record(body), status: { userInfo: { username: user } } };
  return undefined;
}
