import { generateKeyPairSync } from 'node:crypto';
import { mkdirSync, readFileSync, symlinkSync } from 'node:fs';
import type { AuditEvent } from '../../src/cluster/api-server/audit.js';
import { AuditLog, auditPolicy, type Audit } from './audit.js';
import { Client, type Reply } from './client.js';
import type { ControlPlane, ControlPlaneOptions } from './control-plane.js';
import { apiServerUrl, authorityFile, flagsOf, healthUrl, PART_USERS, type Flags } from './flags.js';
import { answersOk } from './health.js';
import { kubeconfigFor } from './kubeconfig.js';
import { Part } from './part.js';
import type { PartName, ProgramName } from './parts.js';
import type { Ports } from './ports.js';
import type { RunFolder } from './run-folder.js';
import { fileNameOf, issueCredentials, type Credentials, type User } from './users.js';

/** A control plane of processes on this machine, with a folder of its own. */
export class LocalControlPlane implements ControlPlane {
  public readonly url: string;
  public readonly authority: string;
  public readonly kubeconfig: string;
  public readonly programs: string;
  private readonly parts: ReadonlyMap<PartName, Part>;
  private readonly credentials: Credentials;
  private readonly clients = new Map<string, Client>();
  private readonly audit: AuditLog | undefined;

  /** Writes all that the parts need, and starts none of them. */
  public constructor(
    public readonly folder: RunFolder,
    ports: Ports,
    programs: ReadonlyMap<ProgramName, string>,
    names: readonly PartName[],
    options: ControlPlaneOptions,
  ) {
    const { audit = 'writes', users = [], flags = {}, nodeMonitor = {} } = options;
    this.url = apiServerUrl(ports);
    this.authority = authorityFile(folder);
    this.programs = linkPrograms(programs, folder);
    this.audit = audit === 'off' ? undefined : new AuditLog(auditFile(folder));
    this.credentials = issueCredentials([...OWN_USERS, ...users.map(userOf)], folder);
    for (const credential of this.credentials.byUser.values())
      folder.write(kubeconfigName(credential.name), kubeconfigFor(this.url, this.authority, credential));
    this.kubeconfig = this.kubeconfigOf(ADMIN);

    const surroundings = {
      folder,
      ports,
      ...this.credentials,
      serviceAccountKeys: writeServiceAccountKeys(folder),
      audit: auditFlags(audit, folder),
      nodeMonitor,
      kubeconfigOf: (user: string) => this.kubeconfigOf(user),
      hasControllerManager: names.includes('kube-controller-manager'),
    };
    const plan = (name: PartName): Part => {
      const all = { ...flagsOf(name, surroundings), ...flags[name] };
      const args = Object.entries(all).map(([flag, value]) => `--${flag}=${value}`);
      const program = folder.file(PROGRAMS_FOLDER, name);
      return new Part({ name, program, args, isWell: () => this.isWell(name, ports) }, folder);
    };
    this.parts = new Map(names.map((name) => [name, plan(name)]));
  }

  public get admin(): Client {
    return this.as(ADMIN);
  }

  /** @throws PartFailed */
  public async start(): Promise<void> {
    const [etcd, apiServer] = [this.part('etcd'), this.part('kube-apiserver')];
    etcd.launch();
    apiServer.launch();
    await Promise.all([etcd.ready(), apiServer.ready()]);
    const others = [...this.parts.values()].filter((part) => part !== etcd && part !== apiServer);
    await Promise.all(others.map((part) => part.start()));
  }

  public send(method: string, path: string, body?: unknown): Promise<Reply> {
    return this.admin.send(method, path, body);
  }

  public as(user: string): Client {
    const known = this.clients.get(user);
    if (known) return known;
    const credential = this.credentials.byUser.get(user);
    if (!credential) {
      const names = [...this.credentials.byUser.keys()].join(', ');
      throw new Error(`There is no user "${user}", only ${names}; startControlPlane({ users: ['${user}'] }) makes it.`);
    }
    const { certificate, key, token } = credential;
    const proof = certificate === undefined ? {} : { cert: readFileSync(certificate), key: readFileSync(key) };
    const client = new Client(this.url, {
      user,
      kubeconfig: this.kubeconfigOf(user),
      tls: { ca: readFileSync(this.authority), ...proof },
      ...(token === undefined ? {} : { token }),
    });
    this.clients.set(user, client);
    return client;
  }

  public part(name: PartName): Part {
    const part = this.parts.get(name);
    if (!part) throw new Error(`${name} was not started; startControlPlane({ parts: ['${name}'] }) starts it.`);
    return part;
  }

  public auditLog(): readonly AuditEvent[] {
    if (!this.audit) throw new Error(`There is no audit log; startControlPlane({ audit: 'writes' }) has one.`);
    return this.audit.events();
  }

  public async stop(): Promise<void> {
    for (const client of this.clients.values()) client.close();
    await Promise.all([...this.parts.values()].map((part) => part.kill()));
    this.folder.remove();
  }

  private kubeconfigOf(user: string): string {
    return this.folder.file(kubeconfigName(user));
  }

  private async isWell(name: PartName, ports: Ports): Promise<boolean> {
    if (!(await answersOk(healthUrl(name, ports)))) return false;
    if (name !== 'kube-controller-manager') return true;
    // It answers before its controllers work. This is what pods wait for, and what one of its controllers makes.
    return answersOk(`${this.url}/api/v1/namespaces/default/serviceaccounts/default`, this.admin.token);
  }
}

const ADMIN = 'admin';
const PROGRAMS_FOLDER = 'bin';
const OWN_USERS: readonly User[] = [
  { name: ADMIN },
  ...Object.values(PART_USERS).map((name) => ({ name, groups: [] })),
];

function userOf(user: string | User): User {
  return typeof user === 'string' ? { name: user } : user;
}

function kubeconfigName(user: string): string {
  return `${fileNameOf(user)}.kubeconfig`;
}

/** Under their own names, by which our binary knows what it is to be. */
function linkPrograms(programs: ReadonlyMap<ProgramName, string>, folder: RunFolder): string {
  const bin = folder.file(PROGRAMS_FOLDER);
  mkdirSync(bin);
  for (const [name, program] of programs) symlinkSync(program, folder.file(PROGRAMS_FOLDER, name));
  return bin;
}

function writeServiceAccountKeys(folder: RunFolder): { readonly public: string; readonly private: string } {
  const { privateKey, publicKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
  return {
    public: folder.write('service-accounts.pub', publicKey.export({ type: 'spki', format: 'pem' }).toString()),
    private: folder.write('service-accounts.key', privateKey.export({ type: 'pkcs1', format: 'pem' }).toString()),
  };
}

function auditFile(folder: RunFolder): string {
  return folder.file('audit.log');
}

function auditFlags(audit: Audit, folder: RunFolder): Flags {
  if (audit === 'off') return {};
  return {
    'audit-policy-file': folder.write('audit-policy.json', JSON.stringify(auditPolicy(audit))),
    'audit-log-path': auditFile(folder),
    // Megabytes after which another file would be begun.
    'audit-log-maxsize': '1000000',
  };
}
