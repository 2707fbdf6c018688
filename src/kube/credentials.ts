import { readFileSync } from 'node:fs';
import { AccessError, masked } from './access-error.js';
import type { Clock } from './clock.js';
import { runPlugin, type ClusterInfo, type PluginContext, type PluginCredential } from './exec-plugin.js';
import type { Access, Environment, Identity } from './kubeconfig.js';

export type Headers = Readonly<Record<string, string | readonly string[]>>;

/** Who calls, as it is now. */
export interface Credentials {
  /** Headers for the next call. Rejects with an AccessError. */
  headers(): Headers | Promise<Headers>;
  /** The client certificate for the next connection, where it does not come from the kubeconfig. */
  certificate(): { readonly cert: string; readonly key: string } | undefined;
  /** After a 401 for these headers: whether there are others now. */
  renew(refused: Headers): Promise<boolean>;
}

export interface CredentialOptions {
  readonly environment: Environment;
  readonly clock: Clock;
  readonly cluster: () => ClusterInfo;
  /** Milliseconds for one run of an exec plugin. */
  readonly pluginTimeout: number;
  /** Called when connections have to be made anew, with another client certificate. */
  readonly onCertificate: () => void;
}

/** How long a token from a file or from client-node is used before it is asked for again; client-go takes a minute, too. */
const FRESH_FOR = 60_000;
/** A credential that ends within this time may end on its way to the server. */
const MARGIN = 10_000;

export function credentialsOf(access: Access, options: CredentialOptions): Credentials {
  const { identity, impersonation } = access;
  switch (identity.type) {
    case 'none':
      return fixed(impersonation);
    case 'token':
      return fixed({ authorization: `Bearer ${checkedToken(identity.token, access.source)}`, ...impersonation });
    case 'basic': {
      const pair = Buffer.from(`${identity.username}:${identity.password}`).toString('base64');
      return fixed({ authorization: `Basic ${pair}`, ...impersonation });
    }
    case 'tokenFile': {
      const { file } = identity;
      return new Reread(() => readToken(file, access.source), impersonation, options.clock);
    }
    case 'provider':
      return new Reread(() => fromClientNode(access, identity), impersonation, options.clock);
    case 'exec': {
      const context = { ...options, timeout: options.pluginTimeout };
      return new FromPlugin(() => runPlugin(identity.plugin, context), impersonation, context, options.onCertificate);
    }
  }
}

function fixed(headers: Headers): Credentials {
  return { headers: () => headers, certificate: () => undefined, renew: () => Promise.resolve(false) };
}

/** Something that changes without telling: asked for again each minute, and when it is refused. */
class Reread implements Credentials {
  private current: Headers | undefined;
  private readAt = 0;
  private reading: Promise<Headers> | undefined;

  constructor(
    private readonly read: () => Promise<string>,
    private readonly impersonation: Headers,
    private readonly clock: Clock,
  ) {}

  headers(): Headers | Promise<Headers> {
    const isFresh = this.clock.monotonic() - this.readAt < FRESH_FOR;
    return this.current && isFresh ? this.current : this.again();
  }

  certificate(): undefined {
    return undefined;
  }

  async renew(refused: Headers): Promise<boolean> {
    if (this.current !== refused) return true;
    const now = await this.again();
    return now['authorization'] !== refused['authorization'];
  }

  private again(): Promise<Headers> {
    this.reading ??= this.read()
      .then((authorization) => {
        if (this.current?.['authorization'] !== authorization) this.current = { authorization, ...this.impersonation };
        this.readAt = this.clock.monotonic();
        return this.current;
      })
      .catch((error: unknown) => {
        // A file that is being replaced: what was read before is better than nothing, until the server refuses it.
        if (this.current) return this.current;
        throw error;
      })
      .finally(() => (this.reading = undefined));
    return this.reading;
  }
}

class FromPlugin implements Credentials {
  private current: { readonly headers: Headers; readonly credential: PluginCredential } | undefined;
  private running: Promise<Headers> | undefined;
  private ranAt = 0;

  constructor(
    private readonly run: () => Promise<PluginCredential>,
    private readonly impersonation: Headers,
    private readonly context: Pick<PluginContext, 'clock'>,
    private readonly onCertificate: () => void,
  ) {}

  headers(): Headers | Promise<Headers> {
    const { headers, credential } = this.current ?? {};
    const isGood = credential?.expires === undefined || this.context.clock.now() < credential.expires - MARGIN;
    return headers && isGood ? headers : this.again();
  }

  certificate(): PluginCredential['certificate'] {
    return this.current?.credential.certificate;
  }

  async renew(refused: Headers): Promise<boolean> {
    // Another call may have been refused before, and the program has run since.
    if (this.current?.headers !== refused) return true;
    // Somebody without rights must not start the program with every call.
    if (this.context.clock.monotonic() - this.ranAt < MARGIN) return false;
    await this.again();
    return true;
  }

  private again(): Promise<Headers> {
    this.running ??= this.run()
      .then((credential) => {
        const { token, certificate } = credential;
        const before = this.certificate();
        const headers = { ...(token !== undefined && { authorization: `Bearer ${token}` }), ...this.impersonation };
        this.current = { headers, credential };
        this.ranAt = this.context.clock.monotonic();
        if (before && before.cert !== certificate?.cert) this.onCertificate();
        return headers;
      })
      .finally(() => (this.running = undefined));
    return this.running;
  }
}

function readToken(file: string, source: string): Promise<string> {
  return Promise.resolve().then(() => {
    let text: string;
    try {
      text = readFileSync(file, 'utf8').trim();
    } catch (error) {
      throw new AccessError(`The token file of ${source} cannot be read`, { cause: error });
    }
    if (text === '') throw new AccessError(`The token file ${file} of ${source} is empty`);
    return `Bearer ${checkedToken(text, source)}`;
  });
}

/** What cannot stand in a header would otherwise come back in an error, secret and all. */
function checkedToken(token: string, source: string): string {
  if (!/^[!-~]+$/.test(token)) throw new AccessError(`The token of ${source} holds what no token holds`);
  return token;
}

/** The providers that Kubernetes gave up: loaded only where a kubeconfig names one, since loading client-node takes half a second. */
async function fromClientNode(access: Access, { user }: Extract<Identity, { type: 'provider' }>): Promise<string> {
  const { KubeConfig } = await import('@kubernetes/client-node');
  const config = new KubeConfig();
  // Nothing is sent to this server: what is wanted is a header.
  const unused = { name: 'cluster', server: 'https://localhost', skipTLSVerify: true };
  config.loadFromClusterAndUser(unused, { name: 'user', authProvider: user });
  const options: { headers?: Record<string, unknown> } = {};
  try {
    await config.applyToHTTPSOptions(options as Parameters<typeof config.applyToHTTPSOptions>[0]);
  } catch (error) {
    const said = error instanceof Error ? masked(error.message) : '';
    throw new AccessError(`The auth-provider of ${access.source} gave no credentials: ${said}`);
  }
  const authorization = options.headers?.['Authorization'];
  if (typeof authorization !== 'string')
    throw new AccessError(`The auth-provider of ${access.source} gave no credentials`);
  return authorization;
}
