import { describe, expect, test } from '@jest/globals';
import type { PodCondition } from '../../../src/api/pod.js';
import { closedGate, gateOf, openGate, READINESS_GATE } from '../../../src/rollout/pod/gate.js';
import { podOf } from '../fixtures.js';

const at = '2026-11-22T12:00:00Z';
const gateWith = (...conditions: PodCondition[]) => {
  const pod = podOf({ ordinal: 0 });
  return gateOf({ ...pod, status: { ...pod.status, conditions } });
};

test('a pod without the gate', () => {
  expect(gateOf(podOf({ ordinal: 0, ungated: true }))).toEqual({ kind: 'none' });
});

test('the condition alone makes no gate', () => {
  const pod = podOf({ ordinal: 0, ungated: true });
  expect(gateOf({ ...pod, status: { conditions: [openGate('PodStarted', at)] } })).toEqual({ kind: 'none' });
});

describe('with the gate', () => {
  test.each<[what: string, conditions: PodCondition[], gate: ReturnType<typeof gateOf>]>([
    ['no condition', [], { kind: 'unopened' }],
    ['another condition', [{ type: 'Ready', status: 'True' }], { kind: 'unopened' }],
    ['opened', [openGate('PodStarted', at)], { kind: 'open' }],
    [
      'closed by us',
      [closedGate({ target: 'zone-7f9', grace: 30 }, at)],
      { kind: 'closed', plan: { target: 'zone-7f9', grace: 30 }, since: at },
    ],
    [
      'closed by us without a grace',
      [closedGate({ target: 'zone-7f9', grace: 0 }, at)],
      { kind: 'closed', plan: { target: 'zone-7f9', grace: 0 }, since: at },
    ],
    [
      'closed by somebody else',
      [{ type: READINESS_GATE, status: 'False', message: 'maintenance', lastTransitionTime: at }],
      { kind: 'closed', since: at },
    ],
    ['closed without a word', [{ type: READINESS_GATE, status: 'False' }], { kind: 'closed' }],
    ['neither', [{ type: READINESS_GATE, status: 'Unknown' }], { kind: 'closed' }],
    [
      'nearly ours',
      [{ type: READINESS_GATE, status: 'False', message: 'out of traffic for -1 s, then updated to a' }],
      { kind: 'closed' },
    ],
  ])('%s', (_, conditions, gate) => {
    expect(gateWith(...conditions)).toEqual(gate);
  });
});
