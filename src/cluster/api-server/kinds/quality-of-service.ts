import { isEqual, list, record, type Json } from '../json.js';

/** `Guaranteed` where all containers have limits that are their requests, `BestEffort` where none has any. */
export function qualityOfService(spec: Json): string {
  const resources = [...list(spec['initContainers']), ...list(spec['containers'])].map((one) =>
    record(record(one)['resources']),
  );
  const relevant = (of: unknown): Json =>
    Object.fromEntries(Object.entries(record(of)).filter(([name]) => name === 'cpu' || name === 'memory'));
  const all = resources.map(({ limits, requests }) => ({ limits: relevant(limits), requests: relevant(requests) }));
  const isEmpty = (one: Json): boolean => Object.keys(one).length === 0;
  if (all.every(({ limits, requests }) => isEmpty(limits) && isEmpty(requests))) return 'BestEffort';
  const isWhole = all.every(
    ({ limits, requests }) =>
      limits['cpu'] !== undefined &&
      limits['memory'] !== undefined &&
      Object.entries(requests).every(([name, amount]) => isEqual(limits[name], amount)),
  );
  return isWhole ? 'Guaranteed' : 'Burstable';
}
