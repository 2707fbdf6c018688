import type { AgentOptions, RequestOptions } from 'node:https';
import type { AuditEvent } from '../../src/cluster/api-server/audit.js';
import { Client, type Reply } from './client.js';
import type { ControlPlane, ControlPlaneOptions } from './control-plane.js';
import type { Part } from './part.js';

/** A cluster that runs already. Nothing of it is started, changed or ended here, so some of what tests do is impossible. */
export class ExistingCluster implements ControlPlane {
  public readonly url: string;
  public readonly kubeconfig: string;

  private constructor(public readonly admin: Client) {
    this.url = admin.url;
    this.kubeconfig = admin.kubeconfig;
  }

  /** @throws when the test asks for what only a control plane of our own can have */
  public static async of(kubeconfig: string, options: ControlPlaneOptions): Promise<ExistingCluster> {
    for (const option of ['users', 'nodeMonitor', 'flags'] as const)
      if (options[option] !== undefined) throw impossible(`have the ${option} of a test`);
    // Slow to load, and only needed here: it knows every way in which a kubeconfig can prove who it is.
    const { KubeConfig } = await import('@kubernetes/client-node');
    const config = new KubeConfig();
    config.loadFromFile(kubeconfig);
    const cluster = config.getCurrentCluster();
    if (!cluster) throw new Error(`${kubeconfig} has no current context, or one without a cluster.`);
    const settings: RequestOptions = {};
    await config.applyToHTTPSOptions(settings);
    const { agent: _, headers, ...tls } = settings;
    const token = /^Bearer (.+)$/.exec(String((headers as Record<string, unknown>)['Authorization']))?.[1];
    const user = config.getCurrentUser()?.name ?? '';
    const identity = { user, kubeconfig, tls: tls as AgentOptions, ...(token === undefined ? {} : { token }) };
    return new ExistingCluster(new Client(cluster.server, identity));
  }

  public send(method: string, path: string, body?: unknown): Promise<Reply> {
    return this.admin.send(method, path, body);
  }

  public as(user: string): Client {
    throw impossible(`have the user "${user}"`);
  }

  public part(name: string): Part {
    throw impossible(`have its ${name} killed`);
  }

  public auditLog(): readonly AuditEvent[] {
    throw impossible('show its audit log');
  }

  public stop(): Promise<void> {
    this.admin.close();
    return Promise.resolve();
  }
}

function impossible(what: string): Error {
  return new Error(
    `The cluster of GAMEZONE_TEST_KUBECONFIG cannot ${what}: a suite that wants that says that it needs its own (test/control-plane/suite.ts).`,
  );
}
