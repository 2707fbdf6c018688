import type { Zone } from '../model/zone.js';

/** What is the same for all services of a zone is made once: in a zone of thousands it would otherwise be most of the work. */
export function oncePerZone<T>(make: (zone: Zone) => T): (zone: Zone) => T {
  const made = new WeakMap<Zone, { readonly value: T }>();
  return (zone) => {
    const known = made.get(zone);
    if (known) return known.value;
    const value = make(zone);
    made.set(zone, { value });
    return value;
  };
}
