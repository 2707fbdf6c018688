import { isRecord, list, record, type Json } from '../json.js';

/** Where terms of affinity stand in a pod's spec. */
const SIDES = ['podAffinity', 'podAntiAffinity'];
const REQUIRED = 'requiredDuringSchedulingIgnoredDuringExecution';
const PREFERRED = 'preferredDuringSchedulingIgnoredDuringExecution';

/**
 * A pod's spec in which `matchLabelKeys` and `mismatchLabelKeys` have become a part of their selectors, with the values that the pod
 * has. Source: applyMatchLabelKeysAndMismatchLabelKeys and its neighbour in pkg/registry/core/pod/strategy.go of Kubernetes.
 *
 * @param areMerged otherwise the server knows no such keys of affinities, and leaves those of spreads to the scheduler
 */
export function withLabelKeys(spec: Json, labels: Json, areMerged: boolean): Json {
  const merged = (term: Json): Json => (areMerged ? withSelector(term, labels) : withoutKeys(term));
  return mapTerms(spec, merged, (term) => (areMerged ? withSelector(term, labels) : term));
}

/** As its user wrote it. */
export function withoutLabelKeys(spec: Json): Json {
  return mapTerms(spec, withoutSelector, withoutSelector);
}

function mapTerms(spec: Json, ofAffinity: (term: Json) => Json, ofSpread: (term: Json) => Json): Json {
  const affinity = isRecord(spec['affinity']) ? { ...spec['affinity'] } : undefined;
  for (const side of SIDES) {
    if (!affinity || !isRecord(affinity[side])) continue;
    const terms = { ...affinity[side] };
    if (terms[REQUIRED] !== undefined) terms[REQUIRED] = list(terms[REQUIRED]).map(record).map(ofAffinity);
    if (terms[PREFERRED] !== undefined)
      terms[PREFERRED] = list(terms[PREFERRED])
        .map(record)
        .map((one) => ({ ...one, podAffinityTerm: ofAffinity(record(one['podAffinityTerm'])) }));
    affinity[side] = terms;
  }
  const spreads = spec['topologySpreadConstraints'];
  return {
    ...spec,
    ...(affinity && { affinity }),
    ...(spreads !== undefined && { topologySpreadConstraints: list(spreads).map(record).map(ofSpread) }),
  };
}

function withSelector(term: Json, labels: Json): Json {
  const selector = term['labelSelector'];
  if (!isRecord(selector)) return term;
  const asked = (name: string, operator: string): Json[] =>
    list(term[name]).flatMap((key) => {
      const value = labels[String(key)];
      return value === undefined ? [] : [{ key, operator, values: [value] }];
    });
  const more = [...asked('matchLabelKeys', 'In'), ...asked('mismatchLabelKeys', 'NotIn')];
  if (more.length === 0) return term;
  const matchExpressions = [...list(selector['matchExpressions']), ...more];
  return { ...term, labelSelector: { ...selector, matchExpressions } };
}

/** The expressions that {@link withSelector} has put at the end. */
function withoutSelector(term: Json): Json {
  const selector = term['labelSelector'];
  const keys = [...list(term['matchLabelKeys']), ...list(term['mismatchLabelKeys'])];
  if (keys.length === 0 || !isRecord(selector)) return term;
  const own = [...list(selector['matchExpressions'])];
  for (let left = keys.length; left > 0 && keys.includes(record(own.at(-1))['key']); left--) own.pop();
  const { matchExpressions: _, ...rest } = selector;
  return { ...term, labelSelector: own.length > 0 ? { ...rest, matchExpressions: own } : rest };
}

function withoutKeys({ matchLabelKeys: _, mismatchLabelKeys: __, ...term }: Json): Json {
  return term;
}
