import { isSidecar, type StoredContainer } from '../../../api/pod.js';
import type { Pod, SeenPod } from '../objects.js';
import { quantity } from './quantity.js';

/** How much of each resource; `pods` counts as one of them. */
export type Amounts = Readonly<Record<string, number>>;

/**
 * What a pod takes of its node: the sum of its containers and sidecars, or what an init container needs beside the sidecars before it, if
 * that is more.
 */
export function requestsOf(pod: SeenPod | Pod): Amounts {
  const {
    containers,
    initContainers = [],
    overhead,
  } = (pod as Pod).spec as Pod['spec'] & { readonly overhead?: Amounts };
  let sidecars: Amounts = {};
  let most: Amounts = {};
  for (const container of initContainers) {
    const own = requests(container);
    if (isSidecar(container)) {
      sidecars = sum(sidecars, own);
      most = greater(most, sidecars);
    } else most = greater(most, sum(sidecars, own));
  }
  const running = containers.reduce<Amounts>((all, container) => sum(all, requests(container)), sidecars);
  return { ...sum(greater(running, most), parsed(overhead)), pods: 1 };
}

export function sum(one: Amounts, other: Amounts): Amounts {
  const all = { ...one };
  for (const [resource, amount] of Object.entries(other)) all[resource] = (all[resource] ?? 0) + amount;
  return all;
}

export function parsed(amounts: Readonly<Record<string, string | number>> | undefined): Amounts {
  return Object.fromEntries(Object.entries(amounts ?? {}).map(([resource, amount]) => [resource, quantity(amount)]));
}

function greater(one: Amounts, other: Amounts): Amounts {
  const all = { ...one };
  for (const [resource, amount] of Object.entries(other)) all[resource] = Math.max(all[resource] ?? 0, amount);
  return all;
}

function requests(container: StoredContainer): Amounts {
  const { resources } = container as { readonly resources?: { readonly requests?: Record<string, string | number> } };
  return parsed(resources?.requests);
}
