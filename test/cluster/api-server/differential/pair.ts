import { parse } from 'yaml';
import { crds } from '../../../../src/api/crds.js';
import { ApiServer } from '../../../../src/cluster/api-server/api-server.js';
import { VirtualClock } from '../../../../src/cluster/virtual-clock.js';
import type { KubeApi } from '../../../../src/kube/api.js';
import { connect, type Connection } from '../../../../src/kube/connect.js';
import type { KubeObject } from '../../../../src/kube/objects.js';
import { customResourceDefinitions } from '../../../../src/kube/resource.js';
import type { ControlPlane } from '../../../control-plane/control-plane.js';
import { startControlPlane } from '../../../control-plane/start.js';
import { installCrds } from '../../../verdicts/cluster.js';
import { differences } from './difference.js';
import { Normal } from './normal.js';
import { profileOf } from './profile-of.js';
import { Follower, play, type Seen } from './run.js';
import { RESOURCES, scriptOf } from './script.js';

/** Red objects are watched by themselves: those that become or cease to be red come and go. */
const SELECTOR = 'color=red';

/** A real API server and the embedded one as the same version of Kubernetes, which are asked the same. */
export class Pair {
  private constructor(
    private readonly controlPlane: ControlPlane,
    private readonly connection: Connection,
    private readonly real: Side,
    private readonly ours: Side,
  ) {}

  static async start(): Promise<Pair> {
    const controlPlane = await startControlPlane({ parts: [], audit: 'off', users: ['user'] });
    const connection = connect({ kubeconfig: controlPlane.as('user').kubeconfig, fieldManager: 'user' });
    await installCrds(controlPlane);
    const version = await profileOf(controlPlane);
    const server = new ApiServer({ clock: new VirtualClock(), serviceAccounts: false, version });
    const embedded = server.client('user');
    for (const { yaml } of await crds()) await embedded.create(customResourceDefinitions, parse(yaml) as KubeObject);
    const pair = new Pair(controlPlane, connection, new Side(connection.api), new Side(embedded));
    await Promise.all([pair.real.start(), pair.ours.start()]);
    return pair;
  }

  async stop(): Promise<void> {
    await Promise.all([this.real.stop(), this.ours.stop()]);
    await this.connection.close();
    await this.controlPlane.stop();
  }

  /** What the two disagree on in these scripts, by seed. */
  async disagreements(seeds: readonly number[], lanes = 4): Promise<ReadonlyMap<number, readonly string[]>> {
    const found = new Map<number, readonly string[]>();
    const seen = new Map<number, readonly [real: Seen, ours: Seen]>();
    const waiting = [...seeds];
    const lane = async (): Promise<void> => {
      for (let seed = waiting.shift(); seed !== undefined; seed = waiting.shift()) {
        const namespace = `script-${seed}`;
        seen.set(seed, [
          await play(this.real.api, namespace, scriptOf(seed)),
          await play(this.ours.api, namespace, scriptOf(seed)),
        ]);
      }
    };
    await Promise.all(Array.from({ length: lanes }, lane));
    await this.settle();
    for (const [seed, [real, ours]] of seen) {
      const namespace = `script-${seed}`;
      const normal = (side: Side, of: Seen): unknown =>
        new Normal(namespace).of({ ...of, events: side.eventsOf(namespace) });
      const lines = differences(normal(this.real, real), normal(this.ours, ours));
      if (lines.length > 0) found.set(seed, lines);
      if (lines.length > 0 && process.env['GAMEZONE_DIFFERENTIAL_LOG'])
        process.stderr.write(`${seed}\n${told(seed, real, ours)}\n`);
    }
    return found;
  }

  /** Until both have told of all that was written: a last object in each kind says so. */
  private async settle(): Promise<void> {
    await Promise.all([this.real.settle(), this.ours.settle()]);
  }
}

/** Every step with what both have answered. */
function told(seed: number, real: Seen, ours: Seen): string {
  const short = (value: unknown): string => JSON.stringify(value).slice(0, 1500);
  return scriptOf(seed)
    .map(
      (step, index) =>
        `${short(step)}\n  real ${short(real.answers[index] ?? null)}\n  ours ${short(ours.answers[index] ?? null)}`,
    )
    .join('\n');
}

class Side {
  private readonly followers: Follower[];

  constructor(readonly api: KubeApi) {
    this.followers = RESOURCES.flatMap((resource) => [
      new Follower(api, resource),
      new Follower(api, resource, SELECTOR),
    ]);
  }

  async start(): Promise<void> {
    await Promise.all(this.followers.map((follower) => follower.start()));
  }

  eventsOf(namespace: string): unknown {
    return this.followers.map(({ events }) => events.get(namespace) ?? []);
  }

  async settle(): Promise<void> {
    await Promise.all(this.followers.map((follower) => follower.caughtUp()));
  }

  async stop(): Promise<void> {
    await Promise.all(this.followers.map((follower) => follower.stop()));
  }
}
