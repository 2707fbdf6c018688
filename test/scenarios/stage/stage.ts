import { logTo } from '../../../src/controller/log.js';
import { gameStatefulSets } from '../../../src/controller/resources.js';
import { Runtime } from '../../../src/controller/runtime.js';
import type { KubeApi } from '../../../src/kube/api.js';
import { sleep } from '../../../src/kube/clock.js';
import { pods, statefulSets } from '../../../src/kube/resource.js';
import { writeOf } from '../checker/attribution.js';
import { Checker, textOf, type Breach } from '../checker/checker.js';
import { wordFor } from '../checker/telling.js';
import type { Step, Write } from '../checker/timeline.js';
import type { Access, Cluster } from '../runner/cluster.js';
import { Life, mortal } from './mortal.js';

interface Acting {
  readonly life: Life;
  readonly runtime: Runtime;
  readonly access: Access;
}

/** Milliseconds between two looks of the checker. */
const LOOKS = 200;

/** Every controller has a user of its own, so that the audit log tells them apart. */
const CONTROLLERS = ['a', 'b'];
const userOf = (controller: string): string => `controller-${controller}`;
const isOurs = (user: string): boolean => user.startsWith(userOf(''));

/** Who must be able to connect to a cluster with stages. */
export const USERS: readonly string[] = CONTROLLERS.map(userOf);

/** What lies between a controller and the API server. */
export type Wire = (api: KubeApi, life: Life) => KubeApi;

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
    private readonly cluster: Cluster,
    readonly namespace: string,
    private readonly wire: Wire = (api) => api,
  ) {
    this.checker = new Checker({ isOurs, oracle: cluster.oracle });
  }

  /** Watches from now on. */
  async begin(): Promise<void> {
    for (const resource of [pods, statefulSets, gameStatefulSets]) {
      const plural = resource.plural as Step['resource'];
      const unsubscribe = await this.cluster.witness(resource, (event) => {
        if (event.object.metadata.namespace === this.namespace) this.checker.saw(plural, event, this.now());
      });
      this.ends.push(unsubscribe);
    }
    const deaf = this.cluster.audit.listen(this.namespace, (event) => {
      this.checker.heard(event);
      const write = writeOf(event, isOurs);
      if (write?.isOurs && write.code < 300) this.writes.push(write);
    });
    this.ends.push(deaf, this.look());
  }

  /** @throws with each breach and the events around it */
  async finish(): Promise<void> {
    await sleep(this.cluster.clock, 100);
    const breaches = this.breaches();
    if (breaches !== '') throw new Error(breaches);
  }

  /** What has been broken, all that was seen judged; empty where nothing was. */
  breaches(): string {
    this.cluster.audit.poll();
    this.checker.finish(this.now());
    return this.found.map(textOf).join('\n');
  }

  /** What has been broken, as far as it is judged yet. */
  get found(): readonly Breach[] {
    return this.checker.breaches;
  }

  async close(): Promise<void> {
    for (const end of this.ends.splice(0)) end();
    await Promise.all([...this.burials, ...[...this.acting.keys()].map((name) => this.stopController(name))]);
  }

  startController(name: string, { lease = false } = {}): void {
    if (!CONTROLLERS.includes(name)) throw new RangeError(`the controllers are ${CONTROLLERS.join(' and ')}`);
    // One of this name that has died leaves nothing behind.
    if (this.acting.has(name)) this.burials.push(this.stopController(name));
    const { clock, random } = this.cluster;
    const life = new Life();
    const access = this.cluster.connect(userOf(name));
    const runtime = new Runtime({
      api: mortal(this.wire(access.api, life), life, (resource, version) =>
        this.checker.shown(resource, version, this.now()),
      ),
      clock,
      random,
      identity: name,
      namespace: this.namespace,
      log: logTo({ clock, write: (line) => void this.lines.push(`${name} ${line}`), level: 'debug', format: 'logfmt' }),
      ...(lease && {
        lease: { namespace: this.namespace, name: 'gamezone-controller' },
        leaseTimes: { leaseDuration: 6000, renewDeadline: 4500, retryPeriod: 500 },
      }),
    });
    this.acting.set(name, { life, runtime, access });
    runtime.start();
  }

  async stopController(name: string): Promise<void> {
    const { life, runtime, access } = this.controller(name);
    this.acting.delete(name);
    if (life.isDead) life.bury();
    await runtime.stop();
    await access.close();
  }

  lifeOf(name: string): Life {
    return this.controller(name).life;
  }

  /** What the controllers have logged. */
  get log(): string {
    return this.lines.join('');
  }

  /** Stands in the log. */
  note(text: string): void {
    this.lines.push(`${new Date(this.now()).toISOString()} ${text}\n`);
  }

  /** Writes are counted anew. */
  tally(): void {
    this.cluster.audit.poll();
    this.tallied = this.writes.length;
  }

  /** What controllers have written to an object since then, in a word each. */
  written(resource: string, name: string): string[] {
    this.cluster.audit.poll();
    return this.writes
      .slice(this.tallied)
      .filter((write) => write.resource === resource && write.name === name && write.resource !== 'leases')
      .map(wordFor);
  }

  beginSteady(): void {
    this.checker.beginSteady(this.now());
  }

  endSteady(): void {
    this.checker.endSteady(this.now());
  }

  /** In whole milliseconds, as the audit log is read. */
  private now(): number {
    return Math.floor(this.cluster.clock.now());
  }

  /** Has the checker judge again and again. Returns what ends it. */
  private look(): () => void {
    const { clock } = this.cluster;
    let cancel = (): void => undefined;
    const next = (): void => {
      const set = this.now();
      cancel = clock.after(LOOKS, () => {
        const now = this.now();
        this.checker.wasLate(now - set - LOOKS, now);
        this.checker.advance(now);
        next();
      });
    };
    next();
    return () => cancel();
  }

  private controller(name: string): Acting {
    const acting = this.acting.get(name);
    if (!acting) throw new RangeError(`there is no controller ${name}`);
    return acting;
  }
}
