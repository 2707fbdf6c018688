import type { Progress, ProgressState } from '../../artifacts/progress.js';
import { printable } from '../../artifacts/printable.js';

/** Where progress is shown. */
export interface View {
  /** The last look, and no more. */
  close(): void;
}

interface Terminal {
  readonly isTTY?: boolean | undefined;
  readonly columns?: number | undefined;
  write(text: string): unknown;
}

/** A bar on a terminal, ten times a second; off one, a JSON line each second. */
export function showProgress(progress: Progress, out: Terminal, clock: () => number = () => performance.now()): View {
  return out.isTTY === true ? new Bar(progress, out, clock) : new Lines(progress, out, clock);
}

/** How fast bytes came over the last seconds: the rate since the start says little about how long it will take. */
class Rate {
  private readonly samples: { readonly at: number; readonly bytes: number }[] = [];

  constructor(private readonly clock: () => number) {}

  /** In bytes a second. */
  of(bytes: number): number {
    const at = this.clock();
    this.samples.push({ at, bytes });
    while (this.samples.length > 1 && this.samples[0]!.at < at - 5000) this.samples.shift();
    const { at: since, bytes: before } = this.samples[0]!;
    return at > since ? Math.max(0, ((bytes - before) * 1000) / (at - since)) : 0;
  }
}

class Bar implements View {
  private readonly timer: NodeJS.Timeout;
  private isClosed = false;
  private readonly rate: Rate;

  constructor(
    private readonly progress: Progress,
    private readonly out: Terminal,
    clock: () => number,
  ) {
    this.rate = new Rate(clock);
    this.timer = setInterval(() => this.draw(), 100);
    this.timer.unref();
  }

  private draw(): void {
    const line = barLine(this.progress.state, this.rate.of(this.progress.fetched.bytes));
    // Some terminals say that they have none.
    const columns = this.out.columns || DEFAULT_COLUMNS;
    this.out.write(`\r\u001b[2K${line.slice(0, columns - 1)}`);
  }

  close(): void {
    if (this.isClosed) return;
    this.isClosed = true;
    clearInterval(this.timer);
    this.out.write('\r\u001b[2K');
  }
}

const VERBS: Readonly<Record<ProgressState['phase'], string>> = {
  resolve: 'asking',
  list: 'listing',
  fetch: 'fetching',
  link: 'linking',
  live: 'updating live',
  done: 'done',
};

const WIDTH = 20;
const DEFAULT_COLUMNS = 80;

export function barLine({ phase, source, files, totalFiles, bytes, totalBytes }: ProgressState, rate: number): string {
  const share =
    totalBytes !== undefined && totalBytes > 0 ? bytes / totalBytes : totalFiles > 0 ? files / totalFiles : 0;
  const full = Math.min(WIDTH, Math.round(share * WIDTH));
  const bar = totalFiles > 0 ? ` [${'#'.repeat(full)}${'.'.repeat(WIDTH - full)}] ${files}/${totalFiles} files` : '';
  const size =
    phase === 'fetch'
      ? ` ${bytesText(bytes)}${totalBytes === undefined ? '' : ` of ${bytesText(totalBytes)}`} ${bytesText(rate)}/s`
      : '';
  return `${VERBS[phase]}${source === undefined ? '' : ` ${printable(source, { lines: false })}`}${bar}${size}`;
}

class Lines implements View {
  private readonly timer: NodeJS.Timeout;
  private readonly rate: Rate;
  private last = '';

  constructor(
    private readonly progress: Progress,
    private readonly out: Terminal,
    clock: () => number,
  ) {
    this.rate = new Rate(clock);
    this.timer = setInterval(() => this.print(), 1000);
    this.timer.unref();
  }

  private print(): void {
    const { state, fetched } = this.progress;
    const line = JSON.stringify({
      event: 'progress',
      ...state,
      bytesPerSecond: Math.round(this.rate.of(fetched.bytes)),
    });
    if (line !== this.last) this.out.write(`${line}\n`);
    this.last = line;
  }

  close(): void {
    clearInterval(this.timer);
  }
}

/** `1536` to `1.5 KiB`. */
export function bytesText(bytes: number): string {
  const units = ['B', 'KiB', 'MiB', 'GiB', 'TiB'];
  let [value, unit] = [bytes, 0];
  while (value >= 1024 && unit < units.length - 1) [value, unit] = [value / 1024, unit + 1];
  return `${unit === 0 ? Math.round(value) : value.toFixed(1)} ${units[unit]}`;
}
