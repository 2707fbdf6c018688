import { readFileSync } from 'node:fs';
import { CLUSTER_RULES, OWN_RULES, WORKLOAD_RULES, type PolicyRule } from '../../src/controller/install/rules.js';

const guide = readFileSync('docs/guide/operator.md', 'utf8');

/** `pods: list, watch`, for each resource. */
const rightsOf = (rules: readonly PolicyRule[]): string[] =>
  rules.flatMap(({ resources, verbs }) => resources.map((resource) => `${resource}: ${verbs.join(', ')}`));

test('the guide names every right that the controller gets, and no other', () => {
  const rows = [...guide.matchAll(/^\| `([a-z/]+)` \| ([a-z, ]+) \| .+ \|$/gm)].map(
    ([, resource, verbs]) => `${resource}: ${verbs}`,
  );
  expect(rows).toEqual(rightsOf(WORKLOAD_RULES));
  expect(rightsOf(CLUSTER_RULES)).toEqual(['nodes: list, watch']);
  expect(guide).toContain('In the cluster: `nodes` (list, watch)');
  const own = new Set(
    OWN_RULES.flatMap(({ resources, verbs }) => resources.flatMap((one) => verbs.map((verb) => `${one} ${verb}`))),
  );
  expect([...own].sort()).toEqual(['leases create', 'leases get', 'leases update']);
  expect(guide).toContain('its Lease (get, create, update)');
});
