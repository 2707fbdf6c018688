import fc from 'fast-check';
import type { ZoneDocument } from '../../../constructs/model/resolve.js';
import { definedOnly, perhaps, secretRef, some, text } from './texts.js';

export type Template = NonNullable<ZoneDocument['spec']['hookTemplates']>[number];
export type Step = Readonly<Record<string, unknown>> & { readonly templateName: string };

/** A template and where it can be used. */
export interface UsableTemplate {
  readonly template: Template;
  /** Arguments that every use has to give. */
  readonly needs: readonly string[];
  /** Whether it asks for a pod, which a canary step has not. */
  readonly ofPod: boolean;
}

const header = fc.oneof(
  text().map((value) => ({ key: 'X-Zone', value })),
  secretRef().map((secretKeyRef) => ({ key: 'Authorization', valueFrom: { secretKeyRef } })),
);

const polling = some({
  initialDelay: fc.constantFrom('5s', '1m'),
  count: fc.constantFrom(3, 5),
  failureLimit: fc.constantFrom(0, 2),
  inconclusiveLimit: fc.constant(1),
  consecutiveErrorLimit: fc.constantFrom(3, 4),
}).map((fields) => ({ interval: '10s', ...(fields.count === undefined && { successfulLimit: 1 }), ...fields }));

const providers: fc.Arbitrary<object> = fc.oneof(
  some({
    method: fc.constant('POST'),
    headers: fc.array(header, { minLength: 1, maxLength: 2 }),
    body: text(),
    timeoutSeconds: fc.integer({ min: 1, max: 9 }),
    insecureSkipVerify: fc.boolean(),
  }).map(({ body, ...fields }) => ({
    web: {
      url: 'http://{{ args.PodIP }}:8080/players',
      jsonPath: '{$.online}',
      ...fields,
      ...(fields.method && body !== undefined && { body }),
    },
  })),
  fc.constantFrom('get', 'patch').map((verb) => ({
    kubernetes: { function: verb, fields: [{ path: 'metadata.annotations.drained', value: 'yes' }] },
  })),
);

const query = some({ headers: fc.tuple(header), timeoutSeconds: fc.integer({ min: 1, max: 9 }) }).map((fields) => ({
  prometheus: { address: 'http://prometheus:9090', query: 'sum(up)', ...fields },
}));

/** A template that asks something sensible. */
function usable(name: string): fc.Arbitrary<UsableTemplate> {
  const external = fc.constant({ template: { name, external: true }, needs: [], ofPod: false });
  const own = fc.boolean().chain((ofPod) =>
    fc
      .record({
        provider: ofPod ? providers : query,
        schedule: polling,
        given: perhaps(text().filter((value) => !value.includes('{{'))),
        needed: fc.boolean(),
        others: some({
          policy: fc.constantFrom('Ordered', 'Parallel'),
          deadlineSeconds: fc.constantFrom(600, 3600),
          ttlSecondsAfterFinished: fc.nat(99),
        }),
      })
      .map(({ provider, schedule, given, needed, others }): UsableTemplate => {
        const condition = 'kubernetes' in provider ? {} : { successCondition: 'asInt(result) == 0' };
        const args = [
          ...(given === undefined ? [] : [{ name: 'limit', value: given }]),
          ...(needed ? [{ name: 'who' }] : []),
        ];
        const spec = {
          ...(args.length > 0 && { args }),
          ...others,
          metrics: [{ name: 'asked', ...schedule, ...condition, provider }],
        };
        return { template: { name, spec }, needs: needed ? ['who'] : [], ofPod };
      }),
  );
  return fc.oneof({ weight: 1, arbitrary: external }, { weight: 4, arbitrary: own });
}

/** Up to three templates of different names; some of them names that services have too. */
export const templates = (): fc.Arbitrary<UsableTemplate[]> =>
  fc
    .uniqueArray(fc.constantFrom('drained', 'healthy', 'game', '7', 'game-hook'), { maxLength: 3 })
    .chain((names) => fc.tuple(...names.map(usable)));

const stepOf = ({ template, needs }: UsableTemplate): fc.Arbitrary<Step> =>
  fc
    .record({ values: fc.tuple(...needs.map(() => text())), onDeadline: perhaps(fc.constant('hold')) })
    .map(({ values, onDeadline }) => ({
      templateName: template.name,
      ...(needs.length > 0 && { args: needs.map((name, index) => ({ name, value: values[index] })) }),
      ...definedOnly({ onDeadline }),
    }));

/** The hooks of a service, as far as there are templates. */
export function hooks(usables: readonly UsableTemplate[]): fc.Arbitrary<object | undefined> {
  if (usables.length === 0) return fc.constant(undefined);
  const step = fc.constantFrom(...usables).chain(stepOf);
  return perhaps(some({ preDelete: step, preInplace: step, postInplace: step }));
}

/** A hook of a canary step. */
export function canaryHook(usables: readonly UsableTemplate[]): fc.Arbitrary<object> | undefined {
  const fitting = usables.filter(({ ofPod }) => !ofPod);
  if (fitting.length === 0) return undefined;
  return fc
    .constantFrom(...fitting)
    .chain(stepOf)
    .map(({ onDeadline: _, ...hook }) => ({ hook }));
}
