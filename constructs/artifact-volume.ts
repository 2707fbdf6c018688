import { ApiObject } from 'cdk8s';
import type { Size } from 'cdk8s';
import { Construct } from 'constructs';
import type { ArtifactSource } from './artifact-source.js';
import type { GameZone } from './game-zone.js';
import { sizeText } from './size-text.js';
import { added } from './spelled.js';
import type { AddedArtifacts } from './spelled.js';

/** Settings of a volume of artifacts. */
export interface ArtifactVolumeProps {
  /** Where the game containers find the files: an absolute path. */
  readonly mountPath: string;

  /** The sources, laid over each other in this order; later ones win. */
  readonly sources: ArtifactSource[];

  /**
   * The size of the claim.
   *
   * @default Size.gibibytes(10)
   */
  readonly size?: Size;

  /**
   * The storage class. It must offer volumes that several nodes mount.
   *
   * @default - the cluster's default
   */
  readonly storageClassName?: string;

  /**
   * The access mode of the claim, `ReadWriteMany` or `ReadWriteOnce`.
   *
   * @default 'ReadWriteMany'
   */
  readonly accessMode?: string;

  /**
   * The name of an existing claim to use.
   *
   * @default - a claim of the zone's own
   */
  readonly claimName?: string;

  /**
   * Whether GitOps tools must leave the claim when the zone goes.
   *
   * @default true
   */
  readonly retain?: boolean;
}

/** Files that the game needs and its image does not carry, on a volume that all pods of the zone share. */
export class ArtifactVolume extends Construct {
  /** The name of the volume: the construct's id, where the volume is not read from a zone file. */
  public readonly volumeName: string;

  /** @throws Error when a setting or a source cannot be */
  public constructor(zone: GameZone, id: string, props: ArtifactVolumeProps) {
    super(zone, id);
    const said = added<AddedArtifacts>(props, () => artifactsOf(this.node.path, id, props));
    this.volumeName = said.name;
    zone._addArtifacts(this, said);
    const objects = this.node.children.filter((child) => ApiObject.isApiObject(child));
    const main =
      objects.find(({ kind }) => kind === 'PersistentVolumeClaim') ?? objects.find(({ kind }) => kind === 'Job');
    if (main) this.node.defaultChild = main;
  }
}

function artifactsOf(path: string, name: string, props: ArtifactVolumeProps): AddedArtifacts {
  if (props.sources.length === 0) throw new Error(`${path}: no sources; give at least one ArtifactSource`);
  return {
    name,
    volume: {
      path: props.mountPath,
      name,
      ...(props.size && { size: sizeText(props.size) }),
      ...(props.storageClassName !== undefined && { storageClassName: props.storageClassName }),
      ...(props.accessMode !== undefined && { accessMode: props.accessMode }),
      ...(props.claimName !== undefined && { claim: props.claimName }),
      ...(props.retain !== undefined && { retain: props.retain }),
    },
    entries: props.sources.map((source) => source._toEntry(props.mountPath)),
  };
}
