import type { StatefulSet } from '../../api/native.js';
import type { ChildChange } from './action.js';
import { CLOSED, isObserved, replicasOf, startOf, updateStrategyOf } from './child.js';
import type { Round } from './round.js';
import type { Target } from './target.js';

/** The next number of replicas of the child, and its first ordinal; empty when nothing is to change now. */
export function scaleChange(round: Round, child: StatefulSet, target: Target): ChildChange {
  if (startOf(child) !== round.settings.start) return startChange(round, child, target);
  const replicas = nextReplicas(round, child);
  return replicas === replicasOf(child) ? {} : { replicas };
}

/** Never in the middle of an update: a partition counts from the first ordinal, so it would speak of other pods. */
function startChange(round: Round, child: StatefulSet, target: Target): ChildChange {
  const { settings, draft, pods } = round;
  const { start, replicas } = settings;
  if (target.kind !== 'go' || target.progress.isMoving) {
    draft.say(`ordinals.start stays ${startOf(child)} until the update is over`);
    return {};
  }
  const places = Array.from({ length: replicasOf(child) }, (_, index) => index);
  const isLeaving = (index: number) => index + startOf(child) < start || index + startOf(child) >= start + replicas;
  if (mayHideOne(round, child, places.filter(isLeaving))) return {};
  const leaving = pods.filter(({ ordinal }) => ordinal < start || ordinal >= start + replicas);
  // All are asked, so that their hooks run side by side.
  const answers = leaving.map((view) => view.stage.kind === 'leaving' || round.agrees(view, 'delete'));
  if (answers.includes(false)) return {};
  const updateStrategy = settings.type === 'OnDelete' ? {} : { updateStrategy: updateStrategyOf(settings, CLOSED) };
  return { replicas, ordinals: { start }, ...updateStrategy };
}

/** Ordered sets grow and shrink one by one: a new pod only when those before it serve, the last one first. */
function nextReplicas(round: Round, child: StatefulSet): number {
  const now = replicasOf(child);
  const { replicas: wanted } = round.settings;
  if (wanted > now) return grown(round, now);
  return wanted < now ? shrunk(round, child, now) : now;
}

/** Whether the child may have a pod at one of these places that we have not seen yet: it would leave without being asked. */
function mayHideOne({ pods, draft }: Round, child: StatefulSet, indexes: readonly number[]): boolean {
  if (indexes.every((index) => pods.some((view) => view.index === index))) return false;
  const { replicas = 0 } = child.status ?? {};
  if (isObserved(child) && pods.length >= replicas) return false;
  draft.say(`no pod leaves before all are seen: ${pods.length} of the ${replicas} that the StatefulSet has`);
  return true;
}

function grown({ settings, unsupported, pods, draft }: Round, now: number): number {
  if (unsupported.stopsCreation !== undefined) return now;
  if (!settings.ordered) return settings.replicas;
  const serving = pods.filter(({ index, available }) => index < now && available).length;
  if (serving >= now) return now + 1;
  draft.say(`pod ${now + 1} of ${settings.replicas} waits: ${serving} of the ${now} before it are available`);
  return now;
}

function shrunk(round: Round, child: StatefulSet, now: number): number {
  const { settings, pods, draft } = round;
  const onItsWay = pods.find(({ index, stage }) => index >= now && stage.kind === 'leaving');
  if (settings.ordered && onItsWay) {
    draft.say(`the next pod leaves when ${onItsWay.name} is gone`);
    return now;
  }
  const least = settings.ordered ? now - 1 : settings.replicas;
  let next = now;
  // Whoever leaves goes from the top: one that must stay keeps those below it.
  while (next > least) {
    const view = round.podAt(next - 1);
    if (view ? !round.agrees(view, 'delete') : mayHideOne(round, child, [next - 1])) break;
    next--;
  }
  return next;
}
