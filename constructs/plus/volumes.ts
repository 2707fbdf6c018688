import { JsonPatch } from 'cdk8s';
import type { ApiObject } from 'cdk8s';
import { Construct } from 'constructs';
import type { GameService } from '../game-service.js';
import { isPlusObject, kubernetesSpelling } from './kubernetes-spelling.js';

/** How a volume is mounted. */
export interface VolumeMountOptions {
  /**
   * Whether the process can only read it.
   *
   * @default false
   */
  readonly readOnly?: boolean;
  /**
   * The folder or file of the volume that is mounted.
   *
   * @default - the whole volume
   */
  readonly subPath?: string;
}

/** Volumes of cdk8s-plus for the pods of a game service: ConfigMaps, Secrets, claims and whatever else it makes. */
export class Volumes {
  /**
   * A volume.
   *
   * @param volume a `Volume` of cdk8s-plus
   * @throws Error when this is no volume
   */
  public static fromPlus(volume: any): Volumes {
    if (!isPlusObject(volume) || typeof volume.name !== 'string')
      throw new Error('Volumes.fromPlus: this is no Volume of cdk8s-plus');
    return new Volumes(kubernetesSpelling(volume._toKube()) as { readonly name: string });
  }

  private constructor(private readonly volume: { readonly name: string }) {}

  /**
   * Mounts the volume into the game container of every pod of the service. Zone files have no word for it: `toYaml` refuses
   * a zone with such a volume.
   *
   * @param service the service
   * @param path an absolute path in the container
   * @throws Error when the service has another volume of this name, or mounts something at the path
   */
  public mountInto(service: GameService, path: string, options: VolumeMountOptions = {}): void {
    for (const workload of service.workloads) this.patch(workload, path, options);
    // A construct that no zone file can spell, so that `toYaml` names it.
    new Construct(service, `mount ${path}`);
  }

  private patch(workload: ApiObject, path: string, { readOnly, subPath }: VolumeMountOptions): void {
    const { volumes, containers } = (workload.toJson() as Workload).spec.template.spec;
    const { name } = this.volume;
    const mounts = containers[0].volumeMounts;
    const place = workload.node.path;
    const known = volumes?.find((other) => other.name === name);
    if (known && JSON.stringify(known) !== JSON.stringify(this.volume))
      throw new Error(`${place}: there is another volume ${JSON.stringify(name)}; give this one a name of its own`);
    if (mounts?.some(({ mountPath }) => mountPath === path))
      throw new Error(`${place}: something is mounted at ${path} already`);
    const mount = {
      name,
      mountPath: path,
      ...(readOnly !== undefined && { readOnly }),
      ...(subPath !== undefined && { subPath }),
    };
    // Lists that are not there yet must come with their first entry.
    workload.addJsonPatch(
      ...(known ? [] : [added('/spec/template/spec/volumes', volumes, this.volume)]),
      added('/spec/template/spec/containers/0/volumeMounts', mounts, mount),
    );
  }
}

const added = (list: string, present: readonly object[] | undefined, entry: object): JsonPatch =>
  present ? JsonPatch.add(`${list}/-`, entry) : JsonPatch.add(list, [entry]);

/** What is read of a workload. The game container is the first one. */
interface Workload {
  readonly spec: {
    readonly template: {
      readonly spec: {
        readonly volumes?: readonly { readonly name: string }[];
        readonly containers: readonly [{ readonly volumeMounts?: readonly { readonly mountPath: string }[] }];
      };
    };
  };
}
