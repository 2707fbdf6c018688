import type { GameStatefulSet } from '../../../src/api/generated/types/game-stateful-set.js';
import type { Workload } from '../../../src/controller/game-stateful-set/objects.js';
import { gameStatefulSets } from '../../../src/controller/resources.js';
import type { Command, Commands } from '../runner/command.js';
import { NotSo } from '../runner/failure.js';
import type { Line } from '../runner/line.js';
import type { Session } from '../runner/session.js';
import { findKind } from '../runner/kinds.js';
import { valueOf } from '../runner/value.js';
import { watchUntil } from '../runner/watch-until.js';

/** Milliseconds in which a workload comes to rest. */
const PATIENCE = 60_000;

type Spec = GameStatefulSet['spec'];
interface Container {
  name: string;
  image: string;
  env?: object[];
}

/** How a word changes a spec. */
const SETTINGS: Readonly<Record<string, (spec: Spec, value: unknown) => Spec>> = {
  replicas: (spec, value) => ({ ...spec, replicas: value as number }),
  history: (spec, value) => ({ ...spec, revisionHistoryLimit: value as number }),
  minReady: (spec, value) => ({ ...spec, minReadySeconds: value as number }),
  order: (spec, value) => ({ ...spec, podManagementPolicy: value as 'Parallel' }),
  start: (spec, value) => ({ ...spec, ordinals: { start: value as number } }),
  image: (spec, value) => withContainer(spec, 'app', { image: textOf(value) }),
  sidecar: (spec, value) => withContainer(spec, 'log', { image: textOf(value) }),
  mode: (spec, value) => withContainer(spec, 'app', { env: [{ name: 'MODE', value: textOf(value) }] }),
  label: (spec, value) => ({
    ...spec,
    template: {
      ...spec.template,
      metadata: {
        ...spec.template.metadata,
        labels: { ...spec.template.metadata?.labels, tier: textOf(value) },
      },
    },
  }),
  type: (spec, value) => inStrategy(spec, { type: value as 'InplaceUpdate' }),
  paused: (spec, value) => inStrategy(spec, { paused: value as boolean }),
  maxUnavailable: (spec, value) => inRollingUpdate(spec, { maxUnavailable: value as number }),
  partition: (spec, value) => inRollingUpdate(spec, { partition: value as number }),
  grace: (spec, value) => inPlace(spec, { gracePeriodSeconds: value as number }),
  fallback: (spec, value) => inPlace(spec, { fallback: value as 'Recreate' }),
  deadline: (spec, value) => ({ ...spec, progressDeadlineSeconds: value as number }),
  gate: (spec, value) => ({ ...spec, disableReadinessGate: value === undefined }),
  after: (spec, value) => ({ ...spec, prerequisites: [{ kind: 'Job', name: textOf(value) }] }),
  hook: (spec, value) => ({ ...spec, preInplaceUpdateStrategy: { hook: { templateName: textOf(value) } } }),
};

const run: Command = {
  usage: 'run NAME SETTING=VALUE ...      (a workload of type InplaceUpdate, as somebody applies it)',
  request: true,
  parse: (line) => {
    const name = line.next('a name');
    const settings = settingsIn(line);
    return async (session) => {
      const workload = {
        apiVersion: 'tkex.tencent.com/v1alpha1',
        kind: 'GameStatefulSet',
        metadata: { namespace: session.namespace, name },
        spec: settings(blank(name), session),
      };
      await session.wrote(kind, await session.cluster.api.create(gameStatefulSets, workload));
    };
  },
};

const change: Command = {
  usage: 'change NAME SETTING=VALUE ...',
  request: true,
  parse: (line) => {
    const name = line.next('a name');
    const settings = settingsIn(line);
    return async (session) => {
      const of = { namespace: session.namespace, name };
      const { spec } = await session.cluster.api.get<Workload>(gameStatefulSets, of);
      const body = { spec: settings(spec, session) };
      await session.wrote(kind, await session.cluster.api.patch(gameStatefulSets, of, { type: 'merge', body }));
    };
  },
};

const settled: Command = {
  usage: 'settled NAME      (within 60 s it is Healthy, as it was asked for last)',
  parse: (line) => {
    const name = line.next('a name');
    line.end();
    return async (session) => {
      const store = await session.use(kind);
      let seen: Workload | undefined;
      const isSo = (): boolean => {
        seen = session.seen(kind)?.find(({ metadata }) => metadata.name === name) as Workload | undefined;
        return seen?.status?.phase === 'Healthy' && seen.status.observedGeneration === seen.metadata.generation;
      };
      if (await watchUntil(store, session.cluster.clock, PATIENCE, isSo)) return;
      throw new NotSo(`not so within ${PATIENCE / 1000} s`, [
        `${seen?.status?.phase ?? ''}: ${seen?.status?.message ?? ''}`,
      ]);
    };
  },
};

export const workloadCommands: Commands = { run, change, settled };

const kind = findKind('gamestatefulset')!;

function settingsIn(line: Line): (spec: Spec, session: Session) => Spec {
  const pairs = line.pairs();
  line.noBody();
  for (const [key] of pairs)
    if (!Object.hasOwn(SETTINGS, key))
      line.fail(`there is no setting "${key}", only ${Object.keys(SETTINGS).join(', ')}`);
  return (spec, session) => pairs.reduce((made, [key, text]) => SETTINGS[key]!(made, valueOf(text, session)), spec);
}

function blank(name: string): Spec {
  return {
    replicas: 1,
    serviceName: name,
    podManagementPolicy: 'Parallel',
    selector: { matchLabels: { app: name } },
    updateStrategy: { type: 'InplaceUpdate', rollingUpdate: { maxUnavailable: 1 } },
    template: {
      metadata: { labels: { app: name } },
      spec: { terminationGracePeriodSeconds: 10, containers: [{ name: 'app', image: 'app:1' }] },
    },
  };
}

function withContainer(spec: Spec, name: string, change: Partial<Container>): Spec {
  const containers = (spec.template.spec?.['containers'] ?? []) as Container[];
  const before = containers.find((container) => container.name === name);
  const next = { name, image: 'app:1', ...before, ...change };
  const all = before ? containers.map((one) => (one === before ? next : one)) : [...containers, next];
  return { ...spec, template: { ...spec.template, spec: { ...spec.template.spec, containers: all } } } as Spec;
}

const textOf = (value: unknown): string => (typeof value === 'string' ? value : JSON.stringify(value));

type Strategy = NonNullable<Spec['updateStrategy']>;

const inStrategy = (spec: Spec, change: Strategy): Spec => ({
  ...spec,
  updateStrategy: { ...spec.updateStrategy, ...change },
});
const inRollingUpdate = (spec: Spec, change: Strategy['rollingUpdate']): Spec =>
  inStrategy(spec, { rollingUpdate: { ...spec.updateStrategy?.rollingUpdate, ...change } });
const inPlace = (spec: Spec, change: Strategy['inPlaceUpdateStrategy']): Spec =>
  inStrategy(spec, { inPlaceUpdateStrategy: { ...spec.updateStrategy?.inPlaceUpdateStrategy, ...change } });
