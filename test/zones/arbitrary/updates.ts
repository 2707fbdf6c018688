import fc from 'fast-check';
import { canaryHook } from './hooks.js';
import type { UsableTemplate } from './hooks.js';
import { some } from './texts.js';

const count = fc.oneof(fc.integer({ min: 1, max: 3 }), fc.constantFrom('25%', '100%'));
const counts = some({ maxUnavailable: count, partition: fc.constantFrom<number | string>(0, 2, '50%') });

/** An updateStrategy of workloads that the controller updates; `replicated` ones have their counts at the top. */
export function update(replicated: boolean, templates: readonly UsableTemplate[]): fc.Arbitrary<object> {
  const placed = counts.map((fields) =>
    replicated || Object.keys(fields).length === 0 ? fields : { rollingUpdate: fields },
  );
  const canary = some({ canary: canaryOf(templates) });
  const inPlace = some({
    inPlaceUpdateStrategy: some({
      gracePeriodSeconds: fc.nat(60),
      fallback: fc.constantFrom('Reject', 'Recreate'),
      ungatedPods: fc.constantFrom('Patch', 'Recreate'),
    }),
    prepull: some({
      timeoutSeconds: fc.integer({ min: 1, max: 900 }),
      onFailure: fc.constantFrom('Continue', 'Pause'),
    }),
  });
  return fc.oneof(
    fc
      .record({ type: some({ type: fc.constant('InplaceUpdate') }), placed, inPlace, canary })
      .map((all) => merged(all)),
    fc.record({ type: fc.constant({ type: 'RollingUpdate' }), placed, canary }).map((all) => merged(all)),
    fc.record({ type: fc.constant({ type: 'HotPatchUpdate' }), placed, canary }).map((all) => merged(all)),
    fc.constant({ type: 'OnDelete' }),
  );
}

/** An updateStrategy of Kubernetes' own workloads. */
export const nativeUpdate = (replicated: boolean): fc.Arbitrary<object> =>
  replicated
    ? some({ type: fc.constant('RollingUpdate'), maxUnavailable: count, maxSurge: fc.integer({ min: 1, max: 2 }) })
    : fc.oneof(
        some({ type: fc.constant('RollingUpdate'), rollingUpdate: some({ partition: fc.nat(3) }) }),
        fc.constant({ type: 'OnDelete' }),
      );

/** Steps that do something at any number of pods: waits, then everything. */
function canaryOf(templates: readonly UsableTemplate[]): fc.Arbitrary<object> {
  const hook = canaryHook(templates);
  const pause = some({ duration: fc.integer({ min: 1, max: 600 }) }).map((fields) => ({ pause: fields }));
  const waits = hook
    ? fc.constantFrom(...[['pause'], ['hook'], ['hook', 'pause'], ['pause', 'hook', 'hook', 'pause']])
    : fc.constant(['pause']);
  return fc
    .record({
      steps: waits.chain((kinds) => fc.tuple(...kinds.map((kind) => (kind === 'hook' ? hook! : pause)))),
      last: fc.constantFrom<object[]>([], [{ partition: 0 }], [{ partition: '0%' }]),
      failure: some({ onFailure: fc.constantFrom('Pause', 'Abort') }),
    })
    .map(({ steps, last, failure }) => ({ steps: [...steps, ...last], ...failure }));
}

const merged = (parts: Readonly<Record<string, object>>): object =>
  Object.fromEntries(Object.values(parts).flatMap((part) => Object.entries(part)));
