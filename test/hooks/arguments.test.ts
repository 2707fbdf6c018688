import { describe, expect, test } from '@jest/globals';
import { formatPath } from '../../src/api/problem.js';
import { checkHookUse } from '../../src/hooks/arguments.js';
import type { HookUse } from '../../src/hooks/builtin.js';
import type { HookStepSpec, HookTemplateSpec, ProviderSpec } from '../../src/hooks/spec.js';

const USES: readonly HookUse[] = ['preDelete', 'preInplace', 'postInplace', 'canary'];

function told(
  kind: HookUse,
  template: HookTemplateSpec,
  step: HookStepSpec = {},
  containers?: readonly string[],
): string[] {
  const hookStep = { templateName: 'drained', ...step };
  return checkHookUse({ kind, hookStep, template, ...(containers && { containers }) }).map(
    ({ path, message, severity }) => `${formatPath(path)}: ${message}${severity === 'warning' ? ' (warning)' : ''}`,
  );
}
const asking = (path: string, args: HookTemplateSpec['args'] = []): HookTemplateSpec => ({
  args,
  metrics: [{ name: 'm', provider: { web: { url: `http://game/${path}` } } }],
});
const measuring = (provider: ProviderSpec): HookTemplateSpec => ({ metrics: [{ name: 'm', provider }] });

describe('which use has which built-in argument', () => {
  test.each<[name: string, uses: readonly HookUse[]]>([
    ['PodName', ['preDelete', 'preInplace', 'postInplace']],
    ['PodNamespace', ['preDelete', 'preInplace', 'postInplace']],
    ['PodIP', ['preDelete', 'preInplace', 'postInplace']],
    ['HostIP', ['preDelete', 'preInplace', 'postInplace']],
    ['PodContainer[0]', ['preDelete', 'preInplace', 'postInplace']],
    ['ModifiedContainer[1]', ['preInplace']],
    ['WorkloadName', ['canary']],
    ['WorkloadNamespace', ['canary']],
    ['UpdateRevision', ['canary']],
    ['StableRevision', ['canary']],
    ['StepIndex', ['canary']],
  ])('%s: %j', (name, uses) => {
    expect(USES.filter((use) => told(use, asking(`{{ args.${name} }}`)).length === 0)).toEqual(uses);
    // Declared without a value is the same: older operators demand the declaration.
    expect(USES.filter((use) => told(use, asking('', [{ name }])).length === 0)).toEqual(uses);
    // A value of the template's own serves every use.
    expect(USES.filter((use) => told(use, asking(`{{ args.${name} }}`, [{ name, value: 'x' }])).length === 0)).toEqual(
      USES,
    );
  });

  test.each<[kind: HookUse, name: string, problem: string]>([
    [
      'canary',
      'PodIP',
      'templateName: template drained needs PodIP, which exists in pod hooks only, and a canary hook has no pod',
    ],
    [
      'canary',
      'ModifiedContainer[0]',
      'templateName: template drained needs ModifiedContainer[0], which exists in preInplace hooks only, and a canary hook has no pod',
    ],
    [
      'preDelete',
      'ModifiedContainer[0]',
      'templateName: template drained needs ModifiedContainer[0], which exists in preInplace hooks only, not in preDelete',
    ],
    [
      'postInplace',
      'StepIndex',
      'templateName: template drained needs StepIndex, which exists in canary hooks only, not in postInplace',
    ],
  ])('%s with %s', (kind, name, problem) => {
    expect(told(kind, asking(`{{ args.${name} }}`))).toEqual([problem]);
  });

  test('the pod has so many containers', () => {
    const third = asking('{{ args.PodContainer[2] }}');
    expect(told('preDelete', third, {}, ['game', 'log'])).toEqual([
      'templateName: template drained needs PodContainer[2]: the pod has 2 containers',
    ]);
    expect(told('preDelete', third, {}, ['game', 'log', 'mesh'])).toEqual([]);
    expect(told('preDelete', third)).toEqual([]);
  });
});

describe('what a step gives', () => {
  const template = asking('{{ args.zone }}/{{ args.PodName }}', [{ name: 'zone' }, { name: 'mode', value: 'soft' }]);
  const zone = { name: 'zone', value: '1' };
  test.each<[what: string, args: HookStepSpec['args'], problems: string[]]>([
    ['all of it', [zone], []],
    ['over a default', [zone, { name: 'mode', value: 'hard' }], []],
    ['an empty text is a value', [{ name: 'zone', value: '' }], []],
    ['nothing', [], ['args: argument zone has no value']],
    ['a name alone', [{ name: 'zone' }], ['args: argument zone has no value']],
    [
      'a name of its own',
      [zone, { name: 'zoen', value: '1' }],
      ['args[1].name: template drained has no argument zoen'],
    ],
    [
      'a part of a built-in name',
      [zone, { name: 'MyPodName', value: 'x' }],
      ['args[1].name: template drained has no argument MyPodName'],
    ],
    ['twice', [zone, zone], ['args[1].name: argument zone is given twice']],
    [
      'what is filled in',
      [zone, { name: 'PodName', value: 'x' }],
      ['args[1].name: argument PodName is filled in by the controller (warning)'],
    ],
    ['what a form leaves empty', [zone, { name: 'PodName', value: '' }], []],
    [
      'what is not here',
      [zone, { name: 'StepIndex', value: '1' }],
      ['args[1].name: StepIndex exists in canary hooks only, not in preDelete'],
    ],
    [
      'a credential',
      [{ name: 'zone', value: 'http://u:pw@h/' }],
      ['args[0].value: argument zone carries credentials: http://***@h/'],
    ],
  ])('%s', (_what, args, problems) => {
    expect(told('preDelete', template, { args })).toEqual(problems);
  });

  test('did you mean', () => {
    const [problem] = checkHookUse({
      kind: 'preDelete',
      hookStep: { templateName: 't', args: [zone, { name: 'mod', value: '' }] },
      template,
    });
    expect(problem).toEqual({
      path: ['args', 1, 'name'],
      message: 'template t has no argument mod',
      hint: 'did you mean mode?',
      value: 'mod',
    });
  });
});

describe('what a use can run', () => {
  const exec = measuring({ exec: { container: 'gmae', command: ['/bin/drain'] } });
  const kubernetes = measuring({
    kubernetes: { function: 'get', fields: [{ path: 'metadata.annotations.a', value: 'b' }] },
  });

  test('a canary hook has no pod', () => {
    expect(told('canary', exec)).toEqual([
      'templateName: metric m of template drained runs a command in a pod, and a canary hook has no pod',
    ]);
    expect(told('canary', kubernetes)).toEqual([
      "templateName: metric m of template drained reads or writes a pod's annotation, and a canary hook has no pod",
    ]);
    expect([...told('preDelete', exec), ...told('preInplace', kubernetes)]).toEqual([]);
  });

  test('the container exists', () => {
    expect(told('preDelete', exec, {}, ['game'])).toEqual([
      'templateName: metric m of template drained runs in container gmae, which the pod does not have',
    ]);
  });

  test.each<[kind: HookUse, onDeadline: string, deadlineSeconds: number | undefined, problems: string[]]>([
    ['preDelete', 'proceed', 60, []],
    ['preDelete', 'hold', undefined, []],
    [
      'preDelete',
      'proceed',
      undefined,
      ['onDeadline: onDeadline proceed never happens: template drained has no deadlineSeconds (warning)'],
    ],
    ['preDelete', 'continue', 60, ['onDeadline: unknown onDeadline continue']],
    ['canary', 'proceed', 60, ['onDeadline: onDeadline is for a pod that is held: a canary hook holds none (warning)']],
  ])('%s onDeadline %s, deadline %s', (kind, onDeadline, deadlineSeconds, problems) => {
    expect(told(kind, { ...asking(''), deadlineSeconds }, { onDeadline })).toEqual(problems);
  });
});
