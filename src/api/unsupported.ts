import type { Kind } from './check.js';
import type { FieldPath } from './fields.js';
import type { Path, Problem } from './problem.js';

/** A field that the released code does not act on. What it does not do is never silent. */
export interface Unsupported {
  readonly kind: Kind;
  /** `*` is the whole kind; otherwise the field and everything in it, with quoted keys in brackets: `metadata.annotations["a/b"]`. */
  readonly field: '*' | FieldPath;
  /** `refused`: it would change nothing in what synth writes. `warned`: it reaches the cluster, where nothing of ours acts on it. */
  readonly effect: 'refused' | 'warned';
  /** Why, as half a sentence that follows "has no effect:". */
  readonly why: string;
  /** What to do meanwhile. */
  readonly meanwhile: string;
  /** Values that ask for what happens anyway. */
  readonly unless?: readonly unknown[];
  /** What the controller does not do while this is asked for, rather than do it without. Absent: it does everything else. */
  readonly stops?: Stopped;
}

/** `creation` includes updates; `pods` are those with players in them, one by one. */
export type Stopped = 'updates' | 'creation' | 'pods';

const noController = {
  field: '*',
  effect: 'warned',
  why: 'the controller of this release keeps GameStatefulSets only',
} as const;

const hook = {
  kind: 'GameStatefulSet',
  effect: 'warned',
  why: 'nobody runs hooks yet, and without its answer no player is disturbed',
  meanwhile: 'ask the question by hand before an update, and leave the hook out',
  unless: [{}, { retry: true }, { retry: false }],
  stops: 'pods',
} as const;

const gesture = {
  kind: 'GameStatefulSet',
  effect: 'warned',
  why: 'there are no steps yet that a person could move',
} as const;

const hotPatch = {
  kind: 'GameStatefulSet',
  effect: 'warned',
  why: 'hot patches are not part of this release',
  meanwhile: 'use `type: InplaceUpdate` without `hotPatch`',
  stops: 'creation',
} as const;

const createBatch = {
  field: 'spec.scaleStrategy.createBatch',
  effect: 'warned',
  why: 'native children create all missing pods at once',
  meanwhile: 'raise `replicas` step by step',
  unless: ['100%'],
} as const;

const policy = {
  field: 'spec.updateStrategy.inPlaceUpdateStrategy.policy',
  effect: 'warned',
  why: 'all containers of a pod are changed by one patch',
  meanwhile: 'let the processes wait for each other when they start',
  unless: ['DisOrdered', ''],
} as const;

const INDEX = 'tkex.bkbcs.tencent.com/gamedeployment-index';
const INSTANCE_ID = 'tkex.bkbcs.tencent.com/gamedeployment-instance-id';

const index = {
  kind: 'GameDeployment',
  effect: 'warned',
  why: 'pods of a ReplicaSet are interchangeable and have no index',
  meanwhile: 'use a GameStatefulSet with `ordinals.start`: the ordinal is the index',
} as const;

const instanceId = {
  kind: 'GameDeployment',
  effect: 'warned',
  why: 'a ReplicaSet names its pods and gives them no instance id',
  meanwhile: 'tell pods apart by their names',
} as const;

export const UNSUPPORTED: readonly Unsupported[] = [
  {
    kind: 'GameZone',
    field: 'spec.artifacts[].onChange',
    effect: 'refused',
    why: 'nothing acts on a changed release yet',
    meanwhile: 'leave it out: a pinned release that changes comes with the next rollout',
  },
  {
    kind: 'GameZone',
    field: 'spec.volumes[].share',
    effect: 'refused',
    why: 'the Samba server beside a volume is not part of this release',
    meanwhile: 'run Samba on the claim `<zone>-artifacts` with what `gamezone artifacts smb-conf` prints',
  },
  {
    kind: 'GameZone',
    field: 'spec.gameZone.serviceConfig[].logs',
    effect: 'refused',
    why: 'collecting log files is not part of this release',
    meanwhile: 'write logs to standard output, where every log agent finds them',
  },
  {
    kind: 'GameStatefulSet',
    field: 'spec.updateStrategy.canary',
    effect: 'warned',
    why: 'the steps of a canary are not run yet',
    meanwhile: 'leave `canary` out, and lower `rollingUpdate.partition` step by step',
    unless: [{ steps: [] }],
    stops: 'updates',
  },
  {
    kind: 'GameStatefulSet',
    field: 'spec.instances',
    effect: 'warned',
    why: 'no pod gets an image of its own yet',
    meanwhile: 'give all ids the same image',
    unless: [[]],
    stops: 'creation',
  },
  { ...hotPatch, field: 'spec.updateStrategy.hotPatch' },
  { ...hotPatch, field: 'spec.updateStrategy.type', unless: ['InplaceUpdate', 'RollingUpdate', 'OnDelete'] },
  { ...hook, field: 'spec.preDeleteUpdateStrategy' },
  { ...hook, field: 'spec.preInplaceUpdateStrategy' },
  { ...hook, field: 'spec.postInplaceUpdateStrategy' },
  {
    kind: 'GameStatefulSet',
    field: 'spec.updateStrategy.prepull',
    effect: 'warned',
    why: 'images are not pulled beforehand yet, and one that cannot be pulled stops the pods that get it',
    meanwhile: 'pull the image on the nodes yourself, or try it on one pod with `rollingUpdate.partition`',
  },
  {
    ...gesture,
    field: 'metadata.annotations["gamezone.dev/action"]',
    meanwhile: 'change the spec: `partition`, `paused`, or the old template again',
  },
  { ...gesture, field: 'metadata.annotations["gamezone.dev/pause"]', meanwhile: 'set `updateStrategy.paused`' },
  {
    kind: 'GameStatefulSet',
    field: 'spec.template.metadata.annotations["pod.gamestatefulset.bkbcs.tencent.com/node-lost-force-delete"]',
    effect: 'warned',
    why: 'pods on a lost node are left to Kubernetes',
    meanwhile: 'fence the node, or delete the pod with `--grace-period=0 --force`',
    unless: ['false'],
  },
  {
    kind: 'GameStatefulSet',
    field: 'spec.updateStrategy.rollingUpdate.maxSurge',
    effect: 'warned',
    why: 'a StatefulSet never has more pods than replicas',
    meanwhile: 'use `maxUnavailable`',
    unless: [0, '0%'],
  },
  {
    kind: 'GameStatefulSet',
    field: 'spec.reserveOrders',
    effect: 'warned',
    why: 'a StatefulSet numbers its pods without gaps',
    meanwhile: 'use one workload for each run of ordinals, as a zone file does for ids with a gap',
    unless: [[]],
  },
  { kind: 'GameStatefulSet', ...createBatch },
  { kind: 'GameStatefulSet', ...policy },
  {
    kind: 'GameDeployment',
    ...noController,
    meanwhile: 'with `runtime: native` a zone becomes Deployments, which every cluster runs',
  },
  { kind: 'GameDeployment', ...createBatch },
  { kind: 'GameDeployment', ...policy },
  { ...index, field: `metadata.annotations["${INDEX}-on"]`, unless: ['false'] },
  { ...index, field: `metadata.annotations["${INDEX}-range"]` },
  { ...instanceId, field: `spec.selector.matchLabels["${INSTANCE_ID}"]` },
  { ...instanceId, field: `spec.template.metadata.labels["${INSTANCE_ID}"]` },
  {
    kind: 'HookTemplate',
    ...noController,
    meanwhile: 'ask the question by hand before each step, or let the operator of the seed system run the hooks',
  },
  {
    kind: 'HookRun',
    ...noController,
    meanwhile: 'ask the question by hand, or let the operator of the seed system run it',
  },
];

/** A row that applies to an object, and the first place where it does. */
export interface AskedFor {
  readonly row: Unsupported;
  readonly path: Path;
}

/** What an object asks for and does not get. */
export function askedFor(kind: Kind, object: unknown, rows: readonly Unsupported[] = UNSUPPORTED): AskedFor[] {
  const asked: AskedFor[] = [];
  for (const row of rows) {
    if (row.kind !== kind) continue;
    const path = row.field === '*' ? ['kind'] : firstPlace(object, segments(row.field), 0, row);
    if (path) asked.push({ row, path });
  }
  return asked;
}

/** What of an object will not happen: one problem for each row of the table, at the first place where it applies. */
export function findUnsupported(kind: Kind, object: unknown, rows: readonly Unsupported[] = UNSUPPORTED): Problem[] {
  return askedFor(kind, object, rows).map(({ row, path }) => ({
    path,
    message: unsupportedSentence(row),
    hint: row.meanwhile,
    severity: row.effect === 'refused' ? 'error' : 'warning',
  }));
}

const STOPS: Readonly<Record<Stopped, string>> = {
  updates: 'stops every update',
  creation: 'stops every update and every new pod',
  pods: 'keeps pods with players as they are',
};

/** What a row says, without a full stop. */
export function unsupportedSentence({ kind, field, stops, why }: Unsupported): string {
  if (field === '*') return `nothing acts on a ${kind} yet: ${why}`;
  const name = segments(field).findLast((segment) => segment !== '[]' && segment !== '.*')!;
  return `\`${name}\` ${consequence(stops)}: ${why}`;
}

/** What comes of asking for it: `has no effect`, or what is not done meanwhile. */
export const consequence = (stops: Stopped | undefined): string =>
  stops === undefined ? 'has no effect' : STOPS[stops];

const isAsked = (value: unknown, { unless }: Unsupported): boolean =>
  value !== undefined && unless?.some((idle) => JSON.stringify(idle) === JSON.stringify(value)) !== true;

/** Whether a row tells of a field. */
export function isUnsupported(kind: Kind, field: FieldPath, rows: readonly Unsupported[] = UNSUPPORTED): boolean {
  return rows.some(
    (row) =>
      row.kind === kind && (row.field === '*' || row.field === field || /^[.[]/.test(startsAfter(field, row.field))),
  );
}

function startsAfter(field: FieldPath, start: FieldPath): string {
  return field.startsWith(start) ? field.slice(start.length) : '';
}

const parsedFields = new Map<FieldPath, readonly string[]>();

/** `a.b[].c["d/e"].*` -> `a`, `b`, `[]`, `c`, `d/e`, `.*`. */
function segments(field: FieldPath): readonly string[] {
  const known = parsedFields.get(field);
  if (known) return known;
  const parsed = [...field.matchAll(/\[\]|\["([^"]+)"\]|\.?\*|[^.[\]]+/g)].map(
    ([text, quoted]) => quoted ?? (text.endsWith('*') ? '.*' : text),
  );
  parsedFields.set(field, parsed);
  return parsed;
}

/** The first place that the segments from `depth` on lead to and whose value is wanted. */
function firstPlace(
  value: unknown,
  field: readonly string[],
  depth: number,
  row: Unsupported,
): (string | number)[] | undefined {
  const segment = field[depth];
  if (segment === undefined) return isAsked(value, row) ? [] : undefined;
  if (typeof value !== 'object' || value === null) return undefined;
  const all = segment === '[]' || segment === '.*';
  if (!all && !Object.hasOwn(value, segment)) return undefined;
  for (const key of all ? Object.keys(value) : [segment]) {
    const rest = firstPlace((value as Record<string, unknown>)[key], field, depth + 1, row);
    if (rest) return [Array.isArray(value) ? Number(key) : key, ...rest];
  }
  return undefined;
}
