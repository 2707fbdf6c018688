import type { GameStatefulSet } from '../../../src/api/generated/types/game-stateful-set.js';
import type { ControllerRevision, Job, StatefulSet } from '../../../src/api/native.js';
import type { Pod } from '../../../src/api/pod.js';

/** What is watched apart, so that one kind can be seen later than another. */
export type Stream = 'workload' | 'child' | 'revisions' | 'pods' | 'traffic' | 'jobs' | 'nodes';
export const STREAMS: readonly Stream[] = ['workload', 'child', 'revisions', 'pods', 'traffic', 'jobs', 'nodes'];

/** One change of one object, as a watch tells it; without an object it is gone. */
export interface Change {
  readonly stream: Stream;
  readonly key: string;
  readonly version: number;
  readonly object: unknown;
}

/** All objects around one workload, as somebody knows them. Objects are replaced, never changed: a reader keeps what it saw. */
export class Objects {
  workload: GameStatefulSet | undefined;
  child: StatefulSet | undefined;
  /** By name. */
  readonly revisions: Map<string, ControllerRevision>;
  readonly pods: Map<string, Pod>;
  readonly jobs: Map<string, Job>;
  /** UIDs of pods that an EndpointSlice offers. */
  readonly traffic: Set<string>;
  /** Kubelet versions by node. */
  readonly nodes: Map<string, string>;

  constructor(of?: Objects) {
    this.workload = of?.workload;
    this.child = of?.child;
    this.revisions = new Map(of?.revisions);
    this.pods = new Map(of?.pods);
    this.jobs = new Map(of?.jobs);
    this.traffic = new Set(of?.traffic);
    this.nodes = new Map(of?.nodes);
  }

  keep({ stream, key, object }: Omit<Change, 'version'>): void {
    const put = <T>(map: Map<string, T>) => (object === undefined ? map.delete(key) : map.set(key, object as T));
    switch (stream) {
      case 'workload':
        this.workload = object as GameStatefulSet | undefined;
        break;
      case 'child':
        this.child = object as StatefulSet | undefined;
        break;
      case 'revisions':
        put(this.revisions);
        break;
      case 'pods':
        put(this.pods);
        break;
      case 'jobs':
        put(this.jobs);
        break;
      case 'traffic':
        if (object === undefined) this.traffic.delete(key);
        else this.traffic.add(key);
        break;
      case 'nodes':
        if (object === undefined) this.nodes.delete(key);
        else this.nodes.set(key, (object as { version: string }).version);
    }
  }
}
