import type { Observed } from '../../../kube/store.js';
import type { Node } from '../../kubelet/node-object.js';
import type { SeenPod } from '../objects.js';
import { isAbout, termsOf, type AffinityTerm, type Terms } from './affinity-term.js';
import type { Neighbourhood } from './neighbourhood.js';

/** How many pods of a kind are in each topology domain: by the value of the domain's label. */
type Domains = ReadonlyMap<string, number>;

/** In which domains pods are that a term is about. */
function domainsOf(around: Neighbourhood, terms: readonly AffinityTerm[], of: SeenPod, key: string): Domains {
  const domains = new Map<string, number>();
  for (const { pod, node } of around.neighbours()) {
    const value = around.nodes.get(node)?.metadata.labels?.[key];
    if (value === undefined || !terms.every((term) => isAbout(term, of, pod, around))) continue;
    domains.set(value, (domains.get(value) ?? 0) + 1);
  }
  return domains;
}

/** Domains in which somebody does not want this pod, by the label's key. */
function forbiddenDomains(around: Neighbourhood, pod: SeenPod): ReadonlyMap<string, ReadonlySet<string>> {
  const forbidden = new Map<string, Set<string>>();
  for (const recluse of around.recluses()) {
    const labels = around.nodes.get(recluse.node)?.metadata.labels;
    for (const term of termsOf(recluse.pod, 'podAntiAffinity').required) {
      const value = labels?.[term.topologyKey];
      if (value === undefined || !isAbout(term, recluse.pod, pod, around)) continue;
      forbidden.set(term.topologyKey, (forbidden.get(term.topologyKey) ?? new Set()).add(value));
    }
  }
  return forbidden;
}

/**
 * What the pods that are there say to a pod, node by node: why it may not go there, and how much it is wanted. Source: the
 * InterPodAffinity plugin of the scheduler.
 */
export class PodAffinity {
  private readonly forbidden: ReadonlyMap<string, ReadonlySet<string>>;
  private readonly wanted: readonly (readonly [key: string, domains: Domains])[];
  private readonly unwanted: readonly (readonly [key: string, domains: Domains])[];
  private readonly preferred: readonly (readonly [key: string, domains: Domains, weight: number])[];
  /** It is the first of those that it wants to be with: any place will do. */
  private readonly isFirst: boolean;

  constructor(around: Neighbourhood, pod: SeenPod) {
    const [near, apart] = [termsOf(pod, 'podAffinity'), termsOf(pod, 'podAntiAffinity')];
    this.forbidden = forbiddenDomains(around, pod);
    // Company is who meets all terms at once.
    this.wanted = near.required.map(({ topologyKey }) => [
      topologyKey,
      domainsOf(around, near.required, pod, topologyKey),
    ]);
    this.unwanted = apart.required.map((term) => [term.topologyKey, domainsOf(around, [term], pod, term.topologyKey)]);
    const preferring = (of: Terms, sign: number): readonly (readonly [string, Domains, number])[] =>
      of.preferred.map(({ weight, podAffinityTerm: term }) => [
        term.topologyKey,
        domainsOf(around, [term], pod, term.topologyKey),
        sign * weight,
      ]);
    this.preferred = [...preferring(near, 1), ...preferring(apart, -1)];
    this.isFirst =
      this.wanted.every(([, domains]) => domains.size === 0) &&
      near.required.every((term) => isAbout(term, pod, pod, around));
  }

  /** In the scheduler's own words; undefined where nothing is against it. */
  misfit({ metadata: { labels = {} } }: Observed<Node>): string | undefined {
    const isWanted = this.wanted.every(
      ([key, domains]) => labels[key] !== undefined && (this.isFirst || domains.has(labels[key])),
    );
    if (!isWanted) return "node(s) didn't match pod affinity rules";
    if (this.unwanted.some(([key, domains]) => labels[key] !== undefined && domains.has(labels[key])))
      return "node(s) didn't match pod anti-affinity rules";
    for (const [key, values] of this.forbidden)
      if (labels[key] !== undefined && values.has(labels[key]))
        return "node(s) didn't satisfy existing pods anti-affinity rules";
    return undefined;
  }

  /** The weight of all preferred pods that would be near, less that of those who would better not. */
  preference({ metadata: { labels = {} } }: Observed<Node>): number {
    return this.preferred.reduce(
      (sum, [key, domains, weight]) => sum + weight * (domains.get(labels[key] ?? '') ?? 0),
      0,
    );
  }
}
