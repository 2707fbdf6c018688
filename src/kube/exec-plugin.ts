import { spawn } from 'node:child_process';
import { AccessError, masked } from './access-error.js';
import type { Clock } from './clock.js';
import type { Environment } from './kubeconfig.js';

/** A program that says who calls: https://kubernetes.io/docs/reference/config-api/client-authentication.v1/ */
export interface ExecPlugin {
  /** For messages. */
  readonly source: string;
  readonly apiVersion: string;
  readonly command: string;
  readonly args: readonly string[];
  readonly env: Readonly<Record<string, string>>;
  readonly provideClusterInfo: boolean;
  readonly interactive: 'Never' | 'IfAvailable' | 'Always';
  readonly installHint?: string;
}

export interface ClusterInfo {
  readonly server: string;
  readonly 'tls-server-name'?: string;
  readonly 'insecure-skip-tls-verify'?: boolean;
  readonly 'certificate-authority-data'?: string;
  readonly 'proxy-url'?: string;
}

export interface PluginContext {
  readonly environment: Environment;
  readonly clock: Clock;
  /** Asked for when the plugin wants it. */
  readonly cluster: () => ClusterInfo;
  /** Milliseconds for one run. */
  readonly timeout: number;
}

/** What a plugin answered. */
export interface PluginCredential {
  readonly token?: string;
  readonly certificate?: { readonly cert: string; readonly key: string };
  /** Milliseconds since 1970; absent: until it is refused. */
  readonly expires?: number;
}

const MAX_OUTPUT = 1 << 20;

/**
 * Runs the program once.
 *
 * @throws AccessError with the program and where it is named; never with its output, which holds the secret
 */
export async function runPlugin(plugin: ExecPlugin, context: PluginContext): Promise<PluginCredential> {
  const interactive = plugin.interactive !== 'Never' && process.stdin.isTTY;
  if (plugin.interactive === 'Always' && !interactive)
    throw failure(plugin, 'wants to ask something, and there is no terminal');
  return credentialIn(plugin, await output(plugin, context, interactive), context.clock.now());
}

function output(plugin: ExecPlugin, context: PluginContext, interactive: boolean): Promise<string> {
  const { environment, clock, timeout } = context;
  const info = {
    apiVersion: plugin.apiVersion,
    kind: 'ExecCredential',
    spec: { interactive, ...(plugin.provideClusterInfo && { cluster: context.cluster() }) },
  };
  return new Promise((resolve, reject) => {
    const child = spawn(plugin.command, plugin.args, {
      env: { ...environment, ...plugin.env, KUBERNETES_EXEC_INFO: JSON.stringify(info) },
      stdio: [interactive ? 'inherit' : 'ignore', 'pipe', interactive ? 'inherit' : 'pipe'],
    });
    const end = (error: AccessError): void => {
      cancel();
      child.kill('SIGKILL');
      // A grandchild may hold the pipes open.
      child.stdout?.destroy();
      child.stderr?.destroy();
      reject(error);
    };
    const cancel = clock.after(timeout, () => end(failure(plugin, `did not end within ${timeout} ms`)));
    let text = '';
    let complaint = '';
    child.stdout?.setEncoding('utf8').on('data', (part: string) => {
      text += part;
      if (text.length > MAX_OUTPUT) end(failure(plugin, 'wrote more than 1 MiB'));
    });
    child.stderr?.setEncoding('utf8').on('data', (part: string) => (complaint = (complaint + part).slice(-1000)));
    child.on('error', (error: NodeJS.ErrnoException) => {
      const missing = error.code === 'ENOENT' ? plugin.installHint : undefined;
      end(failure(plugin, `cannot be started: ${error.code ?? error.message}`, missing));
    });
    child.on('close', (code, signal) => {
      cancel();
      if (code === 0) resolve(text);
      else reject(failure(plugin, `ended with ${code ?? signal ?? 'nothing'}`, masked(complaint)));
    });
  });
}

function credentialIn(plugin: ExecPlugin, text: string, now: number): PluginCredential {
  let answer: { kind?: unknown; apiVersion?: unknown; status?: Readonly<Record<string, unknown>> | null } | null;
  try {
    answer = JSON.parse(text) as typeof answer;
  } catch {
    throw failure(plugin, 'wrote no JSON');
  }
  if (answer?.kind !== 'ExecCredential' || answer.apiVersion !== plugin.apiVersion)
    throw failure(plugin, `wrote no ExecCredential of ${plugin.apiVersion}`);
  const { token, clientCertificateData: cert, clientKeyData: key, expirationTimestamp } = answer.status ?? {};
  const has = (value: unknown): value is string => typeof value === 'string' && value !== '';
  if (has(cert) !== has(key))
    throw failure(plugin, 'wrote a certificate without its key, or a key without its certificate');
  if (!has(token) && !has(cert)) throw failure(plugin, 'wrote neither a token nor a certificate');
  const expires = has(expirationTimestamp) ? Date.parse(expirationTimestamp) : undefined;
  if (expires !== undefined && !(expires > now))
    throw failure(plugin, `wrote a credential that expired at ${String(expirationTimestamp)}`);
  return {
    ...(has(token) && { token }),
    ...(has(cert) && has(key) && { certificate: { cert, key } }),
    ...(expires !== undefined && { expires }),
  };
}

function failure({ command, source }: ExecPlugin, what: string, hint?: string): AccessError {
  return new AccessError(
    `The program ${command}, which ${source} names for credentials, ${what}`,
    hint ? { hint } : {},
  );
}
