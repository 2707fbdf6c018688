import type { Problem } from '../api/problem.js';
import { formatDuration, parseDuration } from './duration.js';
import { type HookTemplateSpec, type MetricSpec } from './spec.js';

// When a metric is measured, and how many measurements decide it. The rules are hooks.md, "Verdict of a metric, of a run".

const LIMITS = [
  'failureLimit',
  'successfulLimit',
  'inconclusiveLimit',
  'consecutiveErrorLimit',
  'consecutiveSuccessfulLimit',
] as const;
const BOUNDED_BY_COUNT = [
  'failureLimit',
  'inconclusiveLimit',
  'successfulLimit',
  'consecutiveSuccessfulLimit',
] as const;
const ENOUGH = ['successfulLimit', 'consecutiveSuccessfulLimit'] as const;

const NEVER = 'the metric can never become Successful';

/** Relative to the metric. `deadlineSeconds` is the template's: it ends a run as Error, and is no way to Successful. */
export function checkSchedule(metric: MetricSpec, deadlineSeconds: number | undefined): Problem[] {
  return [
    ...checkDurations(metric),
    ...checkRanges(metric),
    ...checkCount(metric),
    ...checkEnd(metric, deadlineSeconds),
  ];
}

function checkDurations(metric: MetricSpec): Problem[] {
  return (['interval', 'initialDelay'] as const).flatMap((key): Problem[] => {
    const value = metric[key];
    if (value === undefined) return [];
    const duration = parseDuration(value);
    if (typeof duration !== 'number')
      return [{ path: [key], message: `${key}: ${duration.message}`, hint: duration.hint, value }];
    if (key !== 'interval' || duration > 0) return [];
    return [
      {
        path: [key],
        message: 'interval is zero: nothing would lie between two measurements',
        hint: 'for example 10s',
        value,
      },
    ];
  });
}

function checkRanges(metric: MetricSpec): Problem[] {
  return (['count', ...LIMITS] as const).flatMap((key): Problem[] => {
    const value = metric[key];
    if (value === undefined || isCount(value)) return [];
    return [
      { path: [key], message: `${key} ${String(value)} is out of range`, hint: 'use a whole number from 0', value },
    ];
  });
}

function checkCount(metric: MetricSpec): Problem[] {
  const count = countOf(metric);
  if (count > 1 && Number.isFinite(count) && metric.interval === undefined) {
    const message = `count ${count} has no interval: nothing says when to measure again`;
    return [{ path: ['count'], message, hint: 'set interval, for example 10s', value: count, missing: [['interval']] }];
  }
  return BOUNDED_BY_COUNT.flatMap((key): Problem[] => {
    const limit = metric[key];
    if (!isCount(limit) || limit <= count) return [];
    const isEnough = key === 'successfulLimit' || key === 'consecutiveSuccessfulLimit';
    const consequence = isEnough ? 'it can never be reached' : 'it can never be exceeded';
    if (metric.count) {
      const message = `${key} ${limit} is more than count ${count}: ${consequence}`;
      return [{ path: [key], message, hint: `use at most ${count}, or a larger count`, value: limit }];
    }
    const missing = [['interval'], ['count']];
    const message = `${key} ${limit} is more than the one measurement of a metric without interval and count: ${consequence}`;
    const hint = 'set interval, and count where the measuring should end';
    return [
      { path: [key], message, hint, value: limit, missing, ...(isEnough ? {} : { severity: 'warning' as const }) },
    ];
  });
}

function checkEnd(metric: MetricSpec, deadlineSeconds: number | undefined): Problem[] {
  if (Number.isFinite(countOf(metric))) return [];
  if (!ENOUGH.some((key) => (metric[key] ?? 0) > 0)) {
    const deadline = deadlineSeconds === undefined ? '' : ', and deadlineSeconds ends it as Error';
    const message = `${NEVER}: with interval and without count it is measured again and again${deadline}`;
    const missing = [['count'], ...ENOUGH.map((key) => [key])];
    return [{ path: [], message, hint: 'set successfulLimit: 1 to wait for a success, or count', missing }];
  }
  if (deadlineSeconds !== undefined) return [];
  const message = 'the metric may wait for a success without end';
  return [{ path: [], message, hint: 'set deadlineSeconds on the template', severity: 'warning' }];
}

/** Is there time for every metric to become Successful before the deadline? Relative to the template. */
export function checkDeadline(template: HookTemplateSpec): Problem[] {
  const { deadlineSeconds } = template;
  if (deadlineSeconds === undefined) return [];
  if (!isCount(deadlineSeconds) || deadlineSeconds === 0) {
    const message = `deadlineSeconds ${String(deadlineSeconds)} is out of range`;
    return [{ path: ['deadlineSeconds'], message, hint: 'use whole seconds from 1', value: deadlineSeconds }];
  }
  const deadline = deadlineSeconds * 1000;
  let before = 0;
  for (const [index, metric] of (template.metrics ?? []).entries()) {
    const delay = durationOr0(metric.initialDelay);
    if (delay >= deadline) {
      const message = `initialDelay ${metric.initialDelay} is not before deadlineSeconds ${deadlineSeconds}: ${NEVER}`;
      return [
        {
          path: ['metrics', index, 'initialDelay'],
          message,
          hint: `use less than ${formatDuration(deadline)}`,
          value: metric.initialDelay,
        },
      ];
    }
    const earliest = Math.max(before, delay) + (successesNeeded(metric) - 1) * durationOr0(metric.interval);
    if (earliest >= deadline) {
      const message = `metric ${metric.name ?? index} is Successful after ${formatDuration(earliest)} at the earliest: deadlineSeconds ${deadlineSeconds} ends the run as Error before`;
      const hint = `use more than ${Math.floor(earliest / 1000)}, or a shorter interval`;
      return [{ path: ['deadlineSeconds'], message, hint, value: deadlineSeconds }];
    }
    if (template.policy === 'Ordered') before = earliest;
  }
  return [];
}

/** How many measurements there are at most. Source: bcs.md 1.3, `count`. */
function countOf({ count, interval }: MetricSpec): number {
  if (isCount(count) && count > 0) return count;
  return interval === undefined ? 1 : Infinity;
}

function successesNeeded(metric: MetricSpec): number {
  const enough = [...ENOUGH.map((key) => metric[key] ?? 0).filter((limit) => limit > 0), countOf(metric)];
  const needed = Math.min(...enough);
  // Endless: reported by checkEnd already.
  return Number.isFinite(needed) ? needed : 1;
}

function durationOr0(text: string | number | undefined): number {
  const duration = text === undefined ? 0 : parseDuration(text);
  return typeof duration === 'number' ? duration : 0;
}

const isCount = (value: unknown): value is number => typeof value === 'number' && Number.isInteger(value) && value >= 0;
