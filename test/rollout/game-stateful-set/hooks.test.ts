import { expect, test } from '@jest/globals';
import type { GameStatefulSetSpec } from '../../../src/api/generated/types/game-stateful-set.js';
import { unrunHooks } from '../../../src/rollout/game-stateful-set/hooks.js';
import { hooksNotRun, noHooks } from '../../../src/rollout/hook-gate.js';
import { podOf, workloadOf } from '../fixtures.js';

const hook = { hook: { templateName: 'empty' } };
const pod = podOf({ ordinal: 0 });

/** Which of updating, deleting and the next pod are held back. */
const held = (spec: Partial<GameStatefulSetSpec>): string => {
  const gate = unrunHooks(workloadOf(spec));
  return (['updateInPlace', 'delete', 'afterUpdate'] as const)
    .filter((what) => gate.ask(pod, what).kind === 'waiting')
    .join(' ');
};

test.each<[what: string, spec: Partial<GameStatefulSetSpec>, held: string]>([
  ['no hooks', {}, ''],
  ['strategies without a hook', { preDeleteUpdateStrategy: {}, preInplaceUpdateStrategy: { retry: true } }, ''],
  ['before deletion', { preDeleteUpdateStrategy: hook }, 'updateInPlace delete'],
  ['before an update', { preInplaceUpdateStrategy: hook }, 'updateInPlace'],
  ['before both', { preDeleteUpdateStrategy: hook, preInplaceUpdateStrategy: hook }, 'updateInPlace delete'],
  ['after an update: it would end half done', { postInplaceUpdateStrategy: hook }, 'updateInPlace afterUpdate'],
])('%s', (_, spec, expected) => {
  expect(held(spec)).toBe(expected);
});

test('it says which field', () => {
  expect(unrunHooks(workloadOf({ preDeleteUpdateStrategy: hook })).ask(pod, 'delete')).toEqual({
    kind: 'waiting',
    why: 'nobody runs hooks yet, and preDeleteUpdateStrategy asks for one',
  });
});

test('all agree, none agrees', () => {
  expect(noHooks.ask(pod, 'delete')).toEqual({ kind: 'agreed' });
  expect(hooksNotRun('too early').ask(pod, 'updateInPlace')).toEqual({ kind: 'waiting', why: 'too early' });
});
