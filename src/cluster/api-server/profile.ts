/** Where the supported versions of Kubernetes differ, as far as anything here depends on it. */
export interface Profile {
  /** `1.34` */
  readonly version: string;
  /** What `/version` says: `v1.34.10`. */
  readonly gitVersion: string;
  /** Pods have `metadata.generation`. */
  readonly podGeneration: boolean;
  /** `revisionHistoryLimit` of a StatefulSet may change. */
  readonly historyLimitChanges: boolean;
  /** A name that the server makes is made anew where it is taken, each time for a copy of the object. */
  readonly retriesNames: boolean;
  /** The subresource `pods/resize` is there. */
  readonly podResize: boolean;
  /** The condition of a pod that is not scheduled because of a gate says since when. */
  readonly gatesHaveTimes: boolean;
  /** A watch can begin with what is there, and say when that is done. */
  readonly initialEvents: boolean;
  /** Who adds an ephemeral container owns it. */
  readonly ownsEphemeral: boolean;
  /** Of a list whose version is none. */
  readonly badVersionCode: 400 | 500;
  /** `matchLabelKeys` of affinities and spreads become a part of their selectors. */
  readonly mergesLabelKeys: boolean;
}

export const PROFILES = {
  '1.34': {
    version: '1.34',
    gitVersion: 'v1.34.10',
    podGeneration: true,
    historyLimitChanges: true,
    retriesNames: true,
    podResize: true,
    gatesHaveTimes: true,
    initialEvents: true,
    ownsEphemeral: true,
    badVersionCode: 400,
    mergesLabelKeys: true,
  },
  '1.30': {
    version: '1.30',
    gitVersion: 'v1.30.14',
    podGeneration: false,
    historyLimitChanges: false,
    retriesNames: false,
    podResize: false,
    gatesHaveTimes: false,
    initialEvents: false,
    ownsEphemeral: false,
    badVersionCode: 500,
    mergesLabelKeys: false,
  },
} as const satisfies Readonly<Record<string, Profile>>;

export type ProfileName = keyof typeof PROFILES;
