import { logTo } from '../../../src/controller/log.js';
import { gameStatefulSets } from '../../../src/controller/resources.js';
import { Runtime } from '../../../src/controller/runtime.js';
import { systemClock as clock } from '../../../src/kube/clock.js';
import type { Connection } from '../../../src/kube/connect.js';
import { pods, statefulSets } from '../../../src/kube/resource.js';
import { writeOf } from '../checker/attribution.js';
import { Checker, textOf } from '../checker/checker.js';
import { wordFor } from '../checker/telling.js';
import type { Step, Write } from '../checker/timeline.js';
import { Life, mortal } from './mortal.js';
import type { RolloutCluster } from './rollout-cluster.js';

interface Acting {
  readonly life: Life;
  readonly runtime: Runtime;
  readonly connection: Connection;
}

/** Milliseconds between two looks of the checker. */
const LOOKS = 200;

const isOurs = (user: string): boolean => user.startsWith('controller-');

/** A namespace in which controllers live and die, and the checker that watches it. */
export class Stage {
  private readonly checker: Checker;
  private readonly acting = new Map<string, Acting>();
  private readonly writes: Write[] = [];
  private readonly lines: string[] = [];
  private readonly ends: (() => void)[] = [];
  private readonly burials: Promise<void>[] = [];
  private tallied = 0;

  constructor(
    private readonly cluster: RolloutCluster,
    readonly namespace: string,
  ) {
    this.checker = new Checker({ isOurs, oracle: cluster.model.oracle });
  }

  /** Watches from now on. */
  async begin(): Promise<void> {
    for (const resource of [pods, statefulSets, gameStatefulSets]) {
      const store = await this.cluster.store(resource);
      const plural = resource.plural as Step['resource'];
      const unsubscribe = store.subscribe((event) => {
        if (event.object.metadata.namespace === this.namespace) this.checker.saw(plural, event, clock.now());
      });
      this.ends.push(unsubscribe);
    }
    const deaf = this.cluster.feed.listen(this.namespace, (event) => {
      this.checker.heard(event);
      const write = writeOf(event, isOurs);
      if (write?.isOurs && write.code < 300) this.writes.push(write);
    });
    let looked = clock.now();
    const looking = setInterval(() => {
      const now = clock.now();
      this.checker.wasLate(now - looked - LOOKS, now);
      looked = now;
      this.checker.advance(now);
    }, LOOKS);
    this.ends.push(deaf, () => clearInterval(looking));
  }

  /** @throws with each breach and the events around it */
  async finish(): Promise<void> {
    await new Promise((resolve) => setTimeout(resolve, 100));
    const breaches = this.breaches();
    if (breaches !== '') throw new Error(breaches);
  }

  /** What has been broken, all that was seen judged; empty where nothing was. */
  breaches(): string {
    this.cluster.feed.poll();
    this.checker.finish(clock.now());
    return this.checker.breaches.map(textOf).join('\n');
  }

  async close(): Promise<void> {
    for (const end of this.ends.splice(0)) end();
    await Promise.all([...this.burials, ...[...this.acting.keys()].map((name) => this.stopController(name))]);
  }

  startController(name: string, { lease = false } = {}): void {
    // One of this name that has died leaves nothing behind.
    if (this.acting.has(name)) this.burials.push(this.stopController(name));
    const life = new Life();
    const connection = this.cluster.connect(name);
    const runtime = new Runtime({
      api: mortal(connection.api, life, (resource, version) => this.checker.shown(resource, version, clock.now())),
      clock,
      identity: name,
      namespace: this.namespace,
      log: logTo({ clock, write: (line) => void this.lines.push(`${name} ${line}`), level: 'debug', format: 'logfmt' }),
      ...(lease && {
        lease: { namespace: this.namespace, name: 'gamezone-controller' },
        leaseTimes: { leaseDuration: 6000, renewDeadline: 4500, retryPeriod: 500 },
      }),
    });
    this.acting.set(name, { life, runtime, connection });
    runtime.start();
  }

  async stopController(name: string): Promise<void> {
    const { life, runtime, connection } = this.controller(name);
    this.acting.delete(name);
    if (life.isDead) life.bury();
    await runtime.stop();
    await connection.close();
  }

  lifeOf(name: string): Life {
    return this.controller(name).life;
  }

  /** What the controllers have logged. */
  get log(): string {
    return this.lines.join('');
  }

  /** Writes are counted anew. */
  tally(): void {
    this.cluster.feed.poll();
    this.tallied = this.writes.length;
  }

  /** What controllers have written to an object since then, in a word each. */
  written(resource: string, name: string): string[] {
    this.cluster.feed.poll();
    return this.writes
      .slice(this.tallied)
      .filter((write) => write.resource === resource && write.name === name && write.resource !== 'leases')
      .map(wordFor);
  }

  beginSteady(): void {
    this.checker.beginSteady(clock.now());
  }

  endSteady(): void {
    this.checker.endSteady(clock.now());
  }

  private controller(name: string): Acting {
    const acting = this.acting.get(name);
    if (!acting) throw new RangeError(`there is no controller ${name}`);
    return acting;
  }
}
