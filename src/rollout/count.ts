import type { IntOrPercent } from '../api/generated/types/common.js';

/** A count that may be a percentage of the replicas; undefined where it is neither. */
export function countOf(value: IntOrPercent, replicas: number, rounding: 'up' | 'down'): number | undefined {
  if (typeof value === 'number') return Number.isInteger(value) && value >= 0 ? value : undefined;
  const percent = /^(\d{1,9})%$/.exec(value)?.[1];
  if (percent === undefined) return /^\d{1,9}$/.test(value) ? Number(value) : undefined;
  const share = (Number(percent) * replicas) / 100;
  return rounding === 'up' ? Math.ceil(share) : Math.floor(share);
}

const DEFAULT_MAX_UNAVAILABLE = '25%';

/**
 * How many pods may be unavailable at a time: percentages round down, and at least one pod may always be, or nothing would
 * ever move. Default: 25 %. What is no count is 1.
 */
export function maxUnavailableOf(value: IntOrPercent | undefined, replicas: number): number {
  return Math.max(1, countOf(value ?? DEFAULT_MAX_UNAVAILABLE, replicas, 'down') ?? 1);
}

/**
 * How many pods, from the first ordinal on, stay where they are: percentages round up. Default: none. What is no count holds
 * all: an update that nobody meant costs more than one that waits.
 */
export function partitionOf(value: IntOrPercent | undefined, replicas: number): number {
  return countOf(value ?? 0, replicas, 'up') ?? Infinity;
}
