import type { StatefulSet } from '../../api/native.js';
import type { ChildChange } from './action.js';
import { replicasOf } from './round.js';
import type { Round } from './round.js';

/** The next number of replicas of the child, and the first ordinal; empty when nothing is to change now. */
export function scaleChange(round: Round, child: StatefulSet, isSettled: boolean): ChildChange {
  const { settings, draft, pods } = round;
  const start = child.spec.ordinals?.start ?? 0;
  if (start !== settings.start) {
    if (!isSettled) {
      draft.say(`ordinals.start stays ${start} until the update is over`);
      return {};
    }
    const leaving = pods.filter(
      ({ ordinal }) => ordinal < settings.start || ordinal >= settings.start + settings.replicas,
    );
    if (!leaving.every((view) => mayLeave(round, view))) return {};
    return { replicas: settings.replicas, ordinals: { start: settings.start } };
  }
  const now = replicasOf(child);
  const next = nextReplicas(round, now);
  return next === now ? {} : { replicas: next };
}

/** Ordered sets grow and shrink one by one: a new pod only when those before it serve, the last one first. */
function nextReplicas(round: Round, now: number): number {
  const { settings, pods, draft } = round;
  const { replicas: wanted, ordered } = settings;
  if (wanted > now) {
    if (!ordered) return wanted;
    const serving = pods.filter(({ index, available }) => index < now && available).length;
    if (serving === now) return now + 1;
    draft.say(`pod ${now + 1} of ${wanted} waits: ${serving} of the ${now} before it are available`);
    return now;
  }
  const onItsWay = ordered && pods.find(({ index, stage }) => index >= now && stage.kind === 'leaving');
  if (onItsWay && wanted < now) {
    draft.say(`the next pod leaves when ${onItsWay.name} is gone`);
    return now;
  }
  let next = now;
  while (next > wanted) {
    const view = pods.find(({ index }) => index === next - 1);
    // Whoever leaves goes from the top: one that must stay keeps those below it.
    if (view && !mayLeave(round, view)) break;
    next--;
    if (ordered) break;
  }
  return next;
}

function mayLeave({ snapshot, draft }: Round, view: Round['pods'][number]): boolean {
  if (view.empty || view.stage.kind === 'leaving') return true;
  const answer = snapshot.hooks.ask(view.pod, 'delete');
  if (answer.kind === 'waiting') draft.say(`${view.name} does not leave yet: ${answer.why}`);
  return answer.kind === 'agreed';
}
