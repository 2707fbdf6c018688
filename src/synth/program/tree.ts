import type { Problem } from '../../api/problem.js';
import type { ZoneDocument } from '../../../constructs/model/resolve.js';

// Constructs as this command sees them. They are made by the user's copies of cdk8s, constructs and gamezone, so that
// nothing here may ask with `instanceof`, and nothing of these packages is loaded.

/** A node of the tree. */
export interface BuiltConstruct {
  readonly node: {
    readonly path: string;
    readonly scope?: BuiltConstruct;
    readonly root: BuiltConstruct;
    readonly children: readonly BuiltConstruct[];
    readonly dependencies: readonly BuiltConstruct[];
    validate(): readonly string[];
  };
}

export interface BuiltChart extends BuiltConstruct {
  readonly namespace?: string;
  toJson(): unknown[];
}

export interface BuiltObject extends BuiltConstruct {
  toJson(): unknown;
}

export interface BuiltZone extends BuiltChart {
  readonly zoneName: string;
  _document(): ZoneDocument;
  /** Absent in zones that an older copy of the library made. */
  _lockedDocument?(): ZoneDocument;
  _lockProblems?(): Problem[];
}

const marked = (value: unknown, mark: symbol): boolean => typeof value === 'object' && value !== null && mark in value;

export const isConstruct = (value: unknown): value is BuiltConstruct =>
  marked(value, Symbol.for('constructs.Construct'));
export const isChart = (value: unknown): value is BuiltChart => marked(value, Symbol.for('cdk8s.Chart'));
export const isApiObject = (value: unknown): value is BuiltObject => marked(value, Symbol.for('cdk8s.ApiObject'));

export const isZone = (chart: BuiltConstruct): chart is BuiltZone =>
  isChart(chart) && 'zoneName' in chart && '_document' in chart;

/** A tree, walked once. */
export interface Tree {
  readonly root: BuiltConstruct;
  /** Every construct, each before its children. */
  readonly constructs: readonly BuiltConstruct[];
  /** For each construct, the index behind its last descendant. */
  readonly spans: ReadonlyMap<BuiltConstruct, { readonly start: number; readonly end: number }>;
  /** The closest chart of a construct, itself included; none for an App and what stands between it and its charts. */
  readonly chartOf: ReadonlyMap<BuiltConstruct, BuiltChart | undefined>;
}

export function walk(root: BuiltConstruct): Tree {
  const constructs: BuiltConstruct[] = [];
  const spans = new Map<BuiltConstruct, { start: number; end: number }>();
  const chartOf = new Map<BuiltConstruct, BuiltChart | undefined>();
  const visit = (construct: BuiltConstruct, above: BuiltChart | undefined): void => {
    const chart = isChart(construct) ? construct : above;
    const start = constructs.push(construct) - 1;
    chartOf.set(construct, chart);
    for (const child of construct.node.children) visit(child, chart);
    spans.set(construct, { start, end: constructs.length });
  };
  visit(root, undefined);
  return { root, constructs, spans, chartOf };
}
