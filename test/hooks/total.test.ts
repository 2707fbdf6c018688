import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { checkHookUse } from '../../src/hooks/arguments.js';
import { checkHookTemplate } from '../../src/hooks/template.js';
import type { HookStepSpec, HookTemplateSpec } from '../../src/hooks/spec.js';

// Whatever JSON stands where a template is expected, the checks say something about it and do not throw.

const scalar = fc.oneof(
  fc.constantFrom<unknown>(
    null,
    0,
    1,
    -1,
    2.5,
    60,
    true,
    '',
    '60s',
    '1d',
    'asInt(result) < 3',
    '{{ args.PodIP }}',
    '{{',
    'http://u:p@h/',
  ),
  fc.string(),
);
const anything = fc.oneof({ weight: 3, arbitrary: scalar }, { weight: 1, arbitrary: fc.jsonValue({ maxDepth: 2 }) });

function holding(
  keys: readonly string[],
  inside: Readonly<Record<string, fc.Arbitrary<unknown>>> = {},
): fc.Arbitrary<unknown> {
  const fields = Object.fromEntries(
    keys.map((key) => [
      key,
      fc.oneof({ weight: 3, arbitrary: inside[key] ?? anything }, { weight: 1, arbitrary: anything }),
    ]),
  );
  return fc.record(fields, { requiredKeys: [] });
}
const some = (item: fc.Arbitrary<unknown>) =>
  fc.array(fc.oneof({ weight: 4, arbitrary: item }, { weight: 1, arbitrary: anything }), { maxLength: 3 });

const header = holding(['key', 'value', 'valueFrom'], {
  valueFrom: holding(['secretKeyRef'], { secretKeyRef: holding(['name', 'key']) }),
});
const provider = holding(['web', 'prometheus', 'kubernetes', 'exec'], {
  web: holding(['url', 'method', 'headers', 'body', 'timeoutSeconds', 'jsonPath'], { headers: some(header) }),
  prometheus: holding(['address', 'query', 'headers', 'timeoutSeconds'], { headers: some(header) }),
  kubernetes: holding(['function', 'fields'], { fields: some(holding(['path', 'value'])) }),
  exec: holding(['container', 'command'], { command: some(scalar) }),
});
const limits = [
  'count',
  'failureLimit',
  'successfulLimit',
  'inconclusiveLimit',
  'consecutiveErrorLimit',
  'consecutiveSuccessfulLimit',
];
const metric = holding(
  ['name', 'interval', 'initialDelay', 'successCondition', 'failureCondition', 'provider', ...limits],
  { provider },
);
const args = some(holding(['name', 'value']));
const template = fc.oneof(
  {
    weight: 9,
    arbitrary: holding(['policy', 'args', 'metrics', 'deadlineSeconds', 'ttlSecondsAfterFinished'], {
      args,
      metrics: some(metric),
    }),
  },
  { weight: 1, arbitrary: anything },
);
const step = fc.oneof(
  { weight: 9, arbitrary: holding(['templateName', 'args', 'onDeadline'], { args }) },
  { weight: 1, arbitrary: anything },
);

describe('odd input', () => {
  test('a template is checked without a throw, and every problem is a sentence', () => {
    fc.assert(
      fc.property(template, (spec) => {
        for (const { message, hint } of checkHookTemplate(spec as HookTemplateSpec)) {
          expect(message).not.toMatch(/undefined|\[object|^$/);
          expect(hint).toBeTruthy();
        }
      }),
      { numRuns: 1500 },
    );
  });

  test('so is a use of it', () => {
    const kind = fc.constantFrom(
      'preDelete' as const,
      'preInplace' as const,
      'postInplace' as const,
      'canary' as const,
    );
    fc.assert(
      fc.property(kind, step, template, fc.boolean(), (use, hookStep, spec, known) => {
        const containers = known ? { containers: ['game'] } : {};
        const problems = checkHookUse({
          kind: use,
          hookStep: hookStep as HookStepSpec,
          template: spec as HookTemplateSpec,
          ...containers,
        });
        expect(Array.isArray(problems)).toBe(true);
      }),
      { numRuns: 1500 },
    );
  });
});
