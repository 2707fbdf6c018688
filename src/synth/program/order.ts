import { ProgramError } from './failure.js';
import { isApiObject, isChart } from './tree.js';
import type { BuiltChart, BuiltConstruct, BuiltObject, Tree } from './tree.js';

/** The charts of a tree and their own objects, in the order in which cdk8s would write them. */
export interface Ordered {
  readonly charts: readonly BuiltChart[];
  readonly objectsOf: (chart: BuiltChart) => readonly BuiltObject[];
}

/**
 * Objects that something depends on as a whole, in one vertex: a chart of 100 objects that depends on another one has 200
 * edges, and not 10,000.
 */
interface Group {
  readonly members: readonly BuiltObject[];
  /** The construct that they are in. */
  readonly of: BuiltConstruct;
}
type Vertex = BuiltConstruct | Group;
type Edges = Map<Vertex, Set<Vertex>>;

const isGroup = (vertex: Vertex): vertex is Group => 'members' in vertex;

/**
 * What `App.charts` and `Chart.toJson` of cdk8s do for every chart anew, done once for all of them: dependencies between
 * constructs become dependencies between their charts and between their objects, and each is sorted so that what others
 * depend on comes first and everything else stays in the order of the tree.
 *
 * @throws ProgramError for dependencies that run in a circle
 */
export function inOrder(tree: Tree): Ordered {
  const edges = edgesOf(tree);
  return {
    charts: sorted(tree, tree.root, edges).filter(isChart),
    // Charts within the chart have a say in the order too; what is written are its own objects.
    objectsOf: (chart) =>
      sorted(tree, chart, edges)
        .filter(isApiObject)
        .filter((object) => tree.chartOf.get(object) === chart),
  };
}

function edgesOf(tree: Tree): Edges {
  const { constructs, chartOf } = tree;
  const edges: Edges = new Map();
  const add = (from: Vertex, to: Vertex): void => {
    const known = edges.get(from);
    if (known) known.add(to);
    else edges.set(from, new Set([to]));
  };
  for (const construct of constructs)
    for (const target of construct.node.dependencies) if (chartOf.has(target)) add(construct, target);
  for (const chart of constructs.filter(isChart))
    for (const child of chart.node.children) if (isChart(child)) add(chart, child);
  for (const [from, to] of between(constructs, edges)) {
    const [source, target] = [chartAbove(tree, from), chartAbove(tree, to)];
    if (source !== target) add(source, target);
  }
  const objects = new Objects(tree);
  for (const [from, to] of between(constructs, edges)) objects.connect(from, to, add);
  return edges;
}

/** The dependencies so far, by the order of those that depend. */
const between = (constructs: readonly BuiltConstruct[], edges: Edges): (readonly [BuiltConstruct, BuiltConstruct])[] =>
  constructs.flatMap((from) => [...(edges.get(from) ?? [])].map((to) => [from, to as BuiltConstruct] as const));

function chartAbove({ chartOf }: Tree, construct: BuiltConstruct): BuiltChart {
  const chart = chartOf.get(construct);
  if (chart) return chart;
  throw new ProgramError(
    `${construct.node.path || 'the App'}: stands in no chart, so that nothing can depend on it`,
    'make the charts in it depend on each other',
  );
}

/** Dependencies between constructs, as dependencies between the objects in them. */
class Objects {
  private readonly under = new Map<BuiltConstruct, readonly BuiltObject[]>();
  private readonly groups = new Map<BuiltConstruct, Group>();

  constructor(private readonly tree: Tree) {}

  connect(from: BuiltConstruct, to: BuiltConstruct, add: (from: Vertex, to: Vertex) => void): void {
    const sources = this.objectsUnder(from);
    const targets = this.objectsUnder(to);
    if (sources.length === 0 || targets.length === 0) return;
    const within = this.tree.chartOf.get(from) === this.tree.chartOf.get(to);
    if (within && (isIn(this.tree, from, to) || isIn(this.tree, to, from))) {
      for (const target of targets) for (const source of sources) if (source !== target) add(source, target);
      return;
    }
    const group = this.groupOf(to, targets);
    for (const target of targets) add(group, target);
    for (const source of sources) add(source, group);
  }

  /** The objects in a construct that are of its own chart. */
  private objectsUnder(construct: BuiltConstruct): readonly BuiltObject[] {
    const known = this.under.get(construct);
    if (known) return known;
    const { constructs, spans, chartOf } = this.tree;
    const { start, end } = spans.get(construct)!;
    const chart = chartOf.get(construct);
    const found = constructs
      .slice(start, end)
      .filter(isApiObject)
      .filter((object) => chartOf.get(object) === chart);
    this.under.set(construct, found);
    return found;
  }

  private groupOf(of: BuiltConstruct, members: readonly BuiltObject[]): Group {
    const group = this.groups.get(of) ?? { members, of };
    this.groups.set(of, group);
    return group;
  }
}

/** Whether a construct is `outer` or below it. */
function isIn({ spans }: Tree, outer: BuiltConstruct, inner: BuiltConstruct): boolean {
  const { start, end } = spans.get(outer)!;
  const at = spans.get(inner)!.start;
  return start <= at && at < end;
}

/** `below` and all that is in it, each behind what it depends on there; where nothing says otherwise, in their order. */
function sorted(tree: Tree, below: BuiltConstruct, edges: Edges): BuiltConstruct[] {
  const { start, end } = tree.spans.get(below)!;
  const vertices = likeKeysOfAnObject(tree.constructs.slice(start, end));
  const isHere = (vertex: Vertex): boolean => isIn(tree, below, isGroup(vertex) ? vertex.of : vertex);
  const next = (vertex: Vertex): Vertex[] => [...(edges.get(vertex) ?? [])].filter(isHere);
  const depended = new Set<Vertex>();
  for (const to of vertices.flatMap(next)) for (const vertex of isGroup(to) ? to.members : [to]) depended.add(vertex);
  const roots = vertices.filter((vertex) => !depended.has(vertex));
  const done = new Set<Vertex>();
  const order: BuiltConstruct[] = [];
  // What is left then is only reached from itself.
  for (const root of [...roots, ...vertices]) visit(root, next, done, order);
  return order;
}

/** Depth first, without recursion: a chain of dependencies may be as long as the world has zones. */
function visit(root: Vertex, next: (vertex: Vertex) => Vertex[], done: Set<Vertex>, order: BuiltConstruct[]): void {
  if (done.has(root)) return;
  const path: { readonly vertex: Vertex; readonly rest: Iterator<Vertex> }[] = [];
  const open = new Set<Vertex>();
  const enter = (vertex: Vertex): void => {
    open.add(vertex);
    path.push({ vertex, rest: next(vertex)[Symbol.iterator]() });
  };
  enter(root);
  while (path.length > 0) {
    const { vertex, rest } = path.at(-1)!;
    const { value, done: isLast } = rest.next() as IteratorResult<Vertex, undefined>;
    if (isLast) {
      path.pop();
      open.delete(vertex);
      done.add(vertex);
      if (!isGroup(vertex)) order.push(vertex);
    } else if (open.has(value)) {
      throw circle([...path.map((step) => step.vertex), value]);
    } else if (!done.has(value)) {
      enter(value);
    }
  }
}

function circle(path: readonly Vertex[]): ProgramError {
  const names = path.slice(path.indexOf(path.at(-1)!)).flatMap((vertex) => (isGroup(vertex) ? [] : [vertex.node.path]));
  return new ProgramError(`${names[0]}: dependencies run in a circle: ${names.join(' => ')}`, 'take one of them out');
}

/** cdk8s keeps constructs by their path in an object, whose keys that look like an index come first. */
const likeKeysOfAnObject = (constructs: readonly BuiltConstruct[]): BuiltConstruct[] =>
  Object.values(Object.fromEntries(constructs.map((construct) => [construct.node.path, construct])));
