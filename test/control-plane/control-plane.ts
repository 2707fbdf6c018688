import { execFileSync, spawn, type ChildProcess } from 'node:child_process';
import { generateKeyPairSync } from 'node:crypto';
import { existsSync, mkdirSync, mkdtempSync, openSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { Agent, request } from 'node:https';
import { createServer, type AddressInfo } from 'node:net';
import { homedir, tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const folder = fileURLToPath(new URL('.', import.meta.url));
const readyWithin = 60_000;

export interface Reply {
  readonly code: number;
  readonly body: unknown;
}

/** A kube-apiserver and its etcd on loopback, with data and certificates of their own that `stop` removes. */
export interface ApiServer {
  readonly url: string;
  readonly kubeconfig: string;
  send(method: string, path: string, body?: unknown): Promise<Reply>;
  stop(): Promise<void>;
}

/** The Kubernetes version that go.mod pins. */
export function pinnedVersion(): string {
  const pin = /^\s+k8s\.io\/kubernetes v(\S+)$/m.exec(readFileSync(join(folder, 'go.mod'), 'utf8'));
  if (!pin?.[1]) throw new Error('test/control-plane/go.mod does not pin k8s.io/kubernetes.');
  return pin[1];
}

/** Builds the binary unless this pin was built before; minutes the first time. Returns its path, outside the repository. */
export function buildControlPlane(): string {
  const version = pinnedVersion();
  const cache = join(process.env['XDG_CACHE_HOME'] ?? join(homedir(), '.cache'), 'gamezone');
  const binary = join(cache, `control-plane-${version}`);
  if (existsSync(binary)) return binary;
  mkdirSync(cache, { recursive: true });
  const [major = '', minor = ''] = version.split('.');
  const stamp = { gitVersion: `v${version}`, gitMajor: major, gitMinor: minor, gitTreeState: 'clean' };
  const flags = Object.entries(stamp).map(([name, value]) => `-X k8s.io/component-base/version.${name}=${value}`);
  process.stderr.write(`Building the control plane of Kubernetes ${version} (a few minutes)\n`);
  // Built under another name first: an interrupted build must not look like a finished one.
  const unfinished = `${binary}.${process.pid}`;
  execFileSync(
    'nice',
    ['-n', '10', 'go', 'build', '-trimpath', '-ldflags', `-s -w ${flags.join(' ')}`, '-o', unfinished, '.'],
    {
      cwd: folder,
      stdio: 'inherit',
    },
  );
  execFileSync('mv', [unfinished, binary]);
  return binary;
}

export async function startApiServer(): Promise<ApiServer> {
  const binary = buildControlPlane();
  const home = mkdtempSync(join(tmpdir(), 'gamezone-control-plane-'));
  const [etcdPort, peerPort, port] = await freePorts(3);
  const etcdUrl = `http://127.0.0.1:${etcdPort}`;
  const url = `https://127.0.0.1:${port}`;
  const token = 'gamezone-test';

  const { privateKey, publicKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
  writeFileSync(join(home, 'sa.key'), privateKey.export({ type: 'pkcs1', format: 'pem' }), { mode: 0o600 });
  writeFileSync(join(home, 'sa.pub'), publicKey.export({ type: 'spki', format: 'pem' }));
  writeFileSync(join(home, 'tokens.csv'), `${token},admin,admin,system:masters\n`, { mode: 0o600 });

  const children = [
    start(binary, home, 'etcd', {
      'data-dir': join(home, 'etcd'),
      'listen-client-urls': etcdUrl,
      'listen-peer-urls': `http://127.0.0.1:${peerPort}`,
    }),
    start(binary, home, 'kube-apiserver', {
      'etcd-servers': etcdUrl,
      'bind-address': '127.0.0.1',
      'advertise-address': '127.0.0.1',
      'secure-port': String(port),
      'cert-dir': join(home, 'certificates'),
      'service-account-issuer': 'https://gamezone.test',
      'service-account-key-file': join(home, 'sa.pub'),
      'service-account-signing-key-file': join(home, 'sa.key'),
      'service-cluster-ip-range': '10.96.0.0/16',
      'token-auth-file': join(home, 'tokens.csv'),
      'authorization-mode': 'RBAC',
      // As every cluster that runs a network plugin.
      'allow-privileged': 'true',
      // Loopback is refused as the address of the "kubernetes" Service; nobody looks it up here.
      'endpoint-reconciler-type': 'none',
      // Pods would need the default service account, which only the controller manager makes.
      'disable-admission-plugins': 'ServiceAccount',
    }),
  ];
  // Left alone, they would outlive a run that is interrupted.
  process.once('exit', () => {
    for (const child of children) child.kill('SIGKILL');
    rmSync(home, { recursive: true, force: true });
  });
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => process.exit(1));
  const stop = async (): Promise<void> => {
    await Promise.all(children.map(end));
    rmSync(home, { recursive: true, force: true });
  };

  try {
    const certificate = join(home, 'certificates', 'apiserver.crt');
    let agent = new Agent();
    const send = (method: string, path: string, body?: unknown): Promise<Reply> =>
      exchange(agent, token, method, new URL(path, url), body);
    const isReady = async (): Promise<boolean> => {
      if (!existsSync(certificate)) return false;
      // Read again each time: the first look may come while the server still writes it.
      agent.destroy();
      agent = new Agent({ keepAlive: true, maxSockets: 8, ca: readFileSync(certificate) });
      return (await send('GET', '/readyz').catch(() => undefined))?.code === 200;
    };
    await until(
      isReady,
      () => {
        const ended = children.find((child) => child.exitCode !== null)?.spawnargs[1];
        const part = ended ?? 'kube-apiserver';
        const log = readFileSync(join(home, `${part}.log`), 'utf8')
          .trimEnd()
          .split('\n')
          .slice(-5)
          .join('\n');
        return new Error(`${part} ${ended === undefined ? 'did not become ready' : 'ended'}; its log says:\n${log}`);
      },
      () => children.some((child) => child.exitCode !== null),
    );
    const kubeconfig = join(home, 'kubeconfig');
    writeFileSync(kubeconfig, JSON.stringify(kubeconfigFor(url, certificate, token)), { mode: 0o600 });
    return {
      url,
      kubeconfig,
      send,
      stop: async () => {
        agent.destroy();
        await stop();
      },
    };
  } catch (error) {
    await Promise.all(children.map(end));
    throw error;
  }
}

function start(binary: string, home: string, part: string, flags: Readonly<Record<string, string>>): ChildProcess {
  const log = openSync(join(home, `${part}.log`), 'a');
  const list = Object.entries(flags).map(([name, value]) => `--${name}=${value}`);
  return spawn(binary, [part, ...list], { cwd: home, stdio: ['ignore', log, log] });
}

async function end(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const ended = new Promise((resolve) => child.once('exit', resolve));
  // Nothing here outlives the run, so there is nothing to save.
  child.kill('SIGKILL');
  await ended;
}

function exchange(agent: Agent, token: string, method: string, url: URL, body: unknown): Promise<Reply> {
  return new Promise((resolve, reject) => {
    const headers = {
      authorization: `Bearer ${token}`,
      accept: 'application/json',
      'content-type': 'application/json',
    };
    const sent = request(url, { method, agent, headers }, (response) => {
      let text = '';
      response.setEncoding('utf8');
      response.on('data', (part: string) => (text += part));
      response.on('end', () => resolve({ code: response.statusCode ?? 0, body: parse(text) }));
      response.on('error', reject);
    });
    sent.on('error', reject);
    sent.end(body === undefined ? undefined : JSON.stringify(body));
  });
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}

function kubeconfigFor(server: string, certificate: string, token: string): unknown {
  return {
    apiVersion: 'v1',
    kind: 'Config',
    'current-context': 'test',
    clusters: [{ name: 'test', cluster: { server, 'certificate-authority': certificate } }],
    users: [{ name: 'test', user: { token } }],
    contexts: [{ name: 'test', context: { cluster: 'test', user: 'test' } }],
  };
}

async function freePorts(count: number): Promise<number[]> {
  const servers = await Promise.all(
    Array.from({ length: count }, async () => {
      const server = createServer();
      await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
      return server;
    }),
  );
  const ports = servers.map((server) => (server.address() as AddressInfo).port);
  await Promise.all(servers.map((server) => new Promise((resolve) => server.close(resolve))));
  return ports;
}

async function until(done: () => Promise<boolean>, failure: () => Error, isHopeless: () => boolean): Promise<void> {
  const deadline = Date.now() + readyWithin;
  while (!(await done())) {
    if (isHopeless() || Date.now() > deadline) throw failure();
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
}
