import { demandOf, statusOf } from '../../../src/cluster/controllers/disruption/budget.js';
import type { DisruptionBudget } from '../../../src/cluster/controllers/objects.js';
import type { Observed } from '../../../src/kube/store.js';
import { ago, NOW, pod } from './objects.js';

function budget(spec: DisruptionBudget['spec'], status?: DisruptionBudget['status']): Observed<DisruptionBudget> {
  const metadata = { name: 'game', namespace: 'default', uid: 'u', resourceVersion: '1', generation: 2 };
  return { metadata, spec, ...(status && { status }) };
}

describe('what a PodDisruptionBudget demands', () => {
  test.each([
    { spec: { maxUnavailable: 1 }, pods: 3, wanted: 5, expected: 5, healthy: 4 },
    { spec: { maxUnavailable: 9 }, pods: 3, wanted: 5, expected: 5, healthy: 0 },
    { spec: { maxUnavailable: '30%' }, pods: 3, wanted: 5, expected: 5, healthy: 3 },
    { spec: { minAvailable: 2 }, pods: 3, wanted: 0, expected: 3, healthy: 2 },
    { spec: { minAvailable: '50%' }, pods: 3, wanted: 5, expected: 5, healthy: 3 },
    { spec: {}, pods: 3, wanted: 5, expected: 0, healthy: 0 },
  ])('$spec of $pods pods, where $wanted are wanted', ({ spec, pods, wanted, expected, healthy }) => {
    expect(demandOf(budget(spec), pods, wanted)).toEqual({ expected, healthy });
  });
});

describe('how many may be evicted', () => {
  const pods = [
    pod({ name: 'a' }),
    pod({ name: 'b' }),
    pod({ name: 'c', ready: false }),
    pod({ name: 'd', going: true }),
  ];
  const allowed = (demand: { expected: number; healthy: number }, status?: DisruptionBudget['status']) =>
    statusOf(budget({}, status), pods, demand, NOW);

  test('those beyond what must be healthy', () => {
    const status = allowed({ expected: 4, healthy: 1 });
    expect(status).toMatchObject({ currentHealthy: 2, disruptionsAllowed: 1, observedGeneration: 2 });
    expect(status.conditions).toMatchObject([{ type: 'DisruptionAllowed', status: 'True', reason: 'SufficientPods' }]);
  });

  test('none, where none is expected or too few are healthy', () => {
    expect(allowed({ expected: 0, healthy: 0 })).toMatchObject({ disruptionsAllowed: 0 });
    const status = allowed({ expected: 4, healthy: 3 });
    expect(status).toMatchObject({ disruptionsAllowed: 0 });
    expect(status.conditions).toMatchObject([{ status: 'False', reason: 'InsufficientPods' }]);
  });

  test('a pod that was let go counts as gone, for two minutes', () => {
    const before = { currentHealthy: 2, desiredHealthy: 1, expectedPods: 4, disruptionsAllowed: 1 };
    const soon = allowed({ expected: 4, healthy: 1 }, { ...before, disruptedPods: { a: ago(119), d: ago(1) } });
    expect(soon).toMatchObject({ currentHealthy: 1, disruptionsAllowed: 0, disruptedPods: { a: ago(119) } });
    const late = allowed({ expected: 4, healthy: 1 }, { ...before, disruptedPods: { a: ago(121) } });
    expect(late).toMatchObject({ currentHealthy: 2, disruptionsAllowed: 1 });
    expect(late.disruptedPods).toBeUndefined();
  });
});
