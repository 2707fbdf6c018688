import { DEFAULTS } from '../model/defaults.js';
import { frozen } from './once.js';
import { hookTemplateName } from '../model/names.js';
import type { HookStep, Service, Workload, Zone } from '../model/zone.js';

type Strategy = Readonly<Record<string, unknown>>;
type CanaryStep = Readonly<Record<string, unknown>> & { readonly hook?: HookStep };

/** The author's updateStrategy, hook names made the objects' names, with our defaults where nothing was said. */
export function updateStrategy(zone: Zone, service: Service, kind: Workload['kind']): Strategy {
  if (Object.keys(service.update).length === 0) return UNWRITTEN[kind];
  return strategyOf(withObjectNames(zone, service.update), kind);
}

function strategyOf(written: Strategy, kind: Workload['kind']): Strategy {
  const type = written['type'] ?? 'InplaceUpdate';
  if (type === 'OnDelete') return { ...written, type };
  return {
    type,
    ...(kind === 'ids'
      ? { rollingUpdate: { maxUnavailable: DEFAULTS.maxUnavailable, ...(written['rollingUpdate'] as Strategy) } }
      : { maxUnavailable: DEFAULTS.maxUnavailable, maxSurge: 0 }),
    ...(type === 'InplaceUpdate' && {
      inPlaceUpdateStrategy: {
        gracePeriodSeconds: DEFAULTS.gracePeriodSeconds,
        ...(written['inPlaceUpdateStrategy'] as Strategy | undefined),
      },
      prepull: { ...DEFAULTS.prepull, ...(written['prepull'] as Strategy | undefined) },
    }),
    ...without(written, merged(kind, type)),
  };
}

/** The fields of the author's strategy that were merged with our defaults. */
const merged = (kind: Workload['kind'], type: unknown): string[] => [
  'type',
  ...(kind === 'ids' ? ['rollingUpdate'] : []),
  ...(type === 'InplaceUpdate' ? ['inPlaceUpdateStrategy', 'prepull'] : []),
];

const without = (object: Strategy, fields: readonly string[]): Strategy =>
  Object.fromEntries(Object.entries(object).filter(([field]) => !fields.includes(field)));

/** Most services leave it to us. */
const UNWRITTEN: Readonly<Record<Workload['kind'], Strategy>> = frozen({
  ids: strategyOf({}, 'ids'),
  replicas: strategyOf({}, 'replicas'),
});

/** `preDeleteUpdateStrategy` and its neighbours, for the hooks that the service has. */
export function hookStrategies(zone: Zone, { hooks }: Service): Record<string, object> {
  const { preDelete, preInplace, postInplace } = hooks;
  return {
    ...(preDelete && { preDeleteUpdateStrategy: { hook: withObjectName(zone, preDelete) } }),
    ...(preInplace && { preInplaceUpdateStrategy: { hook: withObjectName(zone, preInplace) } }),
    ...(postInplace && { postInplaceUpdateStrategy: { hook: withObjectName(zone, postInplace) } }),
  };
}

function withObjectNames(zone: Zone, strategy: Strategy): Strategy {
  const canary = strategy['canary'] as { readonly steps?: readonly CanaryStep[] } | undefined;
  if (!canary?.steps) return strategy;
  const steps = canary.steps.map((step) => (step.hook ? { ...step, hook: withObjectName(zone, step.hook) } : step));
  return { ...strategy, canary: { ...canary, steps } };
}

function withObjectName(zone: Zone, hook: HookStep): HookStep {
  const own = zone.hookTemplates.some(({ name, spec }) => spec !== undefined && name === hook.templateName);
  return own ? { ...hook, templateName: hookTemplateName(zone.name, hook.templateName) } : hook;
}
