import { canary, DRAINED, template, withGame, withTemplate } from './zone.js';
import type { BadZone } from './zone.js';

const metric = (fields: string): string => `interval: 10s\nsuccessfulLimit: 1\n${fields}`;

/** Hook templates, their conditions and arguments, and where they are used. */
export const HOOKS: readonly BadZone[] = [
  {
    what: 'a hook that is not declared',
    text: withGame('hooks:\n  preDelete:\n    templateName: drained #!'),
    says: 'hook template drained is not declared',
    right: 'declare it under spec.hookTemplates',
  },
  {
    what: 'a hook with a misspelt name',
    text: withGame('hooks:\n  preDelete:\n    templateName: draned #!', template()).replace(
      'name: drained',
      'name: drained # x',
    ),
    says: 'hook template draned is not declared',
    right: 'did you mean drained?',
  },
  {
    what: 'a hook as a word',
    text: withGame('hooks:\n  preDelete: drained #!', template()),
    says: 'must be a mapping, but is the text "drained"',
    right: 'templateName',
  },
  {
    what: 'a hook at a time that does not exist',
    text: withGame('hooks:\n  preStop: {templateName: drained} #!', template()),
    says: 'unknown field `preStop`',
    right: 'preDelete',
  },
  {
    what: 'a canary hook that is not declared',
    text: withGame(canary('partition: 4', 'hook:\n    templateName: healthy #!', 'partition: 0')),
    says: 'hook template healthy is not declared',
    right: 'declare it',
  },
  {
    what: 'two templates of one name',
    text: withGame(DRAINED, `${template()}\n  - name: drained #!\n    external: true`),
    says: 'two hook templates are named drained',
    right: 'rename one',
  },
  {
    what: 'a template without spec',
    text: withGame(DRAINED, 'hookTemplates:\n  - name: drained #!'),
    says: 'hook template drained has no `spec`',
    right: 'external: true',
  },
  {
    what: 'an external template with spec',
    text: withGame(DRAINED, template().replace('    spec:', '    external: true\n    spec: #!')),
    says: 'an external template has no `spec`',
    right: 'remove',
  },
  {
    what: 'a template without metrics',
    text: withGame(DRAINED, 'hookTemplates:\n  - name: drained\n    spec:\n      metrics: [] #!'),
    says: 'must not be empty',
    right: '',
  },
  // Arguments
  {
    what: 'an argument that is not declared',
    text: withTemplate({ provider: 'web:\n  url: http://{{ args.Host }}:8080/players #!\n  jsonPath: "{$.online}"' }),
    says: 'argument Host is not declared',
    right: 'add {name: Host} to args',
  },
  {
    what: 'a placeholder without args',
    text: withTemplate({ provider: 'web:\n  url: http://{{ PodIP }}:8080/players #!\n  jsonPath: "{$.online}"' }),
    says: '{{ PodIP }} is not an argument',
    right: 'write {{ args.PodIP }}',
  },
  {
    what: 'a placeholder without end',
    text: withTemplate({ provider: 'web:\n  url: http://{{ args.PodIP :8080/players #!\n  jsonPath: "{$.online}"' }),
    says: 'is not closed',
    right: '{{ args.NAME }}',
  },
  {
    what: 'an argument that the template does not have',
    text: withGame(
      `${DRAINED}\n    args:\n      - name: Limt #!\n        value: "3"`,
      template({
        spec: 'args: [{name: Limit, value: "1"}]\ndeadlineSeconds: 60',
        provider: 'web:\n  url: http://{{ args.PodIP }}/{{ args.Limit }}\n  jsonPath: "{$.online}"',
      }),
    ),
    says: 'template drained has no argument Limt',
    right: 'did you mean Limit?',
  },
  {
    what: 'an argument without value',
    text: withGame(
      DRAINED.replace('preDelete:', 'preDelete: #!'),
      template({
        spec: 'args: [{name: Limit}]\ndeadlineSeconds: 60',
        provider: 'web:\n  url: http://{{ args.PodIP }}/{{ args.Limit }}\n  jsonPath: "{$.online}"',
      }),
    ),
    says: 'argument Limit has no value',
    right: 'add {name: Limit, value: ...}',
  },
  {
    what: 'an argument twice',
    text: withGame(
      `${DRAINED}\n    args:\n      - {name: Limit, value: "3"}\n      - {name: Limit, value: "4"} #! name`,
      template({
        spec: 'args: [{name: Limit}]\ndeadlineSeconds: 60',
        provider: 'web:\n  url: http://{{ args.PodIP }}/{{ args.Limit }}\n  jsonPath: "{$.online}"',
      }),
    ),
    says: 'argument Limit is given twice',
    right: 'remove one',
  },
  {
    what: 'an argument of pods in a canary hook',
    text: withGame(canary('partition: 4', 'hook:\n    templateName: drained #!', 'partition: 0'), template()),
    says: 'needs PodIP, which exists in pod hooks only',
    right: 'use another template here',
  },
  {
    what: 'a command in a canary hook',
    text: withGame(
      canary('partition: 4', 'hook:\n    templateName: drained #!', 'partition: 0'),
      template({ provider: 'exec:\n  container: game\n  command: [/bin/check]', metric: '', spec: '' }),
    ),
    says: 'runs a command in a pod, and a canary hook has no pod',
    right: 'web or the prometheus provider',
  },
  {
    what: 'a command in a container that is not there',
    text: withGame(
      DRAINED.replace('templateName: drained', 'templateName: drained #!'),
      template({ provider: 'exec:\n  container: gamee\n  command: [/bin/check]', metric: '', spec: '' }),
    ),
    says: 'runs in container gamee, which the pod does not have',
    right: 'did you mean game?',
  },
  {
    what: 'an onDeadline that does not exist',
    text: withGame(`${DRAINED}\n    onDeadline: continue #!`, template()),
    says: 'must be hold or proceed',
    right: '',
  },
  // Conditions
  {
    what: 'a condition that is no expression',
    text: withTemplate({ metric: metric('successCondition: asInt(result) = 0 #!') }),
    says: 'successCondition:',
    right: '==',
  },
  {
    what: 'a condition that gives a number',
    text: withTemplate({ metric: metric('successCondition: asInt(result) #!') }),
    says: 'the condition gives int, not true or false',
    right: 'asInt(result) < 1',
  },
  {
    what: 'a condition that compares text with a number',
    text: withTemplate({
      metric: metric('successCondition: result == 0 #!'),
      provider: 'exec:\n  container: game\n  command: [/bin/check]',
    }),
    says: 'successCondition',
    right: 'asInt()',
  },
  {
    what: 'a condition over an unknown name',
    text: withTemplate({ metric: metric('successCondition: asInt(results) == 0 #!') }),
    says: 'unknown name results',
    right: 'did you mean result?',
  },
  {
    what: 'a condition with an unknown function',
    text: withTemplate({ metric: metric('successCondition: int(result) == 0 #!') }),
    says: 'int() is not available in a condition',
    right: 'asInt()',
  },
  {
    what: 'a condition without a result',
    text: withTemplate({
      provider: 'web:\n  url: http://{{ args.PodIP }}:8080/players',
      metric: metric('successCondition: asInt(result) == 0 #!'),
    }),
    says: 'successCondition has no result to look at',
    right: 'set jsonPath',
  },
  {
    what: 'arguments in a condition',
    text: withTemplate({ metric: metric('successCondition: "asInt(result) == {{ args.Limit }}" #!') }),
    says: 'arguments are not filled in inside a condition',
    right: '{{ args.NAME }}',
  },
  // Metrics that can never succeed
  {
    what: 'a metric that never ends',
    text: withTemplate({ metric: 'successCondition: asInt(result) == 0\ninterval: 10s' }).replace(
      '- name: players',
      '- name: players #!',
    ),
    says: 'the metric can never become Successful',
    right: 'successfulLimit: 1',
  },
  {
    what: 'a condition that is never true',
    text: withTemplate({ metric: metric('successCondition: 1 > 2 #!') }),
    says: 'successCondition is false whatever the result is',
    right: 'compare the result',
  },
  {
    what: 'conditions that are the same',
    text: withTemplate({
      metric: metric('successCondition: asInt(result) == 0\nfailureCondition: asInt(result)==0 #!'),
    }),
    says: 'both conditions are the same',
    right: 'remove one',
  },
  {
    what: 'more successes than measurements',
    text: withTemplate({
      metric: 'successCondition: asInt(result) == 0\ninterval: 10s\ncount: 3\nsuccessfulLimit: 5 #!',
    }),
    says: 'successfulLimit 5 is more than count 3',
    right: 'at most 3',
  },
  {
    what: 'a deadline before the first success',
    text: withTemplate({ metric: metric('successCondition: asInt(result) == 0\ninitialDelay: 20m #!') }),
    says: 'initialDelay 20m is not before deadlineSeconds 600',
    right: 'less than 10m',
  },
  {
    what: 'several measurements at no time',
    text: withTemplate({ metric: 'successCondition: asInt(result) == 0\ncount: 3 #!' }),
    says: 'count 3 has no interval',
    right: 'set interval',
  },
  {
    what: 'an interval in days',
    text: withTemplate({
      metric: 'successCondition: asInt(result) == 0\ninterval: 1d #!\nsuccessfulLimit: 1',
      spec: '',
    }),
    says: '"1d" has the wrong form',
    right: 'such as 30s',
  },
  {
    what: 'an interval without unit',
    text: withTemplate({ metric: 'successCondition: asInt(result) == 0\ninterval: 10 #!\nsuccessfulLimit: 1' }),
    says: '"10" has the wrong form',
    right: 'such as 30s',
  },
  {
    what: 'a limit below zero',
    text: withTemplate({ metric: metric('successCondition: asInt(result) == 0\nfailureLimit: -1 #!') }),
    says: '-1 is out of range',
    right: 'at least 0',
  },
  // Providers
  {
    what: 'no provider',
    text: withTemplate({ provider: '{}' }).replace('provider:\n', 'provider: #!\n'),
    says: 'provider',
    right: 'exactly one of web, prometheus, kubernetes and exec',
  },
  {
    what: 'two providers',
    text: withTemplate({
      provider: 'web: {url: "http://{{ args.PodIP }}/"}\nexec: {container: game, command: [a]}',
      metric: '',
      spec: '',
    }).replace('provider:\n', 'provider: #!\n'),
    says: 'provider',
    right: 'exactly one of',
  },
  {
    what: 'a URL without scheme',
    text: withTemplate({ provider: 'web:\n  url: players.example.com/online #!\n  jsonPath: "{$.online}"' }),
    says: 'url',
    right: 'http://',
  },
  {
    what: 'a URL with a credential',
    text: withTemplate({
      provider: 'web:\n  url: http://ci:SENTINEL@players.example.com/online #!\n  jsonPath: "{$.online}"',
    }),
    says: 'url carries credentials',
    right: 'valueFrom.secretKeyRef',
  },
  {
    what: 'a URL of another scheme with a credential',
    text: withTemplate({
      provider: 'web:\n  url: ftp://ci:SENTINEL@players.example.com/online #!\n  jsonPath: "{$.online}"',
    }),
    says: 'url',
    right: 'http',
  },
  {
    what: 'an argument with a credential',
    text: withGame(
      `${DRAINED}\n    args:\n      - name: Limit\n        value: http://ci:SENTINEL@players.example.com/ #!`,
      template({
        spec: 'args: [{name: Limit}]\ndeadlineSeconds: 60',
        provider: 'web:\n  url: http://{{ args.PodIP }}/{{ args.Limit }}\n  jsonPath: "{$.online}"',
      }),
    ),
    says: 'argument Limit carries credentials',
    right: 'valueFrom.secretKeyRef',
  },
  {
    what: 'a jsonPath that is none',
    text: withTemplate({ provider: 'web:\n  url: http://{{ args.PodIP }}/\n  jsonPath: online #!' }),
    says: 'jsonPath',
    right: '{$.online}',
  },
  {
    what: 'a body of a GET request',
    text: withTemplate({
      provider: 'web:\n  url: http://{{ args.PodIP }}/\n  jsonPath: "{$.online}"\n  body: SENTINEL #!',
    }),
    says: 'a GET request has no body',
    right: 'method: POST',
  },
  {
    what: 'a header with value and reference',
    text: withTemplate({
      provider:
        'web:\n  url: http://{{ args.PodIP }}/\n  jsonPath: "{$.online}"\n  headers:\n    - key: Authorization #!\n      value: SENTINEL\n      valueFrom: {secretKeyRef: {name: a, key: b}}',
    }),
    says: 'exclude each other',
    right: 'either value or valueFrom',
  },
  {
    what: 'a header value that is a list',
    text: withTemplate({
      provider:
        'web:\n  url: http://{{ args.PodIP }}/\n  jsonPath: "{$.online}"\n  headers:\n    - key: Authorization\n      value: [SENTINEL] #!',
    }),
    says: 'must be text, but is a list',
    right: '',
  },
  {
    what: 'a misspelt field of a provider',
    text: withTemplate({ provider: 'web:\n  url: http://{{ args.PodIP }}/\n  jsonpath: "{$.online}" #!' }),
    says: 'unknown field `jsonpath`',
    right: 'did you mean `jsonPath`?',
  },
];
