import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { formatPath, type Problem } from '../../src/api/problem.js';
import {
  checkCanarySteps,
  checkUpdateStrategy,
  type CanaryStepSpec,
  type UpdateStrategySpec,
} from '../../src/rollout/steps.js';

const kind = 'GameStatefulSet';
const hook = { hook: { templateName: 'healthy' } };
const wait = { pause: {} };
const pause = (duration: unknown) => ({ pause: { duration: duration as number } });
const keep = (partition: number | string) => ({ partition });

const lines = (problems: readonly Problem[]) =>
  problems.map(
    ({ path, message, severity }) => `${formatPath(path)}: ${message}${severity === 'warning' ? ' (warning)' : ''}`,
  );
const told = (replicas: number, ...steps: unknown[]) =>
  lines(checkCanarySteps(steps as CanaryStepSpec[], { kind, replicas, type: 'InplaceUpdate' }));

describe('canary steps that are right', () => {
  test.each<[what: string, replicas: number, steps: unknown[]]>([
    ['the published example', 5, [keep(3), wait, keep(1), pause(60), hook, wait]],
    ['percentages round up', 5, [keep(4), wait, keep('50%'), pause(60), hook]],
    ['a check before the first pod', 3, [hook, keep(2)]],
    ['a person before the first pod', 3, [wait, keep(2)]],
    ['only a pause', 3, [wait]],
    ['down to nothing', 3, [keep(2), wait, keep(0)]],
    ['two hooks', 3, [keep(2), hook, hook]],
    ['one pod', 1, [wait, keep(0)]],
    ['no pods to divide', 0, [keep(3), wait, keep(1)]],
  ])('%s', (_what, replicas, steps) => {
    expect(told(replicas, ...steps)).toEqual([]);
  });
});

describe('canary steps that do nothing or cannot be reached', () => {
  test.each<[replicas: number, steps: unknown[], problems: string[]]>([
    [3, [keep(4)], ['[0].partition: partition 4 is more than replicas 3: no pod can be updated']],
    [3, [keep(3), wait], ['[0].partition: partition 3 keeps all 3 pods as they are: the step does nothing']],
    [3, [keep('100%')], ['[0].partition: partition 100% (3 of 3) keeps all 3 pods as they are: the step does nothing']],
    [1, [keep('50%')], ['[0].partition: partition 50% (1 of 1) keeps the one pod as it is: the step does nothing']],
    [
      5,
      [keep(2), keep(2)],
      ['[1].partition: partition 2 is not less than partition 2 before it: the step does nothing'],
    ],
    [
      5,
      [keep(2), wait, keep(4)],
      ['[2].partition: partition 4 is not less than partition 2 before it: the step does nothing'],
    ],
    [
      3,
      [keep('50%'), keep(2)],
      ['[1].partition: partition 2 is not less than partition 50% (2 of 3) before it: the step does nothing'],
    ],
    [
      3,
      [keep(2), keep('50%')],
      ['[1].partition: partition 50% (2 of 3) is not less than partition 2 before it: the step does nothing'],
    ],
    [
      4,
      [keep('50%'), keep('30%')],
      [
        '[1].partition: partition 30% (2 of 4) is not less than partition 50% (2 of 4) before it: the step does nothing',
      ],
    ],
    [3, [keep(0), wait], ['[1].pause: the pause comes after partition 0: every pod is updated by then']],
    [3, [keep('0%'), hook], ['[1].hook: the hook comes after partition 0%: every pod is updated by then']],
    [3, [keep(0), keep(0)], ['[1].partition: partition 0 comes after partition 0: every pod is updated by then']],
    [3, [keep(2), wait, pause(60)], ['[2].pause: the pause follows a pause: nothing happens between them']],
    [3, [pause(0)], ['[0].pause.duration: duration 0 does not pause: the step does nothing']],
    [3, [pause(-5)], ['[0].pause.duration: duration -5 is negative']],
    [3, [pause('60s')], ['[0].pause.duration: duration "60s" is not a number of seconds']],
    [3, [pause(1.5)], ['[0].pause.duration: duration 1.5 is not a number of seconds']],
    [3, [{}], ['[0]: the step is empty']],
    [3, [{ pause: null }], ['[0]: the step is empty']],
    [3, [{ partition: 2, pause: {} }], ['[0]: the step has partition and pause']],
    [3, [{ hook: {} }], ['[0].hook: the hook names no template']],
    [3, [keep(-1)], ['[0].partition: partition -1 is negative']],
    [3, [keep(1.5)], ['[0].partition: partition 1.5 is not a whole number']],
    [3, [keep('2')], ['[0].partition: partition "2" is a text']],
    [3, [keep('half')], ['[0].partition: partition "half" is neither a number nor a percentage']],
    [3, [keep('120%')], ['[0].partition: partition "120%" is more than 100%']],
    [3, [], [': the canary has no steps']],
  ])('%i replicas, %j', (replicas, steps, problems) => {
    expect(told(replicas, ...steps)).toEqual(problems);
  });

  test('a refused step does not count: its neighbours are judged without it', () => {
    expect(told(5, keep(9), keep(5), keep(4))).toEqual([
      '[0].partition: partition 9 is more than replicas 5: no pod can be updated',
      '[1].partition: partition 5 keeps all 5 pods as they are: the step does nothing',
    ]);
    expect(told(5, keep(2), keep(4), keep(3), keep(1))).toEqual([
      '[1].partition: partition 4 is not less than partition 2 before it: the step does nothing',
      '[2].partition: partition 3 is not less than partition 2 before it: the step does nothing',
    ]);
  });

  test('what would be right', () => {
    const [problem] = checkCanarySteps([keep(3), wait, keep('80%')], { kind, replicas: 5, type: 'InplaceUpdate' });
    expect(problem).toEqual({
      path: [2, 'partition'],
      message: 'partition 80% (4 of 5) is not less than partition 3 before it: the step does nothing',
      hint: 'a partition is the number of pods kept as they are: use 0 to 2',
      value: '80%',
    });
  });

  test.each([
    ['OnDelete', 1],
    ['RollingUpdate', 0],
    ['InplaceUpdate', 0],
    ['HotPatchUpdate', 0],
    [undefined, 0],
  ])('with type %s', (type, problems) => {
    expect(checkCanarySteps([keep(1)], { kind, replicas: 3, type })).toHaveLength(problems);
  });
});

describe('for every list of steps', () => {
  const partition = fc.oneof(
    fc.integer({ min: 0, max: 12 }),
    fc.integer({ min: 0, max: 100 }).map((percent) => `${percent}%`),
  );
  const step = fc.oneof(partition.map(keep), fc.constantFrom(wait, pause(60), hook));
  const steps = fc.array(step, { minLength: 1, maxLength: 6 });

  test('what is accepted updates more pods with every partition', () => {
    let accepted = 0;
    fc.assert(
      fc.property(steps, fc.integer({ min: 1, max: 10 }), (list, replicas) => {
        if (checkCanarySteps(list, { kind, replicas }).length > 0) return;
        accepted++;
        let before = replicas;
        for (const each of list) {
          if (!('partition' in each)) continue;
          const written = String(each.partition);
          const kept = written.endsWith('%') ? Math.ceil((replicas * parseInt(written)) / 100) : Number(written);
          expect(kept).toBeLessThan(before);
          before = kept;
        }
      }),
      { numRuns: 5000 },
    );
    expect(accepted).toBeGreaterThan(50);
  });

  test('what falls strictly is accepted', () => {
    const falling = fc
      .integer({ min: 1, max: 40 })
      .chain((replicas) =>
        fc
          .uniqueArray(fc.integer({ min: 0, max: replicas - 1 }), { minLength: 1 })
          .map((counts) => [replicas, counts.sort((a, b) => b - a)] as const),
      );
    fc.assert(
      fc.property(falling, ([replicas, counts]) => {
        expect(told(replicas, ...counts.map(keep))).toEqual([]);
      }),
    );
  });

  test('odd input is told, not thrown', () => {
    fc.assert(
      fc.property(fc.anything(), fc.nat(5), (list, replicas) => {
        const strategy = {
          type: list,
          partition: list,
          rollingUpdate: list,
          inPlaceUpdateStrategy: list,
          canary: { steps: [list, { pause: list }, { partition: list }, { hook: list }] },
        };
        expect(Array.isArray(checkCanarySteps(list as CanaryStepSpec[], { kind, replicas }))).toBe(true);
        expect(checkUpdateStrategy(strategy as UpdateStrategySpec, { kind, replicas }).length).toBeGreaterThan(0);
      }),
    );
  });
});

describe('updateStrategy', () => {
  type Context = { kind: 'GameStatefulSet' | 'GameDeployment'; replicas: number; progressDeadlineSeconds?: number };
  const gsts: Context = { kind: 'GameStatefulSet', replicas: 5 };
  const gd: Context = { kind: 'GameDeployment', replicas: 5 };
  const inPlace = (gracePeriodSeconds: number, type = 'InplaceUpdate') => ({
    type,
    inPlaceUpdateStrategy: { gracePeriodSeconds },
  });

  test.each<[what: string, strategy: UpdateStrategySpec, context: Context, problems: string[]]>([
    ['the published example', { ...inPlace(30), rollingUpdate: { partition: 1 } }, gsts, []],
    [
      'and with its steps',
      { partition: 1, maxUnavailable: 2, canary: { steps: [keep(3), wait, keep(1)] } },
      gd,
      ['partition: partition 1 does nothing beside canary.steps (warning)'],
    ],
    [
      'stuck',
      { rollingUpdate: { maxUnavailable: 0 } },
      gsts,
      ['rollingUpdate.maxUnavailable: maxUnavailable 0 without maxSurge lets no pod be updated'],
    ],
    [
      'stuck in percent',
      { maxUnavailable: '0%', maxSurge: '0%' },
      gd,
      ['maxUnavailable: maxUnavailable 0 without maxSurge lets no pod be updated'],
    ],
    ['a small percentage is at least one', { maxUnavailable: '1%' }, gd, []],
    ['surge instead', { maxUnavailable: 0, maxSurge: 1 }, gd, []],
    ['surge by default', { maxUnavailable: 0 }, gd, []],
    [
      'a surge that cannot be read',
      { maxUnavailable: 0, maxSurge: 'x' },
      gd,
      ['maxSurge: maxSurge "x" is neither a number nor a percentage'],
    ],
    [
      'surge in place',
      { type: 'InplaceUpdate', maxUnavailable: 0, maxSurge: 1 },
      gd,
      [
        'maxUnavailable: maxUnavailable 0 lets no pod be updated in place: maxSurge only helps when pods are replaced (warning)',
      ],
    ],
    [
      'surge of a set',
      { rollingUpdate: { maxUnavailable: 0, maxSurge: 1 } },
      gsts,
      [
        'rollingUpdate.maxUnavailable: maxUnavailable 0 lets no pod be updated: maxSurge does not apply to a GameStatefulSet',
      ],
    ],
    [
      'percent syntax',
      { partition: '50', maxUnavailable: '25 %', maxSurge: '200%' },
      gd,
      [
        'partition: partition "50" is a text',
        'maxUnavailable: maxUnavailable "25 %" is neither a number nor a percentage',
        'maxSurge: maxSurge "200%" is more than 100%',
      ],
    ],
    [
      'partition over replicas',
      { rollingUpdate: { partition: 7 } },
      gsts,
      ['rollingUpdate.partition: partition 7 is more than the 5 pods: nothing is updated (warning)'],
    ],
    [
      'partition of all',
      { partition: '100%' },
      gd,
      ['partition: partition 100% (5 of 5) keeps all 5 pods: nothing is updated (warning)'],
    ],
    [
      'negative grace',
      inPlace(-1),
      gsts,
      ['inPlaceUpdateStrategy.gracePeriodSeconds: gracePeriodSeconds -1 is out of range'],
    ],
    [
      'grace over the deadline',
      inPlace(600),
      { ...gsts, progressDeadlineSeconds: 300 },
      [
        'inPlaceUpdateStrategy.gracePeriodSeconds: gracePeriodSeconds 600 is not less than progressDeadlineSeconds 300: every update would be Degraded',
      ],
    ],
    ['grace within the deadline', inPlace(299), { ...gsts, progressDeadlineSeconds: 300 }, []],
    [
      'grace that nothing reads',
      inPlace(30, 'RollingUpdate'),
      gd,
      ['inPlaceUpdateStrategy: inPlaceUpdateStrategy does nothing with type RollingUpdate (warning)'],
    ],
    [
      'grace without a type',
      { inPlaceUpdateStrategy: {} },
      gd,
      ['inPlaceUpdateStrategy: inPlaceUpdateStrategy does nothing with type RollingUpdate (warning)'],
    ],
    [
      'OnDelete',
      { type: 'OnDelete', rollingUpdate: { partition: 9, maxUnavailable: 0 } },
      gsts,
      [
        'rollingUpdate: rollingUpdate does nothing with type OnDelete: a pod changes when somebody deletes it (warning)',
      ],
    ],
    [
      'OnDelete with steps',
      { type: 'OnDelete', canary: { steps: [keep(1)] } },
      gd,
      ['canary.steps: canary steps do nothing with type OnDelete: a pod changes when somebody deletes it'],
    ],
    [
      'its steps',
      { type: 'InplaceUpdate', canary: { steps: [keep(5)] } },
      gd,
      ['canary.steps[0].partition: partition 5 keeps all 5 pods as they are: the step does nothing'],
    ],
    ['a canary without steps', { canary: {} }, gd, ['canary.steps: the canary has no steps']],
  ])('%s', (_what, strategy, context, problems) => {
    expect(lines(checkUpdateStrategy(strategy, context))).toEqual(problems);
  });
});
