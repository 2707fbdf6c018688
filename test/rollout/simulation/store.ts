import type { Random } from '../../../src/cluster/random.js';
import type { VirtualClock } from '../../../src/cluster/virtual-clock.js';
import type { ApiServer } from './api-server.js';
import { Objects, STREAMS } from './objects.js';
import type { Change, Stream } from './objects.js';

/** What one process of ours has seen: each kind in the order of its changes, some kinds later than others. */
export class Store extends Objects {
  /** The version up to which each kind has been seen. */
  private readonly seen: Map<Stream, number>;
  /** What has not arrived yet. */
  private readonly lines = new Map<Stream, Change[]>(STREAMS.map((stream) => [stream, []]));
  /** When the last change of each kind arrives, or arrived. */
  private readonly arrivals = new Map<Stream, number>();
  private isOver = false;

  constructor(
    api: ApiServer,
    private readonly clock: VirtualClock,
    private readonly random: Random,
    private readonly onChange: (stream: Stream) => void,
  ) {
    super(api);
    this.seen = new Map(STREAMS.map((stream) => [stream, api.version]));
    api.watch((change) => this.follow(change));
  }

  hasSeen(stream: Stream, version: number): boolean {
    return this.seen.get(stream)! >= version;
  }

  /** The process is gone. */
  end(): void {
    this.isOver = true;
  }

  /** A fault: nothing of a kind arrives for a while. Milliseconds. */
  stall(stream: Stream, duration: number): void {
    this.arrivals.set(stream, Math.max(this.arrivals.get(stream) ?? 0, this.clock.now() + duration));
  }

  private follow(change: Change): void {
    if (this.isOver) return;
    const { stream } = change;
    const lag = this.random() < 0.9 ? this.random() * 20 : this.random() * 200;
    const at = Math.max(this.arrivals.get(stream) ?? 0, this.clock.now() + lag);
    this.arrivals.set(stream, at);
    this.lines.get(stream)!.push(change);
    this.clock.after(at - this.clock.now(), () => this.arrive(stream));
  }

  private arrive(stream: Stream): void {
    if (this.isOver) return;
    const change = this.lines.get(stream)!.shift()!;
    this.keep(change);
    this.seen.set(stream, change.version);
    this.onChange(stream);
  }
}
