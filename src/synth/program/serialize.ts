import { inOrder } from './order.js';
import type { BuiltChart, BuiltConstruct, Tree } from './tree.js';

/** One object as the program made it, patches and all. */
export interface BuiltManifest {
  readonly object: unknown;
  /** The path of the construct that it comes from. */
  readonly construct: string;
}

export interface SerializedChart {
  readonly chart: BuiltChart;
  readonly manifests: readonly BuiltManifest[];
}

/** The App class of cdk8s. */
interface AppClass {
  _synthChart: (chart: BuiltChart) => unknown[];
}

/**
 * The charts of an App and their objects: what `app.synth()` writes, in its order. A chart's `toJson` (which a GameZone or
 * an author may have made another one) asks the class of its App for the objects; cdk8s then looks at the whole App for
 * each chart. It is answered from one walk instead.
 */
export function* serialize(tree: Tree): Generator<SerializedChart> {
  const { charts, objectsOf } = inOrder(tree);
  const app = appClass(tree.root);
  const original = app._synthChart;
  for (const chart of charts) {
    const constructs = new Map<unknown, string>();
    app._synthChart = (asked) =>
      asked !== chart
        ? original.call(app, asked)
        : objectsOf(chart).map((object) => {
            const json = object.toJson();
            constructs.set(json, object.node.path);
            return json;
          });
    let objects: unknown[];
    try {
      objects = Object.values(chart.toJson());
    } finally {
      app._synthChart = original;
    }
    yield {
      chart,
      manifests: objects.map((object) => ({ object, construct: constructs.get(object) ?? chart.node.path })),
    };
  }
}

function appClass(root: BuiltConstruct): AppClass {
  let found = root.constructor as unknown;
  while (typeof found === 'function' && !Object.hasOwn(found, '_synthChart')) found = Object.getPrototypeOf(found);
  if (typeof found !== 'function')
    throw new Error(`${root.node.path || 'the root'}: an App of a cdk8s that is not known`);
  return found as unknown as AppClass;
}
