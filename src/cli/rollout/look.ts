import type { GameStatefulSet } from '../../api/generated/types/game-stateful-set.js';
import { controllerOf, type GamePod, type Workload } from '../../controller/game-stateful-set/objects.js';
import { reportOf, type RolloutReport } from '../../controller/report/report.js';
import type { KubeApi } from '../../kube/api.js';
import type { Clock } from '../../kube/clock.js';
import type { Stored } from '../../kube/objects.js';
import { pods, statefulSets } from '../../kube/resource.js';
import { selectorText } from '../../rollout/game-stateful-set/selector.js';

/** A report of a workload as it is now, or of one of its pods. */
export async function look(
  api: KubeApi,
  clock: Clock,
  workload: Stored<Workload>,
  ordinal?: number,
): Promise<RolloutReport> {
  const { namespace = '', name } = workload.metadata;
  const { items } = await api.list<GamePod>(pods, { namespace, labelSelector: selectorText(workload.spec.selector) });
  const own = items.filter(({ metadata }) => controllerOf(metadata, statefulSets.kind)?.name === name);
  const report = reportOf(workload as unknown as GameStatefulSet, own, clock.now());
  if (ordinal === undefined) return report;
  return { ...report, pods: report.pods.filter((pod) => pod.ordinal === ordinal) };
}
