import { loadAll } from 'js-yaml';
import type { ApiServer } from '../../cluster/api-server/api-server.js';
import type { KubeApi } from '../../kube/api.js';
import { isKubeError } from '../../kube/error.js';
import type { KubeObject, ObjectName } from '../../kube/objects.js';
import { namespaces, type Resource } from '../../kube/resource.js';
import type { Synthesis } from '../../synth/synth.js';
import { UserError } from '../../synth/user-error.js';

const DEFAULT_NAMESPACE = 'default';
/** Of all objects of a zone. */
const ZONE = 'gamezone.dev/zone';
/** The field manager of what is deployed. */
export const DEPLOYER = 'gamezone-dev';

interface Labelled extends ObjectName {
  readonly labels?: Readonly<Record<string, string>>;
  readonly managedFields?: readonly { readonly manager?: string; readonly operation?: string }[];
}

/** The objects of a synthesis, as its files hold them. */
export function objectsOf({ zones }: Synthesis): KubeObject[] {
  const contents = zones.flatMap(({ files }) => files.map(({ content }) => content));
  return contents.flatMap((content) => {
    const text: string = content.toString();
    return loadAll(text) as KubeObject[];
  });
}

interface Placed {
  readonly resource: Resource;
  readonly where: ObjectName;
  readonly label: string;
}

/** What a new version of a zone has made of the cluster; labels are `Kind name`. */
export interface Changes {
  readonly created: readonly string[];
  readonly changed: readonly string[];
  readonly deleted: readonly string[];
}

/** A zone on the embedded cluster, and its objects in the version that is there. */
export class DeployedZone {
  private present = new Map<string, Placed>();

  constructor(
    private readonly server: ApiServer,
    private readonly api: KubeApi,
  ) {}

  /** What an earlier process deployed of the same zones is there: where a new version does not have it, it goes. */
  resume(objects: readonly KubeObject[]): void {
    const zones = new Set(objects.flatMap(({ metadata }) => metadata.labels?.[ZONE] ?? []));
    for (const resource of this.server.core.catalog.all())
      for (const { metadata } of this.server.list(resource, {}).items) {
        const { name, namespace, labels = {}, managedFields = [] } = metadata as Labelled;
        const isOurs = managedFields.some(({ manager, operation }) => manager === DEPLOYER && operation === 'Apply');
        if (!isOurs || !zones.has(labels[ZONE] ?? '')) continue;
        const where = namespace === undefined ? { name } : { namespace, name };
        const placed = { resource, where, label: `${resource.kind} ${name}` };
        this.present.set(keyOf(placed), placed);
      }
  }

  /**
   * As `kubectl apply --server-side --prune` would, with the namespaces that are needed.
   *
   * @throws UserError where the server refuses an object; those before it are there
   */
  async deploy(objects: readonly KubeObject[]): Promise<Changes> {
    const [created, changed, deleted]: [string[], string[], string[]] = [[], [], []];
    const next = new Map<string, Placed>();
    for (const object of objects) {
      const placed = this.place(object);
      next.set(keyOf(placed), placed);
      const outcome = await this.apply(placed, object);
      if (outcome !== 'unchanged') (outcome === 'created' ? created : changed).push(placed.label);
    }
    for (const [key, gone] of this.present) {
      if (next.has(key)) continue;
      await this.delete(gone);
      deleted.push(gone.label);
    }
    this.present = next;
    return { created, changed, deleted };
  }

  private place({ apiVersion = '', kind = '', metadata }: KubeObject): Placed {
    const [group, version] = apiVersion.includes('/') ? apiVersion.split('/') : ['', apiVersion];
    const resource = this.server.core.catalog.ofKind(group ?? '', version ?? '', kind);
    const { name = '', namespace = DEFAULT_NAMESPACE } = metadata;
    const label = `${kind} ${name}`;
    if (resource === undefined)
      throw new UserError(`${label}: the embedded cluster has no ${kind} of ${apiVersion}`, {
        hint: 'use a real cluster for it, or leave it out',
      });
    return { resource, where: resource.namespaced ? { namespace, name } : { name }, label };
  }

  private async apply({ resource, where, label }: Placed, object: KubeObject) {
    if (where.namespace !== undefined) await this.ensureNamespace(where.namespace);
    const before = await this.versionOf(resource, where);
    const body = { ...object, metadata: { ...object.metadata, ...where } };
    try {
      const { metadata } = await this.api.patch(resource, where, { type: 'apply', body, force: true });
      if (metadata.resourceVersion === before) return 'unchanged';
      return before === undefined ? 'created' : 'changed';
    } catch (error) {
      if (!isKubeError(error, 'invalid', 'badRequest', 'forbidden')) throw error;
      throw new UserError(`${label}: the embedded cluster refuses it: ${error.message}`, { cause: error });
    }
  }

  private async versionOf(resource: Resource, where: ObjectName): Promise<string | undefined> {
    try {
      return (await this.api.get(resource, where)).metadata.resourceVersion;
    } catch (error) {
      if (!isKubeError(error, 'notFound')) throw error;
      return undefined;
    }
  }

  private async delete({ resource, where }: Placed): Promise<void> {
    await this.api.delete(resource, where, { propagation: 'Background' }).catch((error: unknown) => {
      if (!isKubeError(error, 'notFound')) throw error;
    });
  }

  private async ensureNamespace(name: string): Promise<void> {
    await this.api.create(namespaces, { metadata: { name } }).catch((error: unknown) => {
      if (!isKubeError(error, 'alreadyExists')) throw error;
    });
  }
}

const keyOf = ({ resource, where }: Placed): string =>
  `${resource.group}/${resource.plural}/${where.namespace ?? ''}/${where.name}`;
