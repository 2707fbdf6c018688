import { Histogram } from '../../kube/histogram.js';
import type { Family, Labels } from './exposition.js';

/** A counter with labels; samples that were never counted are not there. */
export class Counter {
  private readonly values = new Map<string, { readonly labels: Labels; value: number }>();

  constructor(
    private readonly name: string,
    private readonly help: string,
  ) {}

  add(labels: Labels, by = 1): void {
    const key = JSON.stringify(labels);
    const known = this.values.get(key);
    if (known) known.value += by;
    else this.values.set(key, { labels, value: by });
  }

  get family(): Family {
    return { type: 'counter', name: this.name, help: this.help, samples: [...this.values.values()] };
  }
}

/** Durations by label. `bounds` in milliseconds, rising. */
export class Durations {
  private readonly values = new Map<string, { readonly labels: Labels; readonly histogram: Histogram }>();

  constructor(
    private readonly name: string,
    private readonly help: string,
    private readonly bounds: readonly number[],
  ) {}

  observe(labels: Labels, milliseconds: number): void {
    const key = JSON.stringify(labels);
    const known = this.values.get(key) ?? { labels, histogram: new Histogram(this.bounds) };
    this.values.set(key, known);
    known.histogram.observe(milliseconds);
  }

  get family(): Family {
    const samples = Array.from(this.values.values(), ({ labels, histogram }) => ({ labels, state: histogram.state }));
    return { type: 'histogram', name: this.name, help: this.help, samples };
  }
}
