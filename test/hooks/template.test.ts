import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { formatPath } from '../../src/api/problem.js';
import type { HookTemplateSpec, MetricSpec, ProviderSpec } from '../../src/hooks/spec.js';
import { checkHookTemplate } from '../../src/hooks/template.js';

const NEVER = 'the metric can never become Successful';

/** `path: message`, with `(warning)` where it is one. */
function told(template: HookTemplateSpec): string[] {
  return checkHookTemplate(template).map(
    ({ path, message, severity }) => `${formatPath(path)}: ${message}${severity === 'warning' ? ' (warning)' : ''}`,
  );
}

/** A metric without a mistake, and what the case changes. */
function metric(change: Partial<MetricSpec> = {}): MetricSpec {
  const web = { url: 'http://{{ args.PodIP }}:8080/players', jsonPath: '{$.online}' };
  return { name: 'players', successCondition: 'asInt(result) == 0', provider: { web }, ...change };
}
const of = (change: Partial<MetricSpec>, template: HookTemplateSpec = {}) =>
  told({ metrics: [metric(change)], ...template });
const from = (provider: unknown, change: Partial<MetricSpec> = {}) =>
  told({ metrics: [{ name: 'm', provider: provider as ProviderSpec, ...change }] }).map((text) =>
    text.replace('metrics[0].provider.', ''),
  );
const web = (change: object) => from({ web: { url: 'http://game/', ...change } });

describe('templates that are right', () => {
  test.each<[what: string, template: HookTemplateSpec]>([
    ['one measurement', { metrics: [metric()] }],
    ['count and interval', { metrics: [metric({ count: 3, interval: '10s', failureLimit: 3, successfulLimit: 3 })] }],
    [
      'waiting until the players are gone',
      { deadlineSeconds: 3600, metrics: [metric({ interval: '10s', successfulLimit: 1 })] },
    ],
    [
      'failing at the first failure',
      { deadlineSeconds: 60, metrics: [metric({ interval: '1s', consecutiveSuccessfulLimit: 3, failureLimit: 0 })] },
    ],
    ['a status alone', { metrics: [{ name: 'up', provider: { web: { url: 'https://game.example.com/' } } }] }],
    [
      'prometheus',
      {
        metrics: [
          {
            name: 'p',
            successCondition: 'result[0] < 0.05',
            provider: { prometheus: { address: 'http://prometheus:9090', query: 'rate(x[1m])' } },
          },
        ],
      },
    ],
    [
      'exec',
      {
        metrics: [
          {
            name: 'e',
            successCondition: 'result == "0"',
            provider: { exec: { container: 'game', command: ['/bin/players'] } },
          },
        ],
      },
    ],
    [
      'kubernetes',
      {
        metrics: [
          {
            name: 'k',
            provider: {
              kubernetes: {
                function: 'get',
                fields: [{ path: 'metadata.annotations.game.example.com/drained', value: 'true' }],
              },
            },
          },
        ],
      },
    ],
    ['built-in arguments declared', { args: [{ name: 'PodIP' }, { name: 'PodContainer[0]' }], metrics: [metric()] }],
  ])('%s', (_what, template) => {
    expect(told(template)).toEqual([]);
  });

  test('the published example has an argument that nothing uses', () => {
    const provider = { web: { url: 'http://1.1.1.1:9091', jsonPath: '{$.age}' } };
    const webtest = {
      name: 'webtest',
      count: 2,
      interval: '60s',
      failureLimit: 0,
      successCondition: 'asInt(result) < 30',
      provider,
    };
    const args = [
      { name: 'service-name', value: 'test-gamedeployment-svc.default.svc.cluster.local' },
      { name: 'PodName' },
    ];
    expect(told({ args, metrics: [webtest] })).toEqual(['args[0].name: argument service-name is not used (warning)']);
  });
});

describe('counts, limits and durations', () => {
  test.each<[what: string, change: Partial<MetricSpec>, problems: string[]]>([
    [
      'limits over the count',
      {
        count: 3,
        interval: '1s',
        failureLimit: 4,
        successfulLimit: 5,
        inconclusiveLimit: 6,
        consecutiveSuccessfulLimit: 7,
      },
      [
        'metrics[0].failureLimit: failureLimit 4 is more than count 3: it can never be exceeded',
        'metrics[0].inconclusiveLimit: inconclusiveLimit 6 is more than count 3: it can never be exceeded',
        'metrics[0].successfulLimit: successfulLimit 5 is more than count 3: it can never be reached',
        'metrics[0].consecutiveSuccessfulLimit: consecutiveSuccessfulLimit 7 is more than count 3: it can never be reached',
      ],
    ],
    [
      'two successes of one measurement',
      { successfulLimit: 2 },
      [
        'metrics[0].successfulLimit: successfulLimit 2 is more than the one measurement of a metric without interval and count: it can never be reached',
      ],
    ],
    [
      'two failures of one measurement',
      { failureLimit: 2 },
      [
        'metrics[0].failureLimit: failureLimit 2 is more than the one measurement of a metric without interval and count: it can never be exceeded (warning)',
      ],
    ],
    [
      'count without interval',
      { count: 3 },
      ['metrics[0].count: count 3 has no interval: nothing says when to measure again'],
    ],
    [
      'negative',
      { consecutiveErrorLimit: -1, failureLimit: 0.5 },
      [
        'metrics[0].failureLimit: failureLimit 0.5 is out of range',
        'metrics[0].consecutiveErrorLimit: consecutiveErrorLimit -1 is out of range',
      ],
    ],
    [
      'no unit',
      { count: 2, interval: '60', initialDelay: '1d' },
      [
        'metrics[0].interval: interval: "60" has no unit',
        'metrics[0].initialDelay: initialDelay: "1d" is not a duration',
      ],
    ],
    ['a bare number', { count: 2, interval: 60 }, ['metrics[0].interval: interval: 60 has no unit']],
    [
      'no gap',
      { count: 2, interval: '0s' },
      ['metrics[0].interval: interval is zero: nothing would lie between two measurements'],
    ],
  ])('%s', (_what, change, problems) => {
    expect(of(change)).toEqual(problems);
  });
});

describe('what can never become Successful', () => {
  test.each<[what: string, change: Partial<MetricSpec>, template: HookTemplateSpec, problems: string[]]>([
    [
      'endless',
      { interval: '10s' },
      {},
      [`metrics[0]: ${NEVER}: with interval and without count it is measured again and again`],
    ],
    [
      'endless with limits that are not set',
      { interval: '10s', successfulLimit: 0, consecutiveSuccessfulLimit: 0, failureLimit: 3 },
      {},
      [`metrics[0]: ${NEVER}: with interval and without count it is measured again and again`],
    ],
    [
      'a deadline is no success',
      { interval: '10s' },
      { deadlineSeconds: 60 },
      [
        `metrics[0]: ${NEVER}: with interval and without count it is measured again and again, and deadlineSeconds ends it as Error`,
      ],
    ],
    [
      'waiting without end can succeed',
      { interval: '10s', successfulLimit: 1 },
      {},
      ['metrics[0]: the metric may wait for a success without end (warning)'],
    ],
    [
      'starts too late',
      { initialDelay: '10m' },
      { deadlineSeconds: 600 },
      [`metrics[0].initialDelay: initialDelay 10m is not before deadlineSeconds 600: ${NEVER}`],
    ],
    ['just early enough', { initialDelay: '9m59s' }, { deadlineSeconds: 600 }, []],
    [
      'too many successes',
      { interval: '60s', consecutiveSuccessfulLimit: 3 },
      { deadlineSeconds: 120 },
      [
        'deadlineSeconds: metric players is Successful after 2m at the earliest: deadlineSeconds 120 ends the run as Error before',
      ],
    ],
    ['just enough time', { interval: '60s', consecutiveSuccessfulLimit: 3 }, { deadlineSeconds: 121 }, []],
    [
      'the nearer of two ways',
      { interval: '60s', consecutiveSuccessfulLimit: 9, successfulLimit: 2 },
      { deadlineSeconds: 61 },
      [],
    ],
    [
      'too high a count',
      { interval: '60s', count: 10, initialDelay: '1m' },
      { deadlineSeconds: 600 },
      [
        'deadlineSeconds: metric players is Successful after 10m at the earliest: deadlineSeconds 600 ends the run as Error before',
      ],
    ],
    ['no time at all', {}, { deadlineSeconds: 0 }, ['deadlineSeconds: deadlineSeconds 0 is out of range']],
    [
      'never true',
      { successCondition: '1 > 2' },
      {},
      [`metrics[0].successCondition: ${NEVER}: successCondition is false whatever the result is`],
    ],
    [
      'false by a half',
      { successCondition: 'asInt(result) > 2 && false' },
      {},
      [`metrics[0].successCondition: ${NEVER}: successCondition is false whatever the result is`],
    ],
    [
      'always failed',
      { failureCondition: 'true' },
      {},
      [
        `metrics[0].failureCondition: ${NEVER}: failureCondition is true whatever the result is, so that every measurement is Failed`,
      ],
    ],
    [
      'the same twice',
      { failureCondition: 'asInt(result)==0' },
      {},
      [
        `metrics[0].failureCondition: ${NEVER}: both conditions are the same, so that a measurement is Failed or Inconclusive`,
      ],
    ],
    [
      'always true',
      { successCondition: '1 < 2' },
      {},
      ['metrics[0].successCondition: successCondition is true whatever the result is (warning)'],
    ],
  ])('%s', (_what, change, template, problems) => {
    expect(of(change, template)).toEqual(problems);
  });

  test('Ordered metrics share the deadline, Parallel ones do not', () => {
    const metrics = ['a', 'b', 'c'].map((name) => metric({ name, interval: '30s', successfulLimit: 2 }));
    expect(told({ metrics, deadlineSeconds: 80 })).toEqual([]);
    expect(told({ metrics, deadlineSeconds: 80, policy: 'Ordered' })).toEqual([
      'deadlineSeconds: metric c is Successful after 1m30s at the earliest: deadlineSeconds 80 ends the run as Error before',
    ]);
  });

  test('no accepted template needs longer than its deadline', () => {
    const seconds = fc.integer({ min: 1, max: 50 });
    fc.assert(
      fc.property(
        seconds,
        seconds,
        seconds,
        fc.integer({ min: 1, max: 5 }),
        (delay, interval, deadlineSeconds, successfulLimit) => {
          const problems = of(
            { initialDelay: `${delay}s`, interval: `${interval}s`, successfulLimit },
            { deadlineSeconds },
          );
          // Second by second, a success each time: the engine's own view of the best that can happen.
          let successes = 0;
          for (let now = 0; now < deadlineSeconds; now++)
            if (now >= delay && (now - delay) % interval === 0) successes++;
          expect(problems.length === 0).toBe(successes >= successfulLimit);
        },
      ),
    );
  });
});

describe('conditions', () => {
  const prometheus = { prometheus: { address: 'http://prometheus:9090', query: 'x' } };
  const exec = { exec: { container: 'game', command: ['/bin/players'] } };
  const kubernetes = { kubernetes: { function: 'get', fields: [{ path: 'metadata.annotations.a', value: 'b' }] } };
  test.each<[what: string, provider: ProviderSpec, conditions: Partial<MetricSpec>, problems: string[]]>([
    [
      'a typing mistake',
      { web: { url: 'http://game/', jsonPath: '$.a' } },
      { successCondition: 'asInt(reslt) < 3' },
      ['metrics[0].successCondition: successCondition: unknown name reslt (column 7)'],
    ],
    [
      'a status has no result',
      { web: { url: 'http://game/' } },
      { failureCondition: 'result > 1' },
      [
        'metrics[0].failureCondition: failureCondition has no result to look at: without jsonPath the status of the answer alone decides',
      ],
    ],
    [
      'stdout is a string',
      exec,
      { successCondition: 'result == 0' },
      ['metrics[0].successCondition: successCondition: string == int is not possible (column 8)'],
    ],
    [
      'a number is no verdict',
      prometheus,
      { successCondition: 'result[0]' },
      ['metrics[0].successCondition: successCondition: the condition gives a number, not true or false (column 1)'],
    ],
    [
      'any number',
      prometheus,
      {},
      ['metrics[0]: without a condition every number that the query gives is a success (warning)'],
    ],
    [
      'an annotation has no condition',
      kubernetes,
      { successCondition: 'true' },
      [
        'metrics[0].successCondition: successCondition is not looked at: the kubernetes provider succeeds when its get or patch does (warning)',
      ],
    ],
  ])('%s', (_what, provider, conditions, problems) => {
    expect(told({ metrics: [{ name: 'm', provider, ...conditions }] })).toEqual(problems);
  });
});

describe('names and arguments', () => {
  const hintsOf = (template: HookTemplateSpec) => checkHookTemplate(template).map(({ hint }) => hint);

  test('nothing to measure', () => {
    expect(told({})).toEqual(['metrics: the template has no metrics']);
    expect(told({ metrics: [] })).toEqual(['metrics: the template has no metrics']);
  });

  test('names are unique', () => {
    expect(told({ metrics: [metric(), metric({ name: 'other' }), metric()] })).toEqual([
      'metrics[2].name: metric players is there twice, first at metrics[0]',
    ]);
    expect(told({ args: [{ name: 'PodIP' }, { name: 'PodIP', value: 'x' }], metrics: [metric()] })).toEqual([
      'args[1].name: argument PodIP is declared twice',
    ]);
  });

  test.each<[url: string, message: string, hint: string]>([
    ['http://{{ args.PodIp }}/', 'argument PodIp is not declared', 'did you mean PodIP?'],
    ['http://{{args.quite-another}}/', 'argument quite-another is not declared', 'add {name: quite-another} to args'],
    ['http://game/{{ args.zoen }}', 'argument zoen is not declared', 'did you mean zone?'],
    ['http://game/{{ PodIP }}', '{{ PodIP }} is not an argument', 'write {{ args.PodIP }}'],
    ['http://game/{{ .Values.x }}', '{{ .Values.x }} is not an argument', 'write {{ args.NAME }}'],
    ['http://game/{{ args.PodIP', '{{ is not closed by }}', 'write {{ args.NAME }}'],
    ['http://game/{{ args.PodContainer }}', 'argument PodContainer is not declared', 'did you mean PodContainer[0]?'],
  ])('%s', (url, message, hint) => {
    const template = {
      args: [{ name: 'zone', value: '1' }],
      metrics: [metric(), metric({ name: 'm', provider: { web: { url, jsonPath: '$.a' } } })],
    };
    const problems = checkHookTemplate(template).filter(({ severity }) => severity !== 'warning');
    expect(problems.map((problem) => [formatPath(problem.path), problem.message, problem.hint])).toEqual([
      ['metrics[1].provider.web.url', message, hint],
    ]);
  });

  test('placeholders where nothing is filled in', () => {
    const exec = { container: '{{ args.PodContainer[0] }}', command: ['/bin/drain', '{{ args.PodName }}'] };
    expect(from({ exec })).toEqual(['exec.container: arguments are not filled in in container']);
    expect(hintsOf({ metrics: [{ name: 'm', provider: { exec } }] })).toEqual([
      'they are filled in in url, header values, body, query and command',
    ]);
  });

  test('no hook has a pod and a canary step', () => {
    const both = 'http://{{ args.PodIP }}/{{ args.StepIndex }}';
    expect(web({ url: both })).toEqual([
      'metrics: no hook has both PodIP and StepIndex: the first exists in pod hooks, the second in canary hooks',
    ]);
    expect(
      told({
        args: [{ name: 'StepIndex', value: '0' }],
        metrics: [metric({ provider: { web: { url: both, jsonPath: '$.a' } } })],
      }),
    ).toEqual([]);
  });
});
