import type { Zone } from '../model/zone.js';

/** What is the same for all services of a zone is made once: in a zone of thousands it would otherwise be most of the work. */
export function oncePerZone<T>(make: (zone: Zone) => T): (zone: Zone) => T {
  const made = new WeakMap<Zone, { readonly value: T }>();
  return (zone) => {
    const known = made.get(zone);
    if (known) return known.value;
    const value = frozen(make(zone));
    made.set(zone, { value });
    return value;
  };
}

/** Frozen through and through: what many objects share, nobody may change in one of them. */
export function frozen<T>(value: T): T {
  if (typeof value !== 'object' || value === null || Object.isFrozen(value)) return value;
  for (const part of Object.values(value)) frozen(part);
  return Object.freeze(value);
}
