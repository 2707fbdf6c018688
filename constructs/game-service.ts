import { ApiObject } from 'cdk8s';
import type { Duration, Size } from 'cdk8s';
import { Construct } from 'constructs';
import type { ArtifactVolume } from './artifact-volume.js';
import type { Credential } from './credential.js';
import type { Exposure } from './exposure.js';
import { constructId } from './construct-id.js';
import { addObjects } from './objects.js';
import type { GameZone } from './game-zone.js';
import { _hookStep } from './hook-template.js';
import { runsOf } from './model/ids.js';
import type { ServiceEntry } from './model/resolve.js';
import type { ServiceIds } from './service-ids.js';
import { sizeText } from './size-text.js';
import type {
  AutoscaleOptions,
  ConfigFile,
  MetricsOptions,
  ProbeOptions,
  ResourceOptions,
  ServiceHooks,
} from './service-options.js';
import type { ServicePort } from './service-port.js';
import { added } from './spelled.js';
import type { AddedService } from './spelled.js';
import type { UpdateStrategy } from './update-strategy.js';

/** Settings of a service. Either `ids` or `replicas`. */
export interface GameServiceProps {
  /**
   * The ids: one pod with an identity for each.
   *
   * @default - none; then give `replicas`
   */
  readonly ids?: ServiceIds;
  /**
   * Instead of ids: so many interchangeable pods.
   *
   * @default - none; then give `ids`
   */
  readonly replicas?: number;
  /**
   * The image.
   *
   * @default - the zone's
   */
  readonly image?: string;
  /**
   * An image of its own for single ids, by id.
   *
   * @default - all ids run `image`
   */
  readonly imageOfId?: { [id: string]: string };
  /**
   * The ports that the process listens on.
   *
   * @default - those of `expose`
   */
  readonly ports?: ServicePort[];
  /**
   * How clients outside the cluster reach the service.
   *
   * @default - they do not
   */
  readonly expose?: Exposure;
  /**
   * The arguments of the process.
   *
   * @default - `--type <type> --id $(GAMEZONE_SERVICE_ID) --zone <zoneId>`
   */
  readonly args?: string[];
  /**
   * Environment variables, by name.
   *
   * @default - only those that the zone gives
   */
  readonly env?: { [name: string]: string };
  /**
   * Environment variables whose values are keys of Secrets, by name. Literals are refused here.
   *
   * @default - none
   */
  readonly secretEnv?: { [name: string]: Credential };
  /**
   * Files written into the container.
   *
   * @default - none
   */
  readonly configFiles?: ConfigFile[];
  /**
   * The artifacts that the service mounts.
   *
   * @default - none
   */
  readonly artifacts?: ArtifactVolume;
  /**
   * Further artifacts.
   *
   * @default - none
   */
  readonly moreArtifacts?: ArtifactVolume[];
  /**
   * The size of /dev/shm; it counts as memory of the pod.
   *
   * @default - what the container runtime gives, 64 MiB
   */
  readonly sharedMemory?: Size;
  /**
   * CPU and memory.
   *
   * @default - no requests: `gamezone synth` warns
   */
  readonly resources?: ResourceOptions;
  /**
   * Probes.
   *
   * @default - a TCP readiness probe on the first TCP port
   */
  readonly probes?: ProbeOptions;
  /**
   * How a change reaches the pods that are there.
   *
   * @default UpdateStrategy.inPlace()
   */
  readonly update?: UpdateStrategy;
  /**
   * Checks that must agree before (or after) a pod is touched.
   *
   * @default - none
   */
  readonly hooks?: ServiceHooks;
  /**
   * An autoscaler. Services with `replicas` only.
   *
   * @default - none
   */
  readonly autoscale?: AutoscaleOptions;
  /**
   * Where Prometheus finds the metrics.
   *
   * @default - nowhere
   */
  readonly metrics?: MetricsOptions;
  /**
   * The time between the request to end and the end by force; whole seconds.
   *
   * @default Duration.seconds(120)
   */
  readonly terminationGracePeriod?: Duration;
  /**
   * How long a pod must stay ready before it counts as available; whole seconds.
   *
   * @default Duration.seconds(5)
   */
  readonly minReady?: Duration;
  /**
   * The time without progress after which a rollout counts as Degraded; whole seconds.
   *
   * @default Duration.hours(1)
   */
  readonly progressDeadline?: Duration;
  /**
   * Whether the pods start one after the other. Services with ids only.
   *
   * @default false
   */
  readonly ordered?: boolean;
  /**
   * How many pods a node drain may take at a time, a number or a percentage; `none` makes no PodDisruptionBudget.
   *
   * @default 1
   */
  readonly maxDisrupted?: number | string;
  /**
   * `baseline` or `restricted`.
   *
   * @default - the zone's
   */
  readonly security?: string;
  /**
   * Labels of the nodes that may run the pods.
   *
   * @default - any node
   */
  readonly nodeSelector?: { [label: string]: string };
  /**
   * Taints that the pods tolerate, as Kubernetes spells them.
   *
   * @default - none
   */
  readonly tolerations?: any[];
  /**
   * When the node pulls the image: `Always`, `IfNotPresent` or `Never`.
   *
   * @default 'IfNotPresent'
   */
  readonly imagePullPolicy?: string;
}

/** One type of service of a zone: its workloads, its Services and what keeps it available. */
export class GameService extends Construct {
  /** The type: name of the container and value of `--type`. */
  public readonly type: string;

  /**
   * @param zone the zone
   * @param type the type, lower-case letters, digits and hyphens; also the construct's id, which for the type `constructor` is
   * `constructor.service`
   * @throws Error when a setting cannot be, or contradicts another one or the zone
   */
  public constructor(zone: GameZone, type: string, props: GameServiceProps) {
    super(zone, constructId(type, 'service'));
    this.type = type;
    const said = added<AddedService>(props, () => ({ entries: entriesOf(this.node.path, type, props) }));
    const objects = addObjects(this, zone, zone._addService(this, said));
    const workload = objects.find(({ kind }) => WORKLOAD_KINDS.includes(kind));
    if (workload) this.node.defaultChild = workload;
  }

  /** The workloads: one for each run of neighbouring ids, or the one of the replicas. */
  public get workloads(): ApiObject[] {
    return this.node.children.filter(
      (child): child is ApiObject => ApiObject.isApiObject(child) && WORKLOAD_KINDS.includes(child.kind),
    );
  }
}

const WORKLOAD_KINDS = ['GameStatefulSet', 'GameDeployment', 'StatefulSet', 'Deployment'];

/** The entries of a zone file that say the same; settings stand in the first one. */
function entriesOf(path: string, type: string, props: GameServiceProps): ServiceEntry[] {
  const { ids, replicas, image, imageOfId = {} } = props;
  if ((ids === undefined) === (replicas === undefined)) throw new Error(`${path}: give either \`ids\` or \`replicas\``);
  const settings = settingsOf(path, props);
  const common = { type, ...(image !== undefined && { image }) };
  if (!ids) {
    if (Object.keys(imageOfId).length > 0) throw new Error(`${path}: \`imageOfId\` needs \`ids\``);
    return [{ ...common, replicas: replicas!, ...settings }];
  }
  const stray = Object.keys(imageOfId).find((id) => !ids.ids.includes(Number(id)));
  if (stray !== undefined) throw new Error(`${path}: \`imageOfId\` names ${stray}, which is none of the ids`);
  return runsOf(ids.ids.map((id) => ({ id }))).map((run, index) => {
    const [first, last] = [run[0]!.id, run.at(-1)!.id];
    const own = Object.entries(imageOfId).filter(([id]) => Number(id) >= first && Number(id) <= last);
    return {
      ...common,
      id: first,
      ...(last > first && { endId: last }),
      ...(own.length > 0 && { overrides: Object.fromEntries(own.map(([id, own]) => [id, { image: own }])) }),
      ...(index === 0 ? settings : {}),
    };
  });
}

function settingsOf(path: string, props: GameServiceProps): Omit<ServiceEntry, 'type'> {
  const ports = allPorts(props);
  const volumes = [...(props.artifacts ? [props.artifacts] : []), ...(props.moreArtifacts ?? [])];
  const env = { ...props.env, ...secretEnv(path, props.secretEnv ?? {}) };
  const { hooks, metrics, maxDisrupted, probes } = props;
  const fields = {
    artifacts: volumes.map(({ volumeName }) => volumeName),
    ports: ports.length > 0 ? ports : undefined,
    expose: props.expose?._toFields(ports),
    args: props.args,
    configFiles: props.configFiles,
    autoscale: props.autoscale,
    metrics: metrics && {
      port: metrics.port,
      ...(metrics.path !== undefined && { path: metrics.path }),
      ...(metrics.podMonitor && { scrape: 'PodMonitor' }),
      ...(metrics.interval && { interval: `${metrics.interval.toSeconds()}s` }),
    },
    sharedMemory: props.sharedMemory && sizeText(props.sharedMemory),
    resources: props.resources,
    probes,
    terminationGracePeriodSeconds: props.terminationGracePeriod?.toSeconds(),
    minReadySeconds: props.minReady?.toSeconds(),
    progressDeadlineSeconds: props.progressDeadline?.toSeconds(),
    podManagementPolicy: props.ordered ? 'OrderedReady' : undefined,
    disruptionBudget:
      maxDisrupted === undefined ? undefined : maxDisrupted === 'none' ? 'none' : { maxUnavailable: maxDisrupted },
    security: props.security,
    update: props.update?._toStrategy(props.replicas !== undefined),
    hooks: hooks && {
      ...(hooks.preDelete && { preDelete: _hookStep(hooks.preDelete) }),
      ...(hooks.preInplace && { preInplace: _hookStep(hooks.preInplace) }),
      ...(hooks.postInplace && { postInplace: _hookStep(hooks.postInplace) }),
    },
    env: Object.keys(env).length > 0 ? env : undefined,
    nodeSelector: props.nodeSelector,
    tolerations: props.tolerations,
    imagePullPolicy: props.imagePullPolicy,
  };
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined));
}

/** The service's ports, and those that only its exposure names. */
function allPorts({ ports = [], expose }: GameServiceProps): ServicePort[] {
  const known = new Set(ports.map(({ port, protocol = 'TCP' }) => `${protocol} ${port}`));
  const further = (expose?._ports ?? []).filter(({ port, protocol = 'TCP' }) => !known.has(`${protocol} ${port}`));
  return [...ports, ...further];
}

function secretEnv(path: string, secrets: { [name: string]: Credential }): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(secrets).map(([name, credential]) => {
      const { valueSecretRef } = credential._toFields('value');
      if (valueSecretRef === undefined)
        throw new Error(`${path}: secretEnv.${name} is a literal; use Credential.fromSecret`);
      return [name, { secretKeyRef: valueSecretRef }];
    }),
  );
}
