import { ApiObject, Chart } from 'cdk8s';
import type { Construct, IConstruct, Node } from 'constructs';
import type { ArtifactVolume } from './artifact-volume.js';
import type { Credential } from './credential.js';
import { baseDocument } from './base-document.js';
import { GameService } from './game-service.js';
import type { GameServiceProps } from './game-service.js';
import type { Speaker } from './checks/in-props.js';
import { artifactParts } from './manifests/artifacts.js';
import { credentialsSecret } from './manifests/credentials.js';
import { peersConfigMap } from './manifests/environment.js';
import { LABELS } from './manifests/manifest.js';
import type { Manifest } from './manifests/manifest.js';
import { migrationJob } from './manifests/migration.js';
import { hookTemplateManifest, serviceManifests, zoneManifests } from './manifests/zone.js';
import { mistakesOf, refuseMistakes, speakerKey } from './mistakes.js';
import { lockedDocument, lockProblems, parseLock } from './model/lock.js';
import type { Lock } from './model/lock.js';
import { resolveZone } from './model/resolve.js';
import type { ServiceEntry, ZoneDocument } from './model/resolve.js';
import { addObjects } from './objects.js';
import type { Problem } from '../src/api/problem.js';
import { saidIn } from './spelled.js';
import type { Added, AddedArtifacts, AddedService, AddedTemplate } from './spelled.js';

const GAME_ZONE = Symbol.for('gamezone.GameZone');

type Parts = Required<Pick<ZoneDocument['spec'], 'hookTemplates' | 'volumes' | 'artifacts'>>;

/** The image that upgrades the database. */
export interface DbMigraterOptions {
  /** The image. It runs once per change, as a Job, before any service starts. */
  readonly image: string;
}

/** The Redis of a zone. */
export interface RedisOptions {
  /** Address or host name. */
  readonly host: string;
  /**
   * The port.
   *
   * @default 6379
   */
  readonly port?: number;
  /**
   * The password.
   *
   * @default - none
   */
  readonly password?: Credential;
}

/** The database of a zone. */
export interface MysqlOptions {
  /** Address or host name. */
  readonly host: string;
  /**
   * The port.
   *
   * @default 3306
   */
  readonly port?: number;
  /**
   * The user.
   *
   * @default - none
   */
  readonly user?: string;
  /**
   * The password.
   *
   * @default - none
   */
  readonly password?: Credential;
  /**
   * The database.
   *
   * @default - none
   */
  readonly database?: string;
}

/** Settings of a zone. */
export interface GameZoneProps {
  /** The number of the zone, handed to every process. */
  readonly zoneId: number;
  /**
   * The image of every service that does not name its own.
   *
   * @default - none: each service names its own
   */
  readonly image?: string;
  /**
   * What upgrades the database before any service starts.
   *
   * @default - nothing does
   */
  readonly dbMigrater?: DbMigraterOptions;
  /**
   * The Redis of the zone.
   *
   * @default - none
   */
  readonly redis?: RedisOptions;
  /**
   * The database of the zone.
   *
   * @default - none
   */
  readonly mysql?: MysqlOptions;
  /**
   * The name of the zone; every object begins with it.
   *
   * @default - the construct's id
   */
  readonly zoneName?: string;
  /**
   * The namespace of every object.
   *
   * @default - the namespace that they are applied to
   */
  readonly namespace?: string;
  /**
   * Labels that every object carries besides ours.
   *
   * @default - none
   */
  readonly labels?: { [name: string]: string };
  /**
   * Annotations that every object carries.
   *
   * @default - none
   */
  readonly annotations?: { [name: string]: string };
  /**
   * `gamezone` for workloads that the controller updates in place, `native` for StatefulSet and Deployment only.
   *
   * @default 'gamezone'
   */
  readonly runtime?: string;
  /**
   * `baseline`, or `restricted` for no root user and no capabilities.
   *
   * @default 'baseline'
   */
  readonly security?: string;
  /**
   * The release of gamezone whose manifests the zone keeps, such as `0.1`: later releases change nothing that would restart
   * a pod of it.
   *
   * @default '0.1'
   */
  readonly compat?: string;
  /**
   * Names of Secrets with registry credentials.
   *
   * @default - none
   */
  readonly imagePullSecrets?: string[];
  /**
   * The service account of the pods.
   *
   * @default - the namespace's default, without a token
   */
  readonly serviceAccountName?: string;
  /**
   * Other names for our environment variables, such as `{ REDIS_HOST: 'CACHE_HOST' }`.
   *
   * @default - our names
   */
  readonly envNames?: { [name: string]: string };
  /**
   * The image of the Jobs that fetch artifacts. A p4 source needs one of your own.
   *
   * @default - ours
   */
  readonly artifactsImage?: string;
  /**
   * The text of `gamezone.lock`, which `gamezone artifacts lock` writes: what the moving sources of the zone mean. An empty
   * text locks nothing.
   *
   * @default - nothing is locked
   */
  readonly artifactsLock?: string;
}

/**
 * A game zone: one Chart, whose objects are those that `gamezone synth` writes for the same zone file, under the same names
 * and in the order in which they are to be applied.
 */
export class GameZone extends Chart {
  /** The name of the zone. */
  public readonly zoneName: string;

  /**
   * The constructs that the zone's document speaks for; whatever else stands in the zone has no spelling in a zone file.
   *
   * @internal
   */
  public readonly _spelled = new Set<IConstruct>();

  private readonly base: ZoneDocument;
  private readonly lock: Lock | undefined;
  private readonly services: ServiceEntry[] = [];
  private readonly hookTemplates: Parts['hookTemplates'] = [];
  private readonly volumes: Parts['volumes'] = [];
  private readonly artifacts: Parts['artifacts'] = [];
  private readonly speakers = new Set<string>();
  /** Whether `gamezone synth` runs the program. It makes all of these checks itself, and more. */
  private readonly judgedElsewhere: boolean;
  private made: ReadonlyMap<string, Manifest> | undefined;
  private mistakes: ReadonlyMap<string, readonly string[]> | undefined;

  /** Whether something is a GameZone, whichever copy of this package made it. */
  public static isGameZone(x: any): boolean {
    return typeof x === 'object' && x !== null && GAME_ZONE in x;
  }

  /**
   * A Chart decides `instanceof` by itself, and every Chart would pass for a zone.
   *
   * @internal
   */
  public static override [Symbol.hasInstance](x: unknown): x is GameZone {
    return GameZone.isGameZone(x);
  }

  /** @throws Error when a setting cannot be */
  public constructor(scope: Construct, id: string, props: GameZoneProps) {
    const said = saidIn<ZoneDocument>(props);
    const namespace = said ? said.metadata.namespace : props.namespace;
    super(scope, id, { disableResourceNameHashes: true, ...(namespace !== undefined && { namespace }) });
    Object.defineProperty(this, GAME_ZONE, { value: true });
    this.zoneName = said?.metadata.name ?? props.zoneName ?? id;
    this.base = said ?? baseDocument(this.zoneName, props);
    this.lock = lockOf(this.node.path, props.artifactsLock);
    if (!said) refuseMistakes(this.node.path, this._document([]), undefined);
    const zone = resolveZone(this._lockedDocument([]));
    addObjects(this, this, [peersConfigMap(zone)]);
    const migration = migrationJob(zone);
    if (migration) addObjects(this, this, [migration]);
    this.addCredentials();
    this.node.addValidation({ validate: () => [...this.settle(), ...this.mistakesOf(undefined)] });
    const collector = (globalThis as ZoneCollector)[COLLECTED];
    this.judgedElsewhere = collector !== undefined;
    collector?.add(this);
  }

  /**
   * Adds a type of service.
   *
   * @param type the type, such as `game`
   */
  public addService(type: string, props: GameServiceProps): GameService {
    return new GameService(this, type, props);
  }

  /** The objects of the zone, in the order in which they are to be applied. */
  public override toJson(): any[] {
    const objects = super.toJson() as Manifest[];
    const ours = new Map([...this.manifests().keys()].map((key, place) => [key, place]));
    const placeOf = (object: Manifest): number => ours.get(keyOf(object)) ?? ours.size;
    return objects
      .map((object, index) => ({ object, index, rank: rankOf(object.kind), place: placeOf(object) }))
      .sort((a, b) => a.rank - b.rank || a.place - b.place || a.index - b.index)
      .map(({ object }) => object);
  }

  /**
   * The zone as a zone file says it.
   *
   * @param services in place of its own
   * @param more besides what it has
   *
   * @internal
   */
  public _document(services: ServiceEntry[] = this.services, more: Partial<Parts> = {}): ZoneDocument {
    const { spec } = this.base;
    const [hookTemplates, volumes, artifacts] = [
      [...this.hookTemplates, ...(more.hookTemplates ?? [])],
      [...this.volumes, ...(more.volumes ?? [])],
      [...this.artifacts, ...(more.artifacts ?? [])],
    ];
    return {
      ...this.base,
      spec: {
        ...spec,
        gameZone: { ...spec.gameZone, serviceConfig: services },
        ...(hookTemplates.length > 0 && { hookTemplates }),
        ...(volumes.length > 0 && { volumes }),
        ...(artifacts.length > 0 && { artifacts }),
      },
    };
  }

  /**
   * The zone with a pin in place of what moves, as its lock says.
   *
   * @internal
   */
  public _lockedDocument(services?: ServiceEntry[], more?: Partial<Parts>): ZoneDocument {
    return lockedDocument(this._document(services, more), this.lock);
  }

  /**
   * What the lock should have and has not.
   *
   * @internal
   */
  public _lockProblems(): Problem[] {
    return lockProblems(this._document(), this.lock);
  }

  /**
   * An object of the zone as a whole, later constructs included.
   *
   * @internal
   */
  public _manifest(kind: string, name: string): Manifest {
    return this.manifests().get(`${kind}/${name}`)!;
  }

  /** @internal */
  public _addService({ node, type }: GameService, { entries, judged }: Added<AddedService>): Manifest[] {
    this.hear(node, { kind: 'service', name: type }, judged, this._document(entries));
    this.services.push(...entries);
    const zone = resolveZone(this._lockedDocument(entries));
    return serviceManifests(
      zone,
      zone.services.find((service) => service.type === type)!,
    );
  }

  /** @internal */
  public _addHookTemplate({ node }: Construct, { name, spec, judged }: Added<AddedTemplate>): Manifest[] {
    const hookTemplates = [spec ? { name, spec } : { name, external: true }] as Parts['hookTemplates'];
    this.hear(node, { kind: 'hookTemplate', name }, judged, this._document([], { hookTemplates }));
    this.hookTemplates.push(...hookTemplates);
    return spec ? hookTemplateManifest(resolveZone(this._lockedDocument([])), { name, spec }) : [];
  }

  /** @internal */
  public _addArtifacts(scope: ArtifactVolume, added: Added<AddedArtifacts>): void {
    const volumes = (added.volume ? [added.volume] : []) as Parts['volumes'];
    const artifacts = added.entries as Parts['artifacts'];
    const by: Speaker = { kind: 'volume', name: added.name };
    this.hear(scope.node, by, added.judged, this._document([], { volumes, artifacts }));
    this.volumes.push(...volumes);
    this.artifacts.push(...artifacts);
    const zone = resolveZone(this._lockedDocument([]));
    const volume = zone.volumes.find(({ name }) => name === scope.volumeName);
    if (!volume) throw new Error(`${scope.node.path}: its mountPath lies in that of an earlier volume; add the sources to that one, with \`into\``); // prettier-ignore
    const { claim, declaration, job } = artifactParts(zone, volume);
    addObjects(scope, this, [declaration, ...(claim ? [claim] : []), job]);
    this.addCredentials();
  }

  /** Takes in what a construct says, unless it is wrong; what is wrong with it in the end, the construct says at synth. */
  private hear(node: Node, by: Speaker, judged: boolean, document: ZoneDocument): void {
    this.made = undefined;
    this.mistakes = undefined;
    if (!judged) refuseMistakes(node.path, document, by);
    this.speakers.add(speakerKey(by));
    node.addValidation({ validate: () => this.mistakesOf(by) });
  }

  /** What is wrong with the part of a construct; the zone has what nobody else says. */
  private mistakesOf(by: Speaker | undefined): string[] {
    if (this.judgedElsewhere) return [];
    this.mistakes ??= mistakesOf(this._lockedDocument(), this._lockProblems());
    if (by) return [...(this.mistakes.get(speakerKey(by)) ?? [])];
    return [...this.mistakes].filter(([key]) => !this.speakers.has(key)).flatMap(([, texts]) => texts);
  }

  private manifests(): ReadonlyMap<string, Manifest> {
    this.made ??= new Map([...zoneManifests(resolveZone(this._lockedDocument()))].map((made) => [keyOf(made), made]));
    return this.made;
  }

  /**
   * Brings the objects in line with the zone as a whole: a config file that names a service of a later line may have to be
   * filled in by another object than it seemed when its own service was added.
   */
  private settle(): string[] {
    const missing = new Map(this.manifests());
    for (const object of [...this._spelled].filter((construct) => ApiObject.isApiObject(construct))) {
      if (missing.delete(keyOf(object))) continue;
      object.node.scope!.node.tryRemoveChild(object.node.id);
      this._spelled.delete(object);
    }
    const services = this.node.children.filter((child) => child instanceof GameService);
    for (const manifest of missing.values()) {
      const type = manifest.metadata.labels?.[LABELS.service];
      addObjects(services.find((service) => service.type === type) ?? this, this, [manifest]);
    }
    return [];
  }

  /** The Secret of the zone's literals is made with the first of them. */
  private addCredentials(): void {
    const secret = credentialsSecret(resolveZone(this._lockedDocument([])));
    const exists = secret && this.node.tryFindChild(`Secret-${secret.metadata.name}`);
    if (secret && !exists) addObjects(this, this, [secret]);
  }
}

/** @throws Error when the text is no lock */
function lockOf(path: string, text: string | undefined): Lock | undefined {
  if (text === undefined) return undefined;
  const lock = parseLock(text);
  if ('zones' in lock) return lock;
  throw new Error(`${path}: artifactsLock: ${lock.message}\n  right: ${lock.hint}`);
}

/** Where `gamezone synth` collects the zones that a program builds. Nothing is there when the program runs by itself. */
const COLLECTED = Symbol.for('gamezone.zones');
interface ZoneCollector {
  readonly [COLLECTED]?: { add(zone: GameZone): void };
}

const APPLY_ORDER = ['Secret', 'ConfigMap', 'PersistentVolumeClaim', 'Service', 'HookTemplate', 'Job', 'GameStatefulSet', 'GameDeployment', 'StatefulSet', 'Deployment']; // prettier-ignore
const WORKLOADS_FROM = APPLY_ORDER.indexOf('GameStatefulSet');

const keyOf = (object: Manifest | ApiObject): string => `${object.kind}/${object.metadata.name ?? ''}`;

function rankOf(kind: string): number {
  const rank = APPLY_ORDER.indexOf(kind);
  if (rank < 0) return APPLY_ORDER.length;
  return Math.min(rank, WORKLOADS_FROM);
}
