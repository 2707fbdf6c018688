import { checkAgainstSchema, type Kind } from '../../src/api/check.js';
import { formatPath } from '../../src/api/problem.js';

type Row = [expected: string | string[], kind: Kind, value: unknown];

const zone = (gameZone: object, spec: object = {}) => ({
  apiVersion: 'gamezone.dev/v1alpha1',
  kind: 'GameZone',
  metadata: { name: 'zone1' },
  spec: {
    gameZone: { zoneId: 101, defaultImage: 'a:1', serviceConfig: [{ type: 'game', id: 1 }], ...gameZone },
    ...spec,
  },
});
const service = (fields: object) => zone({ serviceConfig: [{ type: 'game', id: 1, ...fields }] });
const tkex = (kind: Kind, spec: object) => ({
  apiVersion: 'tkex.tencent.com/v1alpha1',
  kind,
  metadata: { name: 'a' },
  spec,
});
const deployment = (updateStrategy: object) => tkex('GameDeployment', { selector: {}, template: {}, updateStrategy });
const set = (spec: object) => tkex('GameStatefulSet', { selector: {}, template: {}, serviceName: 'a', ...spec });
const metric = (fields: object) =>
  tkex('HookTemplate', { metrics: [{ name: 'a', provider: { web: { url: 'http://a' } }, ...fields }] });
const provider = (fields: object) => metric({ provider: fields });

const SERVICE = 'spec.gameZone.serviceConfig[0]';
const METRIC = 'spec.metrics[0]';

/** Path, message and hint as the command line joins them. */
const WRONG: Record<string, Row[]> = {
  'unknown fields': [
    [`${SERVICE}.imgae: unknown field \`imgae\` (did you mean \`image\`?)`, 'GameZone', service({ imgae: 'a:1' })],
    [
      'spec.gameZone.password: unknown field `password` (known fields here: zoneId, defaultImage, dbMigraterImage, serviceConfig, redisConfig, mysqlConfig)',
      'GameZone',
      zone({ password: 'x' }),
    ],
    [
      'spec.zzz: unknown field `zzz` (known fields here: replicas, selector, template, serviceName, volumeClaimTemplates, persistentVolumeClaimRetentionPolicy, podManagementPolicy, scaleStrategy and 12 more)',
      'GameStatefulSet',
      set({ zzz: 1 }),
    ],
    [
      `${SERVICE}.overrides["3"].imag: unknown field \`imag\` (did you mean \`image\`?)`,
      'GameZone',
      service({ overrides: { 3: { imag: 'a' } } }),
    ],
    [
      'spec.updateStrategy.rollingUpdate: unknown field `rollingUpdate` (a GameDeployment has partition, maxUnavailable and maxSurge directly in updateStrategy)',
      'GameDeployment',
      deployment({ rollingUpdate: { partition: 1 } }),
    ],
    [
      'spec.updateStrategy.partition: unknown field `partition` (write it as `rollingUpdate.partition`)',
      'GameStatefulSet',
      set({ updateStrategy: { partition: 1 } }),
    ],
  ],
  'missing fields': [
    [
      ['apiVersion', 'kind', 'metadata', 'spec'].map(
        (name) => expect.stringContaining(`\`${name}\` is missing`) as unknown as string,
      ),
      'GameZone',
      {},
    ],
    [
      'spec.gameZone: `zoneId` is missing (add it: the number of the zone, handed to every process)',
      'GameZone',
      zone({ zoneId: undefined }),
    ],
    ['<document>: `kind` is missing (add `kind: GameZone`)', 'GameZone', { ...zone({}), kind: undefined }],
    [
      'spec: `serviceName` is missing (add it: name of the headless Service that gives the pods their host names)',
      'GameStatefulSet',
      set({ serviceName: undefined }),
    ],
    [
      'spec.updateStrategy.canary: `steps` is missing (add it: steps in their order)',
      'GameDeployment',
      deployment({ canary: {} }),
    ],
  ],
  'wrong types': [
    ['spec.gameZone.zoneId: must be a whole number, but is the text "abc"', 'GameZone', zone({ zoneId: 'abc' })],
    [
      'spec.gameZone.zoneId: must be a whole number, but is the text "101" (leave the quotes out: 101)',
      'GameZone',
      zone({ zoneId: '101' }),
    ],
    ['spec.gameZone.zoneId: must be a whole number, but is the number 1.5', 'GameZone', zone({ zoneId: 1.5 })],
    [
      `${SERVICE}.args[0]: must be text, but is the number 1 (put it in quotes: "1")`,
      'GameZone',
      service({ args: [1] }),
    ],
    [
      `${SERVICE}.ports: must be a list, but is the number 7001 (begin each entry with "- ")`,
      'GameZone',
      service({ ports: 7001 }),
    ],
    [`${SERVICE}.resources: must be a mapping, but is empty`, 'GameZone', service({ resources: null })],
    [
      `${SERVICE}.expose.perId: must be true or false, but is the text "true" (leave the quotes out: true)`,
      'GameZone',
      service({ expose: { type: 'NodePort', perId: 'true' } }),
    ],
    ['<document>: must be a mapping, but is a list', 'GameZone', []],
    [
      'spec.updateStrategy.canary.steps[0].pause.duration: must be a whole number, but is the text "60s" (use seconds as a plain number, such as 60)',
      'GameDeployment',
      deployment({ canary: { steps: [{ pause: { duration: '60s' } }] } }),
    ],
  ],
  choices: [
    [
      'spec.updateStrategy.type: must be RollingUpdate, OnDelete, InplaceUpdate or HotPatchUpdate, but is the text "InPlaceUpdate" (did you mean `InplaceUpdate`?)',
      'GameDeployment',
      deployment({ type: 'InPlaceUpdate' }),
    ],
    ['spec.runtime: must be gamezone or native, but is the text "docker"', 'GameZone', zone({}, { runtime: 'docker' })],
    [
      'spec.runtime: must be gamezone or native, but is the number 3 (put it in quotes: "3")',
      'GameZone',
      zone({}, { runtime: 3 }),
    ],
    [
      'apiVersion: must be tkex.tencent.com/v1alpha1, but is the text "tkex.tencent.com/v1" (did you mean `tkex.tencent.com/v1alpha1`?)',
      'HookTemplate',
      { ...metric({}), apiVersion: 'tkex.tencent.com/v1' },
    ],
  ],
  'forms and ranges': [
    [
      `${SERVICE}.type: "Game_1" has the wrong form (use lower-case letters, digits and hyphens, such as game or login-2)`,
      'GameZone',
      service({ type: 'Game_1' }),
    ],
    [
      'metadata.name: "Zone 1" has the wrong form (use lower-case letters, digits and hyphens, beginning with a letter, such as zone1)',
      'GameZone',
      { ...zone({}), metadata: { name: 'Zone 1' } },
    ],
    [
      `${METRIC}.interval: "30" has the wrong form (use a duration such as 30s, 5m or 1h30m)`,
      'HookTemplate',
      metric({ interval: '30' }),
    ],
    [
      `${SERVICE}.ports[0].port: 70000 is out of range (use a whole number from 1 to 65535)`,
      'GameZone',
      service({ ports: [{ port: 70000 }] }),
    ],
    ['spec.replicas: -1 is out of range (use a whole number of at least 0)', 'GameStatefulSet', set({ replicas: -1 })],
    [
      'spec.replicas: 3000000000 is out of range (use a whole number from 0 to 2147483647)',
      'GameStatefulSet',
      set({ replicas: 3e9 }),
    ],
    [
      `${SERVICE}.image: must not be empty (use an image reference such as registry.example.com/project1/service:0.1.0)`,
      'GameZone',
      service({ image: '' }),
    ],
    ['spec.gameZone.serviceConfig: the list must not be empty', 'GameZone', zone({ serviceConfig: [] })],
    [
      `metadata.namespace: has 64 characters, at most 63 are allowed (use lower-case letters, digits and hyphens, such as games)`,
      'GameZone',
      { ...zone({}), metadata: { name: 'a', namespace: 'a'.repeat(64) } },
    ],
  ],
  'one of several': [
    [
      'spec.updateStrategy.partition: must be a whole number, or a percentage such as 25%, but is the text "25"',
      'GameDeployment',
      deployment({ partition: '25' }),
    ],
    [
      'spec.updateStrategy.partition: must be a whole number, or a percentage such as 25%, but is a list',
      'GameDeployment',
      deployment({ partition: [] }),
    ],
    [
      'spec.updateStrategy.maxSurge: -1 is out of range (use a whole number of at least 0)',
      'GameDeployment',
      deployment({ maxSurge: -1 }),
    ],
    [
      `${SERVICE}.disruptionBudget: must be none or a mapping, but is the text "nonee" (did you mean \`none\`?)`,
      'GameZone',
      service({ disruptionBudget: 'nonee' }),
    ],
    [
      `${SERVICE}.disruptionBudget.maxUnavailabel: unknown field \`maxUnavailabel\` (did you mean \`maxUnavailable\`?)`,
      'GameZone',
      service({ disruptionBudget: { maxUnavailabel: 1 } }),
    ],
    [
      `${METRIC}.provider: must not be empty (use exactly one of web, prometheus, kubernetes and exec)`,
      'HookTemplate',
      provider({}),
    ],
    [
      `${METRIC}.provider: \`web\` and \`exec\` exclude each other (use exactly one of web, prometheus, kubernetes and exec)`,
      'HookTemplate',
      provider({ web: { url: 'http://a' }, exec: { container: 'a', command: ['b'] } }),
    ],
    [
      'spec.updateStrategy.canary.steps[0]: `partition` and `pause` exclude each other (use one of partition, pause and hook in each step, and a step of its own for every further one)',
      'GameDeployment',
      deployment({ canary: { steps: [{ partition: 1, pause: {} }] } }),
    ],
    [
      `${METRIC}.provider.web.headers[0]: \`value\` and \`valueFrom\` exclude each other (use either value or valueFrom)`,
      'HookTemplate',
      provider({
        web: {
          url: 'http://a',
          headers: [{ key: 'a', value: 'b', valueFrom: { secretKeyRef: { name: 'a', key: 'b' } } }],
        },
      }),
    ],
  ],
  'several at once': [
    [
      [
        `${SERVICE}.imgae: unknown field \`imgae\` (did you mean \`image\`?)`,
        `${SERVICE}.id: must be a whole number, but is the text "one"`,
      ],
      'GameZone',
      service({ imgae: 'a', id: 'one' }),
    ],
  ],
};

describe.each(Object.entries(WRONG))('%s', (_, rows) => {
  test.each(rows)('%s', async (expected, kind, value) => {
    const problems = await checkAgainstSchema(kind, value);
    const lines = problems.map(
      ({ path, message, hint }) => `${formatPath(path) || '<document>'}: ${message}${hint ? ` (${hint})` : ''}`,
    );
    expect(lines).toEqual([expected].flat());
  });
});

test('the table has enough rows', () => {
  expect(Object.values(WRONG).flat().length).toBeGreaterThanOrEqual(25);
});
