import type { LocatedProblem } from '../problem-report.js';
import type { BuiltChart, BuiltZone } from './tree.js';

/**
 * The names of the files that charts become: a zone's name, and for another chart its path, in the letters that a file of
 * ours may have. cdk8s adds a digest to the latter, which says nothing to whoever reads a folder.
 */
export class FileNames {
  private readonly byChart = new Map<BuiltChart, string>();
  private readonly takenBy = new Map<string, BuiltChart>();

  constructor(private readonly file: string) {}

  of(chart: BuiltChart): string {
    return this.byChart.get(chart)!;
  }

  /** Gives a chart its name; what is wrong with it. */
  take(chart: BuiltChart, zone: BuiltZone | undefined): LocatedProblem[] {
    const name = zone?.zoneName ?? fileName(chart.node.path);
    this.byChart.set(chart, name);
    const wrong = (message: string, hint: string): LocatedProblem[] => [
      { file: this.file, construct: chart.node.path, path: [], message, hint },
    ];
    if (name === '') return wrong('its id gives no name for a file', 'use letters and digits, such as monitoring');
    const other = this.takenBy.get(name);
    this.takenBy.set(name, chart);
    return other
      ? wrong(`its file would be ${name}.yaml, which is that of ${other.node.path}`, 'give one of them another name')
      : [];
  }
}

const fileName = (path: string): string =>
  path
    .toLowerCase()
    .replaceAll(/[^a-z0-9]+/g, '-')
    .replaceAll(/^-+|-+$/g, '');
