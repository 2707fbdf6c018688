import { describe, expect, test } from '@jest/globals';
import { formatPath } from '../../src/api/problem.js';
import type { HookTemplateSpec, MetricSpec, ProviderSpec } from '../../src/hooks/spec.js';
import { checkHookTemplate } from '../../src/hooks/template.js';

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
const from = (provider: unknown, change: Partial<MetricSpec> = {}) =>
  told({ metrics: [{ name: 'm', provider: provider as ProviderSpec, ...change }] }).map((text) =>
    text.replace('metrics[0].provider.', ''),
  );
const web = (change: object) => from({ web: { url: 'http://game/', ...change } });

describe('providers', () => {
  test.each<[what: string, provider: unknown, problems: string[]]>([
    ['none', {}, ['metrics[0].provider: the metric has no provider']],
    [
      'two',
      { web: { url: 'http://game/' }, exec: { container: 'a', command: ['b'] } },
      ['metrics[0].provider: the metric has 2 providers: web and exec'],
    ],
    [
      'prometheus',
      { prometheus: { address: 'prometheus:9090' } },
      [
        'prometheus.address: address has no scheme',
        'prometheus.query: query is empty',
        'metrics[0]: without a condition every number that the query gives is a success (warning)',
      ],
    ],
    [
      'kubernetes path',
      { kubernetes: { function: 'get', fields: [{ path: 'metadata.name', value: 'x' }] } },
      ['kubernetes.fields[0].path: path metadata.name is not an annotation'],
    ],
    [
      'kubernetes function',
      { kubernetes: { function: 'put', fields: [] } },
      ['kubernetes.function: unknown function put', 'kubernetes.fields: there is no field to get or patch'],
    ],
    ['exec', { exec: { command: [] } }, ['exec.container: container is missing', 'exec.command: command is missing']],
  ])('%s', (_what, provider, problems) => {
    expect(from(provider)).toEqual(problems);
  });

  test.each<[what: string, change: object, problems: string[]]>([
    ['scheme', { url: 'ftp://game/' }, ['web.url: scheme ftp is not supported']],
    ['no scheme', { url: 'game.example.com:8080/x' }, ['web.url: url has no scheme']],
    ['no URL', { url: 'http://game:99999/' }, ['web.url: url is not a valid URL']],
    ['no url', { url: undefined }, ['web.url: url is empty']],
    [
      'its own machine',
      { url: 'http://localhost:8080/' },
      ['web.url: localhost is a loopback or link-local address, which hooks do not call (warning)'],
    ],
    [
      'metadata service',
      { url: 'http://169.254.169.254/' },
      ['web.url: 169.254.169.254 is a loopback or link-local address, which hooks do not call (warning)'],
    ],
    [
      'loopback in disguise',
      { url: 'http://0x7f.1/' },
      ['web.url: 127.0.0.1 is a loopback or link-local address, which hooks do not call (warning)'],
    ],
    ['method', { method: 'get' }, ['web.method: unknown method get']],
    ['GET with a body', { body: '{}' }, ['web.body: a GET request has no body']],
    ['POST with a body', { method: 'POST', body: '{"pod":{"name":"{{ args.PodName }}"}}' }, []],
    [
      'HEAD with jsonPath',
      { method: 'HEAD', jsonPath: '$.a' },
      [
        'web.jsonPath: the answer to HEAD has no body for jsonPath to read, so that the metric can never become Successful',
      ],
    ],
    ['jsonPath', { jsonPath: 'age' }, ['web.jsonPath: "age" does not start at the root']],
    [
      'two values',
      { headers: [{ key: 'A', value: 's3cret', valueFrom: { secretKeyRef: { name: 'a', key: 'b' } } }] },
      ['web.headers[0]: header A has both value and valueFrom'],
    ],
    ['no value', { headers: [{ key: 'A' }] }, ['web.headers[0]: header A has no value']],
    [
      'half a secret',
      { headers: [{ key: 'A', valueFrom: { secretKeyRef: { name: 'a' } } }] },
      ['web.headers[0].valueFrom: header A names no key of a Secret'],
    ],
    [
      'a plain credential',
      { headers: [{ key: 'authorization', value: 's3cret' }] },
      ['web.headers[0].value: header authorization carries a credential in plain text (warning)'],
    ],
    [
      'a header from a Secret',
      { headers: [{ key: 'Authorization', valueFrom: { secretKeyRef: { name: 'a', key: 'b' } } }] },
      [],
    ],
    ['0 or less is the default', { timeoutSeconds: -1 }, []],
  ])('web: %s', (_what, change, problems) => {
    expect(web(change)).toEqual(problems);
  });

  test.each([
    'http://user:s3cret@game/',
    'https://s3cret@game',
    'user:s3cret@game/',
    'ftp://u:s3cret@game/',
    'http://u:s3cret/x@game/',
    'http:\\\\u:s3cret@game/',
    '{{ args.PodName }}:s3cret@game',
  ])('no credentials in %s, and none in what is said about it', (url) => {
    const problems = checkHookTemplate({
      args: [{ name: 'base', value: url }],
      metrics: [metric({ provider: { web: { url } } })],
    });
    expect(problems.filter(({ severity }) => severity !== 'warning')).not.toEqual([]);
    const about = problems.filter(({ path }) => path[0] === 'metrics');
    expect(JSON.stringify(about)).not.toContain('s3cret');
  });

  test('what to do instead', () => {
    const [problem] = checkHookTemplate({
      metrics: [metric({ provider: { web: { url: 'http://user:pw@game/x', jsonPath: '$.a' } } })],
    });
    expect(problem).toEqual({
      path: ['metrics', 0, 'provider', 'web', 'url'],
      message: 'url carries credentials: http://***@game/x',
      hint: 'send them in a header with valueFrom.secretKeyRef {name, key}',
    });
  });
});

test('a field without a value is unusual, not wrong', () => {
  const fields = [{ path: 'metadata.annotations.drained' }];
  expect(from({ kubernetes: { function: 'get', fields } })).toEqual([
    'kubernetes.fields[0]: the field has no value (warning)',
  ]);
});
