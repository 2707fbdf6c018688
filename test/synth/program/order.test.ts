import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { ApiObject, App, Chart, JsonPatch } from 'cdk8s';
import { Construct, Node } from 'constructs';
import fc from 'fast-check';
import { GameZone, ServiceIds } from '../../../constructs/index.js';
import { serialize } from '../../../src/synth/program/serialize.js';
import { walk } from '../../../src/synth/program/tree.js';

/** A construct to be made: below which one of those made before it, of which kind, under which id. */
interface Planned {
  readonly below: number;
  readonly kind: 'chart' | 'group' | 'object';
  readonly id: string;
}
interface Plan {
  readonly constructs: readonly Planned[];
  readonly dependencies: readonly (readonly [from: number, to: number])[];
}

const plans: fc.Arbitrary<Plan> = fc.record({
  constructs: fc.array(
    fc.record({
      below: fc.nat(11),
      kind: fc.constantFrom('chart', 'group', 'object', 'object'),
      // Ids that look like an index come first in cdk8s, whenever they were made.
      id: fc.constantFrom('a', 'b', 'c', '7', '10', '07'),
    }),
    { minLength: 3, maxLength: 14 },
  ),
  dependencies: fc.array(fc.tuple(fc.nat(13), fc.nat(13)), { maxLength: 5 }),
});

/** The App of a plan; what cannot be made is left out. */
function appOf({ constructs, dependencies }: Plan): App {
  const app = new App();
  const made: Construct[] = [app];
  for (const { below, kind, id } of constructs) {
    const scope = made[below % made.length]!;
    const inChart = scope.node.scopes.some((above) => Chart.isChart(above));
    if (scope.node.tryFindChild(id) || (kind === 'object' && !inChart)) continue;
    if (kind === 'chart') made.push(new Chart(scope, id, { disableResourceNameHashes: true }));
    else if (kind === 'group') made.push(new Construct(scope, id));
    else
      made.push(
        new ApiObject(scope, id, { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: `x${made.length}` } }),
      );
  }
  for (const [from, to] of dependencies) {
    const [source, target] = [made[from % made.length]!, made[to % made.length]!];
    // cdk8s loses an object that depends on itself; we refuse it.
    if (source !== target) source.node.addDependency(target);
  }
  return app;
}

/** The charts and their objects; undefined where dependencies cannot be. */
function orUndefined<T>(make: () => T): T | undefined {
  try {
    return make();
  } catch {
    return undefined;
  }
}

const ours = (app: App): unknown =>
  orUndefined(() =>
    [...serialize(walk(app))].map(({ chart, manifests }) => [chart.node.path, manifests.map(({ object }) => object)]),
  );
/** cdk8s writes its own dependencies into the tree, so that ours has to be asked first. */
const theirs = (app: App): unknown =>
  orUndefined(() => {
    const folder = mkdtempSync(join(tmpdir(), 'gamezone-order-'));
    try {
      Object.assign(app, { outdir: folder });
      app.synth();
      return app.charts.map((chart) => [chart.node.path, chart.toJson()]);
    } finally {
      rmSync(folder, { recursive: true });
    }
  });

test('charts and objects come in the order of cdk8s, whatever depends on what', () => {
  let [compared, refused] = [0, 0];
  fc.assert(
    fc.property(plans, (plan) => {
      const app = appOf(plan);
      const order = ours(app);
      expect(order).toEqual(theirs(app));
      if (order) compared++;
      else refused++;
    }),
    { numRuns: 3000, seed: 20 },
  );
  expect(compared).toBeGreaterThan(500);
  expect(refused).toBeGreaterThan(100);
}, 120_000);

describe('what is asked of the tree', () => {
  /** How often the constructs of an App with so many zones, each of which depends on the one before it, are asked. */
  function asked(zones: number): { children: number; dependencies: number; bodies: number } {
    const app = new App();
    let before: GameZone | undefined;
    for (let id = 1; id <= zones; id++) {
      const zone = new GameZone(app, `zone${id}`, { zoneId: id, image: 'a:1' });
      zone.addService('game', { ids: ServiceIds.range(1, 2) });
      if (before) zone.addDependency(before);
      before = zone;
    }
    const counts = { children: 0, dependencies: 0, bodies: 0 };
    const restore = (['children', 'dependencies'] as const).map((name) => {
      const property = Object.getOwnPropertyDescriptor(Node.prototype, name)!;
      Object.defineProperty(Node.prototype, name, {
        ...property,
        get(this: Node) {
          counts[name]++;
          return property.get!.call(this) as unknown;
        },
      });
      return () => Object.defineProperty(Node.prototype, name, property);
    });
    // eslint-disable-next-line @typescript-eslint/unbound-method -- called with its object below, and put back
    const { toJson } = ApiObject.prototype;
    ApiObject.prototype.toJson = function (this: ApiObject) {
      counts.bodies++;
      return toJson.call(this) as unknown;
    };
    try {
      for (const _ of serialize(walk(app)));
    } finally {
      for (const undo of restore) undo();
      ApiObject.prototype.toJson = toJson;
    }
    return counts;
  }

  test('grows with the zones, and not with their square', () => {
    const [one, ten, hundred] = [asked(1), asked(10), asked(100)];
    for (const what of ['children', 'dependencies', 'bodies'] as const) {
      const perZone = (ten[what] - one[what]) / 9;
      expect(hundred[what]).toBe(one[what] + 99 * perZone);
    }
    expect(hundred.bodies).toBe(400);
  });
});

test('patches, a toJson of its own and objects of other charts come out as the author made them', () => {
  class Reversed extends Chart {
    public override toJson(): unknown[] {
      return super.toJson().reverse() as unknown[];
    }
  }
  const app = new App();
  const zone = new GameZone(app, 'zone1', { zoneId: 1, image: 'a:1' });
  const game = zone.addService('game', { ids: ServiceIds.of(1) });
  ApiObject.of(game).addJsonPatch(JsonPatch.add('/spec/template/spec/hostNetwork', true));
  const chart = new Reversed(app, 'extra');
  for (const name of ['a', 'b'])
    new ApiObject(chart, name, { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name } });
  const order = ours(app);
  expect(JSON.stringify(order)).toContain('"hostNetwork":true');
  expect(order).toEqual(theirs(app));
  const [, extra] = [...serialize(walk(app))];
  expect(extra!.manifests.map(({ construct }) => construct)).toEqual(['extra/b', 'extra/a']);
});

test('cdk8s itself is left as it was', () => {
  const before = (App as unknown as { _synthChart: unknown })._synthChart;
  const app = new App();
  new GameZone(app, 'zone1', { zoneId: 1, image: 'a:1' });
  for (const _ of serialize(walk(app)));
  expect((App as unknown as { _synthChart: unknown })._synthChart).toBe(before);
});
