import type { GameStatefulSet, GameStatefulSetSpec } from '../../src/api/generated/types/game-stateful-set.js';
import type { Container, PodTemplateSpec } from '../../src/api/kubernetes.js';
import type { ControllerRevision, Job, StatefulSet, StatefulSetSpec, StatefulSetStatus } from '../../src/api/native.js';
import { REVISION_LABEL } from '../../src/api/native.js';
import type { ContainerStatus, Pod, PodCondition, StoredContainer } from '../../src/api/pod.js';
import type { Action, Decision } from '../../src/rollout/game-stateful-set/action.js';
import { CLOSED } from '../../src/rollout/game-stateful-set/child.js';
import { decide } from '../../src/rollout/game-stateful-set/decide.js';
import { Round } from '../../src/rollout/game-stateful-set/round.js';
import type { GameStatefulSetSnapshot } from '../../src/rollout/game-stateful-set/snapshot.js';
import { noHooks } from '../../src/rollout/hook-gate.js';
import { ObservedFacts } from '../../src/rollout/observations.js';
import { closedGate, openGate, READINESS_GATE } from '../../src/rollout/pod/gate.js';
import { UPDATE_STATE, updateStateText } from '../../src/rollout/pod/update-state.js';
import { timestamp } from '../../src/rollout/time.js';

/** The moment at which everything in these tests is decided, milliseconds since 1970. */
export const NOW = Date.UTC(2026, 10, 22, 12, 0, 0);
/** A timestamp so many seconds before {@link NOW}. */
export const ago = (seconds: number): string => timestamp(NOW - seconds * 1000);

/** Revisions are named by the image of their game: `A` is `game:A`. */
export function templateOf(revision: string, more: Partial<Container> = {}): PodTemplateSpec {
  return {
    metadata: { labels: { app: 'zone' } },
    spec: { containers: [{ name: 'game', image: `game:${revision}`, ...more }] },
  };
}

export const revisionOf = (name: string, revision: number, template = templateOf(name)): ControllerRevision => ({
  metadata: { name },
  revision,
  data: { spec: { template } },
});

export function workloadOf(
  spec: Partial<GameStatefulSetSpec> = {},
  more: Partial<GameStatefulSet> = {},
): GameStatefulSet {
  return {
    apiVersion: 'tkex.tencent.com/v1alpha1',
    kind: 'GameStatefulSet',
    metadata: { name: 'zone', namespace: 'ns', uid: 'zone-uid', resourceVersion: '1', generation: 1 },
    spec: {
      replicas: 3,
      selector: { matchLabels: { app: 'zone' } },
      serviceName: 'zone',
      podManagementPolicy: 'Parallel',
      template: templateOf('B'),
      ...spec,
      updateStrategy: { type: 'InplaceUpdate', ...spec.updateStrategy },
    },
    ...more,
  };
}

/** On its way from `A` to `B`, seen by its controller, with the partition closed. */
export function childOf(spec: Partial<StatefulSetSpec> = {}, status: Partial<StatefulSetStatus> = {}): StatefulSet {
  return {
    metadata: { name: 'zone', uid: 'child-uid', resourceVersion: '2', generation: 2 },
    spec: {
      replicas: 3,
      serviceName: 'zone',
      podManagementPolicy: 'Parallel',
      selector: { matchLabels: { app: 'zone' } },
      updateStrategy: { type: 'RollingUpdate', rollingUpdate: { partition: CLOSED } },
      template: gated(templateOf('B')),
      ...spec,
    },
    status: { observedGeneration: 2, currentRevision: 'A', updateRevision: 'B', ...status },
  };
}

export const gated = (template: PodTemplateSpec): PodTemplateSpec => ({
  ...template,
  spec: { ...template.spec, readinessGates: [{ conditionType: READINESS_GATE }] },
});

export type Stage =
  | 'serving'
  /** Its gate is open, and its only container crashes. */
  | 'crashing'
  /** Its gate is open, its container runs, and it is not ready. */
  | 'unready'
  | 'newborn'
  /** Out of traffic for `plan`, not patched yet. */
  | 'draining'
  /** Patched from A to its revision; the kubelet has not acted. */
  | 'patched'
  /** Patched; the new container runs and is not ready. */
  | 'starting'
  /** Patched; the new container waits. */
  | 'waiting'
  /** Patched and proven; the gate is closed. */
  | 'verified'
  | 'leaving'
  | 'failed';

export interface PodOptions {
  readonly ordinal: number;
  readonly revision?: string;
  readonly stage?: Stage;
  /** What a draining pod is to become. Default: B, after 5 s. */
  readonly plan?: { readonly target: string; readonly grace: number };
  /** Without the readiness gate. */
  readonly ungated?: boolean;
  /** Seconds since the last change of the stage. Default: 60. */
  readonly since?: number;
  /** The node; null is none yet. */
  readonly node?: string | null;
  readonly containers?: readonly StoredContainer[];
  readonly statuses?: readonly ContainerStatus[];
  readonly annotations?: Readonly<Record<string, string>>;
}

/** A pod as the API server shows it in a stage of its update. */
export function podOf(options: PodOptions): Pod {
  const { ordinal, revision = 'A', stage = 'serving', since = 60, ungated = false, node = 'node-1' } = options;
  const name = `zone-${ordinal}`;
  const isPatched = ['patched', 'starting', 'waiting', 'verified'].includes(stage);
  const state = updateStateText({
    revision,
    updateTimestamp: ago(since),
    containers: [{ name: 'game', imageID: 'game@sha256:0a', containerIDs: ['c-old'] }],
  });
  return {
    metadata: {
      name,
      namespace: 'ns',
      uid: `${name}-uid`,
      resourceVersion: String(100 + ordinal),
      labels: { app: 'zone', [REVISION_LABEL]: revision },
      annotations: { ...(isPatched && { [UPDATE_STATE]: state }), ...options.annotations },
      ...(stage === 'leaving' && { deletionTimestamp: ago(since) }),
    },
    spec: {
      containers: options.containers ?? [{ name: 'game', image: `game:${revision}` }],
      ...(!ungated && { readinessGates: [{ conditionType: READINESS_GATE }] }),
      ...(node !== null && { nodeName: node }),
    },
    status: {
      phase: stage === 'failed' ? 'Failed' : 'Running',
      conditions: [
        ...(ungated ? [] : gateConditions(options, since)),
        condition('Initialized', true, since),
        condition('Ready', stage === 'serving' || stage === 'leaving', since),
      ],
      containerStatuses: options.statuses ?? [statusOf(stage, ordinal)],
    },
  };
}

function gateConditions({ stage = 'serving', plan, revision = 'A' }: PodOptions, since: number): PodCondition[] {
  switch (stage) {
    case 'newborn':
      return [];
    case 'draining':
      return [closedGate(plan ?? { target: 'B', grace: 5 }, ago(since))];
    case 'patched':
    case 'starting':
    case 'waiting':
    case 'verified':
      return [closedGate({ target: revision, grace: 5 }, ago(since + 5))];
    default:
      return [openGate('PodStarted', ago(since))];
  }
}

const condition = (type: string, holds: boolean, since: number): PodCondition => ({
  type,
  status: holds ? 'True' : 'False',
  lastTransitionTime: ago(since),
});

/** Of the container `game`; what runs before a patch is `c-old`, what runs after it `c-new`. */
export function statusOf(stage: Stage, ordinal = 0): ContainerStatus {
  const base = { name: 'game', image: 'game:some', restartCount: 0 };
  const running = { running: { startedAt: ago(30) } };
  switch (stage) {
    case 'patched':
      return { ...base, imageID: 'game@sha256:0a', containerID: 'c-old', ready: true, started: true, state: running };
    case 'starting':
      return { ...base, imageID: 'game@sha256:0b', containerID: 'c-new', ready: false, started: true, state: running };
    case 'verified':
      return { ...base, imageID: 'game@sha256:0b', containerID: 'c-new', ready: true, started: true, state: running };
    case 'waiting':
    case 'crashing': {
      const waiting = { waiting: { reason: stage === 'waiting' ? 'ImagePullBackOff' : 'CrashLoopBackOff' } };
      return { ...base, imageID: 'game@sha256:0a', containerID: 'c-old', ready: false, state: waiting };
    }
    case 'newborn':
    case 'unready':
      return { ...base, imageID: 'game@sha256:0a', containerID: `c-${ordinal}`, ready: false, state: running };
    default:
      return {
        ...base,
        imageID: 'game@sha256:0a',
        containerID: `c-${ordinal}`,
        ready: true,
        started: true,
        state: running,
      };
  }
}

export type SnapshotOptions = Partial<Omit<GameStatefulSetSnapshot, 'child'>> & {
  readonly child?: StatefulSet | undefined;
};

/** On its way from A to B, unless told otherwise; the template of the spec is resolved. */
export function snapshotOf({ child = childOf(), ...options }: SnapshotOptions = {}): GameStatefulSetSnapshot {
  const workload = options.workload ?? workloadOf();
  return {
    workload,
    child,
    revisions: [revisionOf('A', 1, gated(templateOf('A'))), revisionOf('B', 2, gated(templateOf('B')))],
    pods: [],
    jobs: new Map(),
    resolved: { generation: workload.metadata.generation!, template: gated(workload.spec.template) },
    inTraffic: new Set(),
    kubelets: new Map([['node-1', 'v1.34.1']]),
    hooks: noHooks,
    ...options,
  };
}

/** A snapshot of a workload that has no child yet. */
export function beforeChild(options: SnapshotOptions = {}): GameStatefulSetSnapshot {
  const { child: _, ...snapshot } = snapshotOf({ revisions: [], ...options });
  return snapshot;
}

/** What is decided at {@link NOW} by a process that has seen the same for `watched` seconds. */
export function decided(snapshot: GameStatefulSetSnapshot, { watched = 0 } = {}): Decision {
  const facts = new ObservedFacts();
  if (watched > 0) {
    decide(snapshot, NOW - watched * 1000, facts);
    facts.forgetOthers();
  }
  return decide(snapshot, NOW, facts);
}

export const roundOf = (snapshot: GameStatefulSetSnapshot, facts = new ObservedFacts()): Round =>
  new Round(snapshot, NOW, facts);

/** One line for each action, without the status. */
export const linesOf = ({ actions }: Decision): string[] =>
  actions.filter(({ kind }) => kind !== 'writeStatus').map(lineOf);

export function lineOf(action: Action): string {
  switch (action.kind) {
    case 'openGate':
      return `open ${action.pod.name} (${action.reason})`;
    case 'closeGate':
      return `close ${action.pod.name}: ${action.plan.grace} s, then ${action.plan.target}`;
    case 'updatePod': {
      const { images, sidecars, initImages, labels, annotations } = action.change;
      const what = Object.entries({ ...images, ...sidecars, ...initImages, ...labels, ...annotations });
      return [`patch ${action.pod.name} to ${action.state.revision}`, ...what.map((entry) => entry.join('='))].join(
        ' ',
      );
    }
    case 'deletePod':
      return `delete ${action.pod.name}`;
    case 'changeChild':
      return `child: ${action.why}`;
    case 'createChild':
      return `create child with ${action.child.spec.replicas} replicas`;
    case 'resolveTemplate':
      return `resolve generation ${action.generation}`;
    case 'writeStatus':
      return `status ${action.status.phase}: ${action.status.message}`;
  }
}

export const jobOf = (name: string, state: 'Complete' | 'Failed' | 'running', uid = `${name}-uid`): Job => ({
  metadata: { name, uid },
  status: { conditions: state === 'running' ? [] : [{ type: state, status: 'True', reason: 'Because' }] },
});

/** The status that a decision writes; undefined where it writes none. */
export const statusIn = ({ actions }: Decision) =>
  actions.flatMap((action) => (action.kind === 'writeStatus' ? [action.status] : []))[0];
