import type { Problem } from '../../src/api/problem.js';
import { entryWith, isReplicated, placesOf, settingsOf } from './context.js';
import type { ServiceOfType, ZoneCheck, ZoneContext } from './context.js';

const requestsOf = ({ document }: ZoneContext, service: ServiceOfType): Readonly<Record<string, unknown>> => {
  const resources = entryWith(service, 'resources')?.entry.resources ?? document.spec.defaults?.resources;
  const { requests, limits } = (resources ?? {}) as { readonly requests?: object; readonly limits?: object };
  return { ...limits, ...requests };
};

/** One warning for all services whose pods the scheduler would place blindly. */
export const checkRequests: ZoneCheck = (zone) => {
  const without = zone.services.filter((service) => Object.keys(requestsOf(zone, service)).length === 0);
  if (without.length === 0) return [];
  const types = without.map(({ type }) => type);
  const named = types.length > 6 ? `${types.slice(0, 6).join(', ')} and ${types.length - 6} more` : types.join(', ');
  return [
    {
      severity: 'warning',
      path: [...without[0]!.entries[0]!.path, 'type'],
      message: `no resource requests: ${named}; the scheduler may put too many on one node, and they are the first to be evicted`,
      hint: 'set `resources` on the service, or spec.defaults.resources: {requests: {cpu: 500m, memory: 1Gi}}',
    },
  ];
};

/** An autoscaler measures use in percent of the request. */
export const checkAutoscaleRequests: ZoneCheck = (zone) =>
  settingsOf(zone, 'autoscale').flatMap(({ value, path, service }): Problem[] => {
    // Ids never scale: that is said of them, and all that there is to say.
    if (!isReplicated(service)) return [];
    const requests = requestsOf(zone, service);
    const measured = [
      ...(value.memoryPercent === undefined ? [] : ['memory']),
      ...(value.cpuPercent !== undefined || value.memoryPercent === undefined ? ['cpu'] : []),
    ];
    const missing = measured.filter((resource) => !(resource in requests));
    if (missing.length === 0) return [];
    const message = `autoscaling by ${missing.join(' and ')} needs a request for it`;
    const places = [...placesOf(service, 'resources'), ['spec', 'defaults', 'resources']];
    return [{ path, message, hint: `set resources.requests.${missing[0]}`, missing: places }];
  });
