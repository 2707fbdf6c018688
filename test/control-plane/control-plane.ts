import type { AuditEvent } from '../../src/cluster/api-server/audit.js';
import type { Audit } from './audit.js';
import type { Client, Reply } from './client.js';
import type { Flags, NodeMonitor } from './flags.js';
import type { Part } from './part.js';
import type { OptionalPartName, PartName } from './parts.js';
import type { Version } from './pins.js';
import type { User } from './users.js';

/** A control plane for a test. It has no nodes: pods are made and bound, and then it is for the test to play the kubelet. */
export interface ControlPlane {
  readonly url: string;
  /** The path of the admin's kubeconfig. */
  readonly kubeconfig: string;
  readonly admin: Client;
  /** The path of the certificate by which the server is known; absent for a cluster that was not started here. */
  readonly authority?: string;
  /** The folder with kubectl and the parts, for `PATH`; absent for a cluster that was not started here. */
  readonly programs?: string;
  /** What `admin.send` does. */
  send(method: string, path: string, body?: unknown): Promise<Reply>;
  /** A user that was asked for. */
  as(user: string): Client;
  /** A process that can be killed, and started again. */
  part(name: PartName): Part;
  /** What the API server has answered, in that order. Whoever has read an answer to its end finds it here. */
  auditLog(): readonly AuditEvent[];
  /** Ends its processes and removes what they have written. */
  stop(): Promise<void>;
}

export interface ControlPlaneOptions {
  /** @default what `GAMEZONE_KUBERNETES` says, else `newest` */
  readonly version?: Version;
  /** Beside etcd and kube-apiserver. @default both */
  readonly parts?: readonly OptionalPartName[];
  /** Beside `admin`. One that is only named may do everything. @default none */
  readonly users?: readonly (string | User)[];
  /** @default 'writes' */
  readonly audit?: Audit;
  /** How soon it is noticed that a node is gone. @default Kubernetes' own times, which are minutes */
  readonly nodeMonitor?: NodeMonitor;
  /** Flags of parts, without their dashes, beside ours or in their place. @default none */
  readonly flags?: Readonly<Partial<Record<PartName, Flags>>>;
}
