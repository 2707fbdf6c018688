import generated from './resources.gen.json' with { type: 'json' };

/** A resource or, where its name holds a slash, a subresource, as discovery tells it. */
export interface ResourceFacts {
  readonly name: string;
  readonly singularName?: string;
  readonly namespaced: boolean;
  readonly kind: string;
  /** Of the kind, where it is another one than the resource's: of `pods/eviction` it is `policy`. */
  readonly group?: string;
  readonly version?: string;
  readonly verbs: readonly string[];
  readonly shortNames?: readonly string[];
  readonly categories?: readonly string[];
}

/** By group and version such as `apps/v1`; of the core group `v1`. */
export const builtInResources = generated.groupVersions as unknown as Readonly<
  Record<string, readonly ResourceFacts[]>
>;
