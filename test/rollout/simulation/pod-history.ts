import { conditionOf, isReady } from '../../../src/api/pod.js';
import type { Pod } from '../../../src/api/pod.js';
import { REVISION_LABEL } from '../../../src/api/native.js';
import type { VirtualClock } from '../../../src/cluster/virtual-clock.js';
import type { Action } from '../../../src/rollout/game-stateful-set/action.js';
import type { GameStatefulSetSnapshot } from '../../../src/rollout/game-stateful-set/snapshot.js';
import { READINESS_GATE } from '../../../src/rollout/pod/gate.js';
import type { ApiServer } from './api-server.js';

/** What happened to one pod, in milliseconds since 1970. */
interface History {
  /** Since when its gate is False. */
  closedAt?: number;
  /** Since when it really is out of traffic: its gate False, not ready, and offered by nobody. */
  outAt?: number;
  /** Since when we have seen it with its gate False, not ready, and offered by nobody. */
  seenOutAt?: number;
  /** Whether containers were patched since the gate was last opened. */
  isPatched: boolean;
  /** The revision of the last patch that changed images. */
  patchedTo?: string;
}

/** What happened to each pod, as the API server saw it at once, or as we have seen it. */
export class PodHistory {
  private readonly pods = new Map<string, History>();
  /** By the name of the pod, whatever its identity. */
  private readonly revisions = new Map<string, string | undefined>();

  constructor(
    private readonly api: ApiServer,
    private readonly clock: VirtualClock,
  ) {
    api.watch(({ stream, key, object }) => {
      if (stream === 'pods' && object !== undefined) this.observe(object as Pod);
      const offered = stream === 'traffic' && [...api.pods.values()].find(({ metadata }) => metadata.uid === key);
      if (offered) this.observe(offered);
    });
  }

  /** The revision that a pod of this name had last. */
  revisionOf(name: string): string | undefined {
    return this.revisions.get(name);
  }

  of(uid: string): History {
    const known = this.pods.get(uid) ?? { isPatched: false };
    this.pods.set(uid, known);
    return known;
  }

  /** What a decision is made on. */
  seen({ pods, inTraffic }: GameStatefulSetSnapshot): void {
    for (const pod of pods) {
      const uid = pod.metadata.uid!;
      const history = this.of(uid);
      const isOut = gateIn(pod) === 'False' && !isReady(pod) && !inTraffic.has(uid);
      if (isOut) history.seenOutAt ??= this.clock.now();
      else if (gateIn(pod) !== 'False') delete history.seenOutAt;
    }
  }

  wrote(action: Action): void {
    if (action.kind !== 'updatePod') return;
    const { images, sidecars } = action.change;
    if (Object.keys(images).length + Object.keys(sidecars).length === 0) return;
    const history = this.of(action.pod.uid);
    history.isPatched = true;
    history.patchedTo = action.state.revision;
  }

  private observe(pod: Pod): void {
    const history = this.of(pod.metadata.uid!);
    this.revisions.set(pod.metadata.name!, pod.metadata.labels?.[REVISION_LABEL]);
    if (gateIn(pod) === 'True') history.isPatched = false;
    if (gateIn(pod) === 'False') history.closedAt ??= this.clock.now();
    else delete history.closedAt;
    const isOut = gateIn(pod) === 'False' && !isReady(pod) && !this.api.traffic.has(pod.metadata.uid!);
    if (isOut) history.outAt ??= this.clock.now();
    else delete history.outAt;
  }
}

const gateIn = (pod: Pod): string | undefined => conditionOf(pod.status, READINESS_GATE)?.status;
