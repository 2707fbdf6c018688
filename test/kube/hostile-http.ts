import type { TLSSocketOptions } from 'node:tls';
import { connectTo, type Connection, type ConnectOptions } from '../../src/kube/connect.js';
import { KubeError } from '../../src/kube/error.js';
import type { Access } from '../../src/kube/kubeconfig.js';
import type { Resource } from '../../src/kube/resource.js';
import { HostileServer } from './hostile-server.js';
import { VirtualClock } from './virtual-clock.js';

/** A way into `server`, as nobody in particular. */
export function accessTo(server: string, more: Partial<Access> = {}): Access {
  return {
    source: 'context "test" of a test',
    context: 'test',
    server,
    namespace: 'default',
    skipVerify: false,
    identity: { type: 'none' },
    impersonation: {},
    ...more,
  };
}

export interface Hostile {
  readonly server: HostileServer;
  /** Connects; all that was connected is closed by `stop`. */
  connect(options?: ConnectOptions, access?: Partial<Access>): Connection;
  stop(): Promise<void>;
}

/** A hostile server and clients of it: plain HTTP, or HTTPS with `tls`. */
export async function startHostile(tls?: TLSSocketOptions): Promise<Hostile> {
  const server = await HostileServer.start(tls);
  const connections: Connection[] = [];
  return {
    server,
    connect: (options = {}, access = {}) => {
      const connection = connectTo(accessTo(server.url, access), { environment: {}, ...options });
      connections.push(connection);
      return connection;
    },
    stop: async () => {
      await Promise.all(connections.map((connection) => connection.close()));
      await server.stop();
    },
  };
}

export const gadgets: Resource = {
  group: 'example.com',
  version: 'v1',
  plural: 'gadgets',
  kind: 'Gadget',
  namespaced: true,
};

/** A stored object. */
export function gadget(name: string, resourceVersion = '1', more: object = {}): object {
  return {
    apiVersion: 'example.com/v1',
    kind: 'Gadget',
    metadata: { name, namespace: 'default', uid: `uid-${name}`, resourceVersion },
    ...more,
  };
}

export const one = { namespace: 'default', name: 'one' };

/** The error of a call that must not succeed; anything but a KubeError is itself a failure. */
export async function failureOf(call: Promise<unknown>): Promise<KubeError> {
  const outcome: unknown = await call.then(
    () => 'it succeeded',
    (error: unknown) => error,
  );
  if (outcome instanceof KubeError) return outcome;
  throw new Error(`no KubeError, but: ${String(outcome)}`);
}

/** Waits for what the network has to bring about, a thousandth of a second at a time. */
export async function eventually(holds: () => boolean): Promise<void> {
  for (let left = 5000; !holds(); left--) {
    if (left === 0) throw new Error('It did not come true within five seconds');
    await new Promise((resolve) => setTimeout(resolve, 1));
  }
}

/** What is on its way in this process arrives: some turns of the event loop, however slow the machine is. */
export async function settled(): Promise<void> {
  for (let turn = 0; turn < 10; turn++) await new Promise((resolve) => setTimeout(resolve, 1));
}

/** Virtual time that tells which delays were asked for: then what takes real time has come so far. */
export class WatchedClock extends VirtualClock {
  readonly delays: number[] = [];

  override after(delay: number, run: () => void): () => void {
    this.delays.push(delay);
    return super.after(delay, run);
  }

  /** Lets a delay pass, once it is asked for. */
  async pass(delay: number): Promise<void> {
    await eventually(() => this.delays.includes(delay));
    await this.advance(delay);
  }
}
