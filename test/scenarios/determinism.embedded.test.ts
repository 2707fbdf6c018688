import type { AuditEvent } from '../../src/cluster/api-server/audit.js';
import type { WatchEvent } from '../../src/kube/api.js';
import { COMMANDS } from './runner/commands.js';
import { scenariosOf } from './runner/run.js';
import { VirtualCluster } from './runner/virtual-cluster.js';
import { rolloutCommands } from './stage/commands.js';
import { machines } from './stage/machines.js';
import { play } from './stage/play.js';

interface Told {
  /** All that was written, by whomever. */
  readonly writes: readonly AuditEvent[];
  /** What a watch of every kind shows, in the order in which it comes. */
  readonly events: readonly WatchEvent[];
}

const scenarios = scenariosOf('rollout', { ...COMMANDS, ...rolloutCommands });

async function rollout(seed: number, title: string): Promise<Told> {
  const cluster = await VirtualCluster.start({ seed, ...machines });
  const { server } = cluster.cluster;
  const [writes, events]: [AuditEvent[], WatchEvent[]] = [[], []];
  server.audit.follow((event) => void writes.push(event));
  const end = new AbortController();
  const watching = server.core.catalog.all().map(async (resource) => {
    for await (const event of cluster.api.watch(resource, { resourceVersion: '0', signal: end.signal }))
      events.push(event);
  });
  await play(
    cluster,
    'game',
    scenarios.find((scenario) => scenario.title === title)!,
  );
  await cluster.stop();
  end.abort();
  await Promise.allSettled(watching);
  return { writes, events };
}

describe.each([
  ['is never killed', 'Another image, with a grace'],
  ['is killed in the middle', 'Killed after it has closed a gate: the grace is not shorter'],
])('A rollout whose controller %s', (_, title) => {
  let [first, again, other]: Told[] = [];
  beforeAll(async () => {
    [first, again] = [await rollout(7, title), await rollout(7, title)];
    other = await rollout(8, title);
  });

  test.each(['writes', 'events'] as const)('with the same seed: the same %s, to the byte', (what) => {
    const lines = (told: Told): string[] => told[what].map((one) => JSON.stringify(one));
    const [one, other] = [lines(first!), lines(again!)];
    expect(one.length).toBeGreaterThan(50);
    expect(other.length).toBe(one.length);
    // Of two that differ only the first is of interest.
    const at = one.findIndex((line, index) => line !== other[index]);
    expect(other[at]).toBe(one[at]);
  });

  test.each(['writes', 'events'] as const)('with another seed: other %s', (what) => {
    expect(JSON.stringify(other![what])).not.toBe(JSON.stringify(first![what]));
  });

  test('our controller is part of it', () => {
    const ours = first!.writes.filter(({ user }) => user === 'controller-a');
    const resources = new Set(ours.map(({ resource }) => resource));
    expect([...resources].sort()).toEqual(['events', 'gamestatefulsets', 'pods', 'statefulsets']);
  });
});
