import { isRecord, list } from '../json.js';
import { stepTo, typeFor, type MergeType } from './merge-type.js';
import { byStep } from './compare.js';

/** An applied value that no merge can take, such as one list with two elements of one key. */
export class Unmergeable extends Error {}

/** What is there, with what is applied laid over it. Source: Merge of structured-merge-diff. */
export function merge(type: MergeType, live: unknown, applied: unknown): unknown {
  if (applied === undefined) return live;
  if (live === undefined || live === null || applied === null) return checked(type, applied);
  const of = typeFor(type, applied);
  if (of.kind === 'fields' && isRecord(live) && isRecord(applied)) {
    if (Object.keys(applied).length === 0 && Object.keys(live).length > 0) return live;
    const result: Record<string, unknown> = { ...live };
    for (const name in applied) result[name] = merge(of.field(name), live[name], applied[name]);
    return result;
  }
  if ((of.kind === 'set' || of.kind === 'keyed') && Array.isArray(live) && Array.isArray(applied))
    return mergeElements(of, live, checkedList(of, applied));
  return checked(of, applied);
}

/** The order of both lists, as far as they agree; else that of the applied one. */
function mergeElements(
  type: MergeType & { kind: 'set' | 'keyed' },
  live: readonly unknown[],
  applied: readonly unknown[],
): unknown[] {
  const elementType: MergeType = type.kind === 'keyed' ? type.element : { kind: 'leaf' };
  const liveBy = byStep(type, live);
  const appliedSteps = applied.map((element) => stepTo(type, element));
  const appliedBy = new Map(applied.map((element, index) => [appliedSteps[index]!, element]));
  const shared = appliedSteps.filter((step) => liveBy.has(step));
  const done = new Set<string>();
  const result: unknown[] = [];
  const takeApplied = (step: string): void => {
    // What stands there twice is not merged with.
    const same = liveBy.get(step) ?? [];
    result.push(merge(elementType, same.length === 1 ? same[0] : undefined, appliedBy.get(step)));
    done.add(step);
    if (shared[0] === step) shared.shift();
  };
  let [liveIndex, appliedIndex] = [0, 0];
  while (liveIndex < live.length || appliedIndex < applied.length) {
    const appliedStep = appliedSteps[appliedIndex];
    if (liveIndex < live.length) {
      const element = live[liveIndex];
      const step = stepTo(type, element);
      if (step === appliedStep) {
        takeApplied(step);
        liveIndex++;
        appliedIndex++;
        continue;
      }
      const isShared = appliedBy.has(step);
      if (!isShared) result.push(element);
      if (!isShared || done.has(step) || (appliedStep !== undefined && shared[0] !== undefined && shared[0] !== step)) {
        liveIndex++;
        continue;
      }
    }
    if (appliedStep !== undefined) {
      takeApplied(appliedStep);
      appliedIndex++;
    } else liveIndex++;
  }
  return result;
}

function checked(type: MergeType, value: unknown): unknown {
  const of = typeFor(type, value);
  if ((of.kind === 'set' || of.kind === 'keyed') && Array.isArray(value)) {
    for (const element of checkedList(of, value)) if (of.kind === 'keyed') checked(of.element, element);
  } else if (of.kind === 'fields' && isRecord(value)) {
    for (const name in value) checked(of.field(name), value[name]);
  }
  return value;
}

function checkedList(type: MergeType & { kind: 'set' | 'keyed' }, value: readonly unknown[]): readonly unknown[] {
  const seen = new Set<string>();
  for (const element of list(value)) {
    const step = stepTo(type, element);
    if (type.kind === 'keyed')
      for (const key of type.keys)
        if (!(isRecord(element) && (element[key] ?? type.defaults[key]) !== undefined))
          throw new Unmergeable(`an element omits the key field ${JSON.stringify(key)}`);
    if (seen.has(step)) throw new Unmergeable(`duplicate entries for key ${step.slice(2)}`);
    seen.add(step);
  }
  return value;
}
