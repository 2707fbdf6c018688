import type { HistogramState } from '../../kube/histogram.js';

export type Labels = Readonly<Record<string, string>>;

export interface Sample {
  readonly labels?: Labels;
  readonly value: number;
}

export interface HistogramSample {
  readonly labels?: Labels;
  /** In milliseconds; written in seconds. */
  readonly state: HistogramState;
}

export type Family =
  | {
      readonly type: 'counter' | 'gauge';
      readonly name: string;
      readonly help: string;
      readonly samples: readonly Sample[];
    }
  | {
      readonly type: 'histogram';
      readonly name: string;
      readonly help: string;
      readonly samples: readonly HistogramSample[];
    };

export const CONTENT_TYPE = 'text/plain; version=0.0.4; charset=utf-8';

/** Prometheus' text format, https://prometheus.io/docs/instrumenting/exposition_formats/ */
export function expositionOf(families: readonly Family[]): string {
  return families.map((family) => `${[...headOf(family), ...linesOf(family)].join('\n')}\n`).join('');
}

const headOf = ({ name, help, type }: Family): string[] => [
  `# HELP ${name} ${help.replaceAll('\\', '\\\\').replaceAll('\n', '\\n')}`,
  `# TYPE ${name} ${type}`,
];

function linesOf(family: Family): string[] {
  const { name } = family;
  if (family.type !== 'histogram')
    return family.samples.map(({ labels = {}, value }) => `${name}${braces(labels)} ${numberOf(value)}`);
  return family.samples.flatMap(({ labels = {}, state: { buckets, count, sum } }) => [
    ...buckets.map(
      (bucket) => `${name}_bucket${braces({ ...labels, le: numberOf(bucket.upTo / 1000) })} ${bucket.count}`,
    ),
    `${name}_bucket${braces({ ...labels, le: '+Inf' })} ${count}`,
    `${name}_sum${braces(labels)} ${numberOf(sum / 1000)}`,
    `${name}_count${braces(labels)} ${count}`,
  ]);
}

function braces(labels: Labels): string {
  const pairs = Object.entries(labels).map(([label, value]) => `${label}="${escaped(value)}"`);
  return pairs.length === 0 ? '' : `{${pairs.join(',')}}`;
}

const escaped = (value: string): string =>
  value.replaceAll('\\', '\\\\').replaceAll('"', '\\"').replaceAll('\n', '\\n');

function numberOf(value: number): string {
  if (Number.isNaN(value)) return 'NaN';
  if (!Number.isFinite(value)) return value > 0 ? '+Inf' : '-Inf';
  return String(value);
}
