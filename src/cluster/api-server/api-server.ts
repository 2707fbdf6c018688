import type { ExecOptions, ExecResult, KubeApi } from '../../kube/api.js';
import type { Clock } from '../../kube/clock.js';
import type { ObjectList, ObjectName, Stored } from '../../kube/objects.js';
import type { Resource } from '../../kube/resource.js';
import { random } from '../random.js';
import { AuditLog, type Audited } from './audit.js';
import type { ServedResource } from './catalog/served-resource.js';
import { noSuchSubresource, shown } from './catalog/served-resource.js';
import { Core, keyFor } from './core.js';
import { startCluster } from './cluster-contents.js';
import { followDefinitions } from './custom/definitions.js';
import { InProcessApi } from './in-process-api.js';
import type { RawPatch } from './patch/patched.js';
import { PROFILES, type ProfileName } from './profile.js';
import { listObjects, type ListRequest } from './reads.js';
import { noSuchPath, notAllowed } from './refusal.js';
import { forgetWhatIsOver } from './resumption.js';
import { bind } from './subresources/binding.js';
import { evict } from './subresources/eviction.js';
import type { Journal } from './storage/journal.js';
import { Scales } from './subresources/scale.js';
import { Watch, type WatchRequest } from './watching.js';
import type { Caller } from './writes/caller.js';
import { Deleter, type Deleted, type Deletion } from './writes/deleter.js';
import { Patcher } from './writes/patcher.js';
import { Writer } from './writes/writer.js';

export interface ApiServerOptions {
  readonly clock: Clock;
  /** Of uids and generated names: the same seed and the same requests are the same objects, to the byte. @default 1 */
  readonly seed?: number;
  /** Which Kubernetes it behaves as. @default 1.34 */
  readonly version?: ProfileName;
  /** Milliseconds for which history is kept, for watches and pages. @default 5 minutes */
  readonly keepFor?: number;
  /** Keeps all objects beyond this process, and has those of the one before. @default nothing is kept */
  readonly journal?: Journal;
  /** Pods need the service account of their namespace, which a controller makes. @default true */
  readonly serviceAccounts?: boolean;
  /** Runs a command in a container: the kubelets' part. @default refused, as without a kubelet */
  readonly exec?: Exec;
}

export type Exec = (
  name: Required<ObjectName>,
  command: readonly string[],
  options: ExecOptions,
) => Promise<ExecResult>;

export interface ClientOptions {
  /** For managedFields. @default the user's name */
  readonly fieldManager?: string;
  /** @default Strict */
  readonly fieldValidation?: Caller['fieldValidation'];
}

/** The API server of the embedded cluster: all that a real one does, in this process and at once. */
export class ApiServer {
  readonly core: Core;
  readonly audit: AuditLog;
  readonly writer: Writer;
  private readonly patcher: Patcher;
  readonly deleter: Deleter;
  private readonly scales: Scales;
  private readonly execute: Exec | undefined;

  constructor({ clock, seed = 1, version = '1.34', keepFor, journal, serviceAccounts = true, exec }: ApiServerOptions) {
    this.core = new Core(clock, PROFILES[version], random(seed).fork('api-server'), {
      ...(keepFor !== undefined && { keepFor }),
      ...(journal && { journal }),
    });
    this.audit = new AuditLog(clock);
    this.writer = new Writer(this.core, { serviceAccounts });
    this.patcher = new Patcher(this.core, this.writer);
    this.deleter = new Deleter(this.core, this.writer);
    this.scales = new Scales(this.core, this.writer);
    this.execute = exec;
    followDefinitions(this);
    if (journal) forgetWhatIsOver(this.core);
    startCluster(this);
  }

  /** As `kill -9`: nobody is answered any more, and watches break. What is stored stays. */
  kill(): void {
    this.core.availability.lose();
  }

  /** Ends `kill`. A watch that has not seen all until now is told that it is too old, as by a real one: its watch cache begins anew. */
  start(): void {
    this.core.availability.return(this.core.storage.revision);
  }

  get isUp(): boolean {
    return this.core.availability.isUp;
  }

  /** A client in this process. What it reads is the stored object itself, frozen. */
  client(user: string, options: ClientOptions = {}): KubeApi {
    return new InProcessApi(this, user, options, this.execute);
  }

  resource(resource: Pick<Resource, 'group' | 'version' | 'plural'>): ServedResource {
    return this.core.catalog.resource(resource);
  }

  get(resource: ServedResource, { namespace = '', name }: ObjectName, subresource = ''): Stored {
    if (subresource === 'scale') return this.scales.get(resource, namespace, name);
    this.known(resource, subresource, name);
    return this.core.existing(resource, namespace, name);
  }

  has(resource: ServedResource, { namespace = '', name }: ObjectName): boolean {
    return this.core.collection(resource).get(keyFor(namespace, name)) !== undefined;
  }

  list(resource: ServedResource, request: ListRequest): ObjectList<Stored> {
    return listObjects(this.core, resource, request);
  }

  watch(resource: ServedResource, request: WatchRequest): Watch {
    return new Watch(this.core, resource, request);
  }

  create(resource: ServedResource, namespace: string, body: unknown, caller: Caller): Stored {
    return this.audited('create', resource, { namespace, body }, caller, () =>
      this.writer.create(resource, namespace, body, caller),
    );
  }

  replace(resource: ServedResource, name: ObjectName, body: unknown, caller: Caller, subresource = ''): Stored {
    const { namespace = '' } = name;
    return this.audited('update', resource, { ...name, subresource, body }, caller, () => {
      if (subresource === 'scale') return this.scales.replace(resource, namespace, name.name, body, caller);
      this.known(resource, subresource, name.name);
      return this.writer.replace(resource, namespace, name.name, body, caller, subresource);
    });
  }

  patch(resource: ServedResource, name: ObjectName, patch: RawPatch, caller: Caller, subresource = ''): Stored {
    const { namespace = '' } = name;
    return this.audited('patch', resource, { ...name, subresource, body: patch.body }, caller, () => {
      if (subresource === 'scale') return this.scales.patch(resource, namespace, name.name, patch, caller);
      this.known(resource, subresource, name.name);
      return this.patcher.patch(resource, namespace, name.name, patch, caller, subresource);
    });
  }

  delete(resource: ServedResource, name: ObjectName, deletion: Deletion, caller: Caller): Deleted {
    const { namespace = '' } = name;
    return this.audited('delete', resource, { ...name }, caller, () =>
      this.deleter.delete(resource, namespace, name.name, deletion),
    );
  }

  /** Deletes each of the selected objects; those that were there. */
  deleteCollection(resource: ServedResource, request: ListRequest, deletion: Deletion, caller: Caller): Stored[] {
    const { namespace = '' } = request;
    return this.audited('deletecollection', resource, { namespace }, caller, () => {
      const { items } = this.list(resource, { ...request, limit: undefined, continue: undefined });
      for (const { metadata } of items)
        this.deleter.delete(resource, metadata.namespace ?? '', metadata.name, deletion);
      return [...items];
    });
  }

  /** What is created under an object: `binding`, `eviction`. */
  createUnder(resource: ServedResource, name: ObjectName, subresource: string, body: unknown, caller: Caller): object {
    const { namespace = '' } = name;
    return this.audited('create', resource, { ...name, subresource, body }, caller, () => {
      if (resource.id === '/pods' && subresource === 'binding')
        return bind(this.core, namespace, name.name, body, caller.dryRun);
      if (resource.id === '/pods' && subresource === 'eviction')
        return evict(this, { namespace, name: name.name }, body, caller.dryRun);
      throw resource.subresources.has(subresource) ? notAllowed('create') : noSuchPath();
    });
  }

  /** As a version shows what is stored. */
  shown(resource: ServedResource, object: Stored): Stored {
    return shown(resource, object);
  }

  private known(resource: ServedResource, subresource: string, name: string): void {
    if (subresource !== '' && !resource.subresources.has(subresource)) throw noSuchSubresource(resource, name);
  }

  private audited<T>(
    verb: string,
    resource: ServedResource,
    about: Omit<Audited, 'verb' | 'resource' | 'caller'>,
    caller: Caller,
    act: () => T,
  ): T {
    return this.audit.record({ verb, resource, caller, ...about }, act);
  }
}
