import type { Occurrence } from '../../../kube/event-object.js';
import { isKubeError } from '../../../kube/error.js';
import { keyOf } from '../../../kube/objects.js';
import type { Observed, Store } from '../../../kube/store.js';
import type { Hand, Place } from '../hand.js';
import type { Claim, SeenPod, StatefulSet } from '../objects.js';
import { claimsOf, isStale, ownersOf } from './claims.js';
import { isWanted, ordinalIn, podNameOf } from './identity.js';

type SeenSet = Observed<StatefulSet>;

/** Makes the claims of a set's pods, and says who owns them. It never deletes one: that is the garbage collector's. */
export class ClaimKeeper {
  constructor(
    private readonly place: Place & { readonly store: Store<Claim, 'namespace'> },
    private readonly tell: (occurrence: Occurrence) => void,
  ) {}

  /** Before a pod is created. False where a claim of an earlier pod of that name is still on its way out. */
  async prepare(set: SeenSet, ordinal: number, hand: Hand): Promise<boolean> {
    if (set.spec.persistentVolumeClaimRetentionPolicy?.['whenScaled'] === 'Delete') {
      const isHeld = this.known(set, ordinal).some((claim) => isStale(claim, podNameOf(set, ordinal), undefined));
      if (isHeld) return false;
    }
    await this.create(set, ordinal, hand);
    return true;
  }

  /** Those that are missing. */
  async create(set: SeenSet, ordinal: number, hand: Hand): Promise<void> {
    for (const claim of claimsOf(set, ordinal).values()) {
      if (this.place.store.get(keyOf(claim)) !== undefined) continue;
      const note = `create Claim ${claim.metadata.name} Pod ${podNameOf(set, ordinal)} in StatefulSet ${set.metadata.name}`;
      try {
        await hand.create(this.place, claim);
      } catch (error) {
        if (isKubeError(error, 'alreadyExists')) continue;
        const failed = { regarding: set, type: 'Warning' as const, reason: 'FailedCreate' };
        this.tell({ ...failed, note: `${note} failed error: ${String(error)}` });
        throw error;
      }
      this.tell({ regarding: set, reason: 'SuccessfulCreate', note: `${note} success` });
    }
  }

  /** Of all pods: what is missing for those that wait, and the owners. */
  async keep(set: SeenSet, pods: readonly SeenPod[], hand: Hand): Promise<void> {
    if ((set.spec.volumeClaimTemplates ?? []).length === 0) return;
    for (const pod of pods) {
      const ordinal = ordinalIn(set, pod.metadata.name);
      if (ordinal === undefined) continue;
      if (pod.status?.phase === 'Pending' && isWanted(set, ordinal)) await this.create(set, ordinal, hand);
      await this.own(set, ordinal, pod, hand);
    }
  }

  async own(set: SeenSet, ordinal: number, pod: SeenPod, hand: Hand): Promise<void> {
    for (const claim of this.known(set, ordinal)) {
      const ownerReferences = ownersOf(set, ordinal, pod, claim);
      if (ownerReferences === undefined) continue;
      const metadata = { ...(claim as Claim).metadata, ownerReferences };
      await hand.update<Claim>(this.place, { ...(claim as Claim), metadata });
    }
  }

  private known(set: SeenSet, ordinal: number): Observed<Claim>[] {
    return Array.from(claimsOf(set, ordinal).values(), (claim) => this.place.store.get(keyOf(claim))).filter(
      (claim) => claim !== undefined,
    );
  }
}
