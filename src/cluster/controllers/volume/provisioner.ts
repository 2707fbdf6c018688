import { keyOf, type KubeObject } from '../../../kube/objects.js';
import { isKubeError } from '../../../kube/error.js';
import type { Observed, Store } from '../../../kube/store.js';
import type { Controller, ControllerContext } from '../context.js';
import type { Hand, Place } from '../hand.js';
import { claims, volumes } from '../informed.js';
import { Loop } from '../loop.js';
import type { Claim } from '../objects.js';
import { isGoing } from '../owners.js';

export interface PersistentVolume extends KubeObject {
  spec: {
    capacity?: Record<string, string>;
    accessModes?: string[];
    persistentVolumeReclaimPolicy?: string;
    storageClassName?: string;
    claimRef?: { namespace: string; name: string; uid: string; kind: string; apiVersion: string };
    [field: string]: unknown;
  };
  status?: { phase?: string };
}

/**
 * In the place of a storage driver and the volume binder: every claim gets a volume of its own at once, of the size that it asks for,
 * whatever its class says; the volume goes with its claim. Nothing is stored in it.
 */
export class Provisioner implements Controller {
  private readonly claims: Place & { readonly store: Store<Claim> };
  private readonly volumes: Place & { readonly store: Store<PersistentVolume> };
  private readonly loop: Loop;

  constructor(context: ControllerContext) {
    const { informers } = context;
    this.claims = { resource: claims.resource, store: informers.store(claims) };
    this.volumes = { resource: volumes.resource, store: informers.store(volumes) };
    this.loop = new Loop('provisioner', context, (key, hand) => this.sync(key, hand));
    this.claims.store.subscribe(({ object }) => this.loop.add(keyOf(object as Claim)));
    this.volumes.store.subscribe(({ object: { spec } }) => {
      if (spec.claimRef) this.loop.add(`${spec.claimRef.namespace}/${spec.claimRef.name}`);
    });
  }

  start(): void {
    this.loop.start();
  }

  stop(): Promise<void> {
    return this.loop.stop();
  }

  private async sync(key: string, hand: Hand): Promise<void> {
    const claim = this.claims.store.get(key);
    for (const volume of this.volumes.store.list()) {
      const { claimRef, persistentVolumeReclaimPolicy } = volume.spec;
      const isPast = claimRef !== undefined && key === keyOf(claimRef) && claimRef.uid !== claim?.metadata.uid;
      if (isPast && persistentVolumeReclaimPolicy === 'Delete' && !isGoing(volume))
        await hand.delete(this.volumes, volume);
    }
    if (claim === undefined || isGoing(claim) || claim.status?.phase === 'Bound') return;
    const name = claim.spec?.volumeName ?? `pvc-${claim.metadata.uid}`;
    const volume = await this.volumeFor(claim, name, hand);
    if (claim.spec?.volumeName === undefined) {
      await hand.patch(this.claims, claim, { type: 'merge', body: { spec: { volumeName: name } } });
      return;
    }
    const { capacity, accessModes } = volume?.spec ?? {};
    const status = { phase: 'Bound', ...(capacity && { capacity }), ...(accessModes && { accessModes }) };
    await hand.patch(this.claims, claim, { type: 'merge', body: { status } }, 'status');
    if (volume && volume.status?.phase !== 'Bound')
      await hand.patch(this.volumes, volume, { type: 'merge', body: { status: { phase: 'Bound' } } }, 'status');
  }

  private async volumeFor(
    claim: Observed<Claim>,
    name: string,
    hand: Hand,
  ): Promise<Observed<PersistentVolume> | undefined> {
    const known = this.volumes.store.get(name);
    if (known) return known;
    try {
      return await hand.create(this.volumes, newVolume(claim as Claim, name));
    } catch (error) {
      if (isKubeError(error, 'alreadyExists')) return undefined;
      throw error;
    }
  }
}

function newVolume({ metadata, spec }: Claim, name: string): PersistentVolume {
  const { accessModes, resources, storageClassName, volumeMode } = spec as {
    readonly accessModes?: string[];
    readonly resources?: { readonly requests?: Record<string, string> };
    readonly storageClassName?: string;
    readonly volumeMode?: string;
  };
  const { namespace = '', name: claim = '', uid = '' } = metadata;
  return {
    apiVersion: 'v1',
    kind: 'PersistentVolume',
    metadata: { name },
    spec: {
      capacity: { storage: resources?.requests?.['storage'] ?? '1Gi' },
      ...(accessModes && { accessModes }),
      ...(storageClassName !== undefined && { storageClassName }),
      ...(volumeMode !== undefined && { volumeMode }),
      persistentVolumeReclaimPolicy: 'Delete',
      claimRef: { apiVersion: 'v1', kind: 'PersistentVolumeClaim', namespace, name: claim, uid },
      hostPath: { path: `/modelled/${name}` },
    },
  };
}
