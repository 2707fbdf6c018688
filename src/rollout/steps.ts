import type { Path, Problem } from '../api/problem.js';

// What a canary and an updateStrategy say, judged before anything runs: rollout.md sections 5 and 6, bcs.md sections 1.1, 1.2 and 3.

export type WorkloadKind = 'GameStatefulSet' | 'GameDeployment';

/** One canary step as it was written. Exactly one key is right. */
export interface CanaryStepSpec {
  readonly partition?: number | string | undefined;
  readonly pause?: { readonly duration?: number | undefined } | undefined;
  readonly hook?: { readonly templateName?: string | undefined } | undefined;
}

/** Where the steps run. */
export interface CanaryContext {
  readonly kind: WorkloadKind;
  /** How many pods the steps divide; with an autoscaler, the most there may be. With 0 there is nothing to divide, and counts are not judged. */
  readonly replicas: number;
  /** `updateStrategy.type`; absent is RollingUpdate. */
  readonly type?: string | undefined;
}

/** An updateStrategy as it was written. A GameStatefulSet has its counts under `rollingUpdate`, a GameDeployment at the top. */
export interface UpdateStrategySpec extends UpdateCounts {
  readonly type?: string | undefined;
  readonly rollingUpdate?: UpdateCounts | undefined;
  readonly inPlaceUpdateStrategy?: { readonly gracePeriodSeconds?: number | undefined } | undefined;
  readonly canary?: { readonly steps?: readonly CanaryStepSpec[] | undefined } | undefined;
}

interface UpdateCounts {
  readonly partition?: number | string | undefined;
  readonly maxUnavailable?: number | string | undefined;
  readonly maxSurge?: number | string | undefined;
}

const STEP_KEYS = ['partition', 'pause', 'hook'] as const;

/**
 * Refuses steps that do nothing or cannot be reached. Accepted partitions fall strictly, below `replicas` and down to 0 at the least.
 * Paths are relative to the list of steps.
 */
export function checkCanarySteps(steps: readonly CanaryStepSpec[], context: CanaryContext): Problem[] {
  if (!Array.isArray(steps) || steps.length === 0) {
    return [
      {
        path: [],
        message: 'the canary has no steps',
        hint: 'for example partition, pause: remove canary to update without them',
      },
    ];
  }
  if (context.type === 'OnDelete') {
    const message = 'canary steps do nothing with type OnDelete: a pod changes when somebody deletes it';
    return [{ path: [], message, hint: 'use InplaceUpdate, HotPatchUpdate or RollingUpdate, or remove canary' }];
  }
  const problems: Problem[] = [];
  let partition = { count: context.replicas, text: '' };
  let previousKey: string | undefined;
  for (const [index, step] of (steps as readonly unknown[]).entries()) {
    const shape = shapeOf(step);
    if ('message' in shape) {
      problems.push({ path: [index], ...shape });
      previousKey = undefined;
      continue;
    }
    const { key, value } = shape;
    const at = (rest: Path, problem: Omit<Problem, 'path'>) =>
      problems.push({ path: [index, key, ...rest], ...problem });
    const finished = partition.text !== '' && partition.count === 0 && context.replicas > 0;
    if (key === 'partition') {
      const wanted = countOf(value, context.replicas);
      if (typeof wanted !== 'number') at([], { ...wanted, message: `partition ${wanted.message}`, value });
      else {
        const problem = judgePartition(wanted, value as number | string, partition, context);
        if (problem !== undefined) at([], { ...problem, value });
        // A refused step must not make its neighbours look wrong as well.
        else partition = { count: wanted, text: String(value) };
      }
    } else if (finished) {
      const message = `the ${key} comes after partition ${partition.text}: every pod is updated by then`;
      at([], { message, hint: `put it before partition ${partition.text}` });
    } else if (key === 'pause') {
      const problem = judgePause(value, previousKey);
      if (problem !== undefined) at(problem.path, { ...problem.is });
    } else if (!isRecord(value) || typeof value.templateName !== 'string' || value.templateName === '') {
      at([], { message: 'the hook names no template', hint: 'set templateName' });
    }
    previousKey = key;
  }
  return problems;
}

/** The first step may not update nothing, and a later one has to update more than the one before. */
function judgePartition(
  wanted: number,
  value: number | string,
  previous: { readonly count: number; readonly text: string },
  { replicas }: CanaryContext,
): Omit<Problem, 'path'> | undefined {
  if (replicas === 0) return undefined;
  const written = named('partition', value, wanted, replicas);
  const fewer = (limit: number) => (limit > 1 ? `use 0 to ${limit - 1}` : 'use 0');
  if (wanted > replicas) {
    return { message: `${written} is more than replicas ${replicas}: no pod can be updated`, hint: fewer(replicas) };
  }
  if (previous.text === '') {
    if (wanted < replicas) return undefined;
    return {
      message: `${written} keeps ${replicas === 1 ? 'the one pod as it is' : `all ${replicas} pods as they are`}: the step does nothing`,
      hint: fewer(replicas),
    };
  }
  if (wanted < previous.count) return undefined;
  const before = named('partition', previous.text, previous.count, replicas);
  if (previous.count === 0) {
    return { message: `${written} comes after ${before}: every pod is updated by then`, hint: 'remove it' };
  }
  const hint = `a partition is the number of pods kept as they are: ${fewer(previous.count)}`;
  return { message: `${written} is not less than ${before} before it: the step does nothing`, hint };
}

function judgePause(
  value: unknown,
  previousKey: string | undefined,
): { path: Path; is: Omit<Problem, 'path'> } | undefined {
  const duration = isRecord(value) ? value.duration : undefined;
  const hint = 'use whole seconds from 1, or pause: {} to wait for a person';
  if (duration !== undefined) {
    const seconds = typeof duration === 'string' ? /^(\d+)s?$/.exec(duration)?.[1] : undefined;
    const is = { hint: seconds === undefined ? hint : `write duration: ${seconds}, in seconds`, value: duration };
    if (typeof duration !== 'number' || !Number.isInteger(duration)) {
      return {
        path: ['duration'],
        is: { message: `duration ${JSON.stringify(duration)} is not a number of seconds`, ...is },
      };
    }
    if (duration < 0) return { path: ['duration'], is: { message: `duration ${duration} is negative`, ...is } };
    if (duration === 0)
      return { path: ['duration'], is: { message: 'duration 0 does not pause: the step does nothing', ...is } };
  }
  if (previousKey !== 'pause') return undefined;
  const message = 'the pause follows a pause: nothing happens between them';
  return { path: [], is: { message, hint: 'make one of them' } };
}

/**
 * Everything that can be known about an updateStrategy, its canary steps included. Paths are relative to it.
 *
 * @param context.progressDeadlineSeconds the workload's, where it is set
 */
export function checkUpdateStrategy(
  strategy: UpdateStrategySpec,
  context: {
    readonly kind: WorkloadKind;
    readonly replicas: number;
    readonly progressDeadlineSeconds?: number | undefined;
  },
): Problem[] {
  if (!isObject(strategy)) return [];
  const path = context.kind === 'GameStatefulSet' ? ['rollingUpdate'] : [];
  const written = context.kind === 'GameStatefulSet' ? strategy.rollingUpdate : strategy;
  const counts: UpdateCounts = isObject(written) ? written : {};
  const { type, canary } = strategy;
  const inCanary = (problem: Problem): Problem => ({ ...problem, path: ['canary', 'steps', ...problem.path] });
  return [
    ...checkCounts(counts, strategy, context).map((problem) => ({ ...problem, path: [...path, ...problem.path] })),
    ...checkInPlace(strategy, context.progressDeadlineSeconds),
    ...(type === 'OnDelete' && strategy.rollingUpdate !== undefined ? [ROLLING_UPDATE_IGNORED] : []),
    ...(isObject(canary) ? checkCanarySteps(canary.steps ?? [], { ...context, type }).map(inCanary) : []),
  ];
}

// Newer operators of the original system refuse it, so that a workload which carries it cannot go back.
const ROLLING_UPDATE_IGNORED: Problem = {
  path: ['rollingUpdate'],
  message: 'rollingUpdate does nothing with type OnDelete: a pod changes when somebody deletes it',
  hint: 'remove it',
  severity: 'warning',
};

function checkCounts(
  counts: UpdateCounts,
  strategy: UpdateStrategySpec,
  { kind, replicas }: { kind: WorkloadKind; replicas: number },
): Problem[] {
  const { type } = strategy;
  const problems: Problem[] = [];
  const read = (key: keyof UpdateCounts): number | undefined => {
    const value = counts[key];
    if (value === undefined) return undefined;
    // Of 100 pods: here the question is only whether it is zero, whatever the rounding.
    const count = countOf(value, key === 'partition' ? replicas : 100);
    if (typeof count === 'number') return count;
    problems.push({ path: [key], ...count, message: `${key} ${count.message}`, value });
    return undefined;
  };
  const [partition, maxUnavailable, maxSurge] = [read('partition'), read('maxUnavailable'), read('maxSurge')];
  if (partition !== undefined && type !== 'OnDelete')
    problems.push(...judgePlainPartition(partition, counts, strategy, replicas));
  if (maxUnavailable !== 0 || type === 'OnDelete') return problems;
  // Absent, a GameDeployment's is 25% (the schema's default), which is at least one pod.
  const surge = counts.maxSurge === undefined && kind === 'GameDeployment' ? 1 : (maxSurge ?? 0);
  const unreadable = counts.maxSurge !== undefined && maxSurge === undefined;
  const path: Path = ['maxUnavailable'];
  const value = counts.maxUnavailable;
  const hint = 'use 1 or more, or a percentage above 0%';
  if (unreadable) return problems;
  if (surge === 0) {
    problems.push({ path, message: 'maxUnavailable 0 without maxSurge lets no pod be updated', hint, value });
  } else if (kind === 'GameStatefulSet') {
    const message = 'maxUnavailable 0 lets no pod be updated: maxSurge does not apply to a GameStatefulSet';
    problems.push({ path, message, hint, value });
  } else if (type === 'InplaceUpdate') {
    const message = 'maxUnavailable 0 lets no pod be updated in place: maxSurge only helps when pods are replaced';
    problems.push({ path, message, hint, value, severity: 'warning' });
  }
  return problems;
}

function judgePlainPartition(
  partition: number,
  counts: UpdateCounts,
  { canary }: UpdateStrategySpec,
  replicas: number,
): Problem[] {
  const value = counts.partition;
  const path: Path = ['partition'];
  if (isObject(canary) && Array.isArray(canary.steps) && canary.steps.length > 0) {
    if (partition === 0) return [];
    const message = `partition ${value} does nothing beside canary.steps`;
    return [{ path, message, hint: 'remove it: the steps have partitions of their own', value, severity: 'warning' }];
  }
  if (partition < replicas || replicas === 0) return [];
  const relation = partition === replicas ? 'keeps all' : 'is more than the';
  const message = `${named('partition', value ?? partition, partition, replicas)} ${relation} ${replicas} pods: nothing is updated`;
  return [{ path, message, hint: 'use fewer, or 0 to update all', value, severity: 'warning' }];
}

function checkInPlace(
  { type, inPlaceUpdateStrategy }: UpdateStrategySpec,
  progressDeadlineSeconds: number | undefined,
): Problem[] {
  if (!isObject(inPlaceUpdateStrategy)) return [];
  const path: Path = ['inPlaceUpdateStrategy'];
  const problems: Problem[] = [];
  if (type !== 'InplaceUpdate') {
    const message = `inPlaceUpdateStrategy does nothing with type ${typeof type === 'string' ? type : 'RollingUpdate'}`;
    problems.push({ path, message, hint: 'set type: InplaceUpdate, or remove it', severity: 'warning' });
  }
  const grace = inPlaceUpdateStrategy.gracePeriodSeconds;
  if (grace === undefined) return problems;
  const value = grace;
  if (!Number.isInteger(grace) || grace < 0) {
    const message = `gracePeriodSeconds ${JSON.stringify(grace)} is out of range`;
    problems.push({ path: [...path, 'gracePeriodSeconds'], message, hint: 'use whole seconds from 0', value });
  } else if (type === 'InplaceUpdate' && progressDeadlineSeconds !== undefined && grace >= progressDeadlineSeconds) {
    const message = `gracePeriodSeconds ${grace} is not less than progressDeadlineSeconds ${progressDeadlineSeconds}: every update would be Degraded`;
    problems.push({
      path: [...path, 'gracePeriodSeconds'],
      message,
      hint: 'use a shorter grace or a longer deadline',
      value,
    });
  }
  return problems;
}

/** The one key of a step, or what is wrong with it. A YAML `pause:` with nothing behind it is null, which an API server drops. */
function shapeOf(
  step: unknown,
): { key: (typeof STEP_KEYS)[number]; value: unknown } | { message: string; hint: string } {
  const keys = isRecord(step) ? STEP_KEYS.filter((key) => step[key] !== undefined && step[key] !== null) : [];
  const [key] = keys;
  const bare = isRecord(step) && step.pause === null;
  const hint = bare ? 'write pause: {} to wait for a person' : `a step is one of ${STEP_KEYS.join(', ')}`;
  if (!isRecord(step) || key === undefined) return { message: 'the step is empty', hint };
  if (keys.length > 1)
    return { message: `the step has ${keys.join(' and ')}`, hint: `${hint}: write ${keys.length} steps` };
  return { key, value: step[key] };
}

/** Pods that a count or a percentage stands for; a partition rounds up (rollout.md section 5). */
function countOf(value: unknown, replicas: number): number | { readonly message: string; readonly hint: string } {
  const hint = 'use a whole number such as 2, or a percentage such as "50%"';
  if (typeof value === 'number') {
    if (Number.isInteger(value) && value >= 0) return value;
    return { message: `${value} is ${value < 0 ? 'negative' : 'not a whole number'}`, hint };
  }
  const text = JSON.stringify(value);
  const percent = typeof value === 'string' ? /^(\d{1,3})%$/.exec(value)?.[1] : undefined;
  if (percent !== undefined && Number(percent) <= 100) return Math.ceil((replicas * Number(percent)) / 100);
  if (percent !== undefined) return { message: `${text} is more than 100%`, hint };
  if (typeof value === 'string' && /^\d+$/.test(value))
    return { message: `${text} is a text`, hint: `write ${value} without quotes` };
  return { message: `${text} is neither a number nor a percentage`, hint };
}

/** `partition 50% (2 of 3)`: a percentage says nothing to a reader without the count it gives. */
function named(what: string, value: number | string, count: number, replicas: number): string {
  return String(value).endsWith('%') ? `${what} ${value} (${count} of ${replicas})` : `${what} ${value}`;
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return isObject(value);
}

function isObject(value: unknown): value is object {
  return typeof value === 'object' && value !== null;
}
