import { Agent, request, type AgentOptions } from 'node:https';

export interface Reply {
  readonly code: number;
  /** Parsed where it is JSON. */
  readonly body: unknown;
}

/** Who a client is, and by what it knows the server. */
export interface Identity {
  readonly user: string;
  /** The path of a file that says the same to other programs. */
  readonly kubeconfig: string;
  /** The server's authority, and the client's own certificate if it has one. */
  readonly tls: AgentOptions;
  /** Absent when the certificate says who it is. */
  readonly token?: string;
}

/** One user's way to an API server, for tests; what runs in production has its own in src/kube. */
export class Client {
  public readonly user: string;
  /** The path of a kubeconfig with the same identity. */
  public readonly kubeconfig: string;
  /** Absent for a user with a certificate. */
  public readonly token: string | undefined;
  private readonly agent: Agent;

  public constructor(
    public readonly url: string,
    { user, kubeconfig, tls, token }: Identity,
  ) {
    this.user = user;
    this.kubeconfig = kubeconfig;
    this.token = token;
    this.agent = new Agent({ ...tls, keepAlive: true, maxSockets: 8 });
  }

  /**
   * Sends a request. A write demands strict field validation, unless the path says otherwise; a patch is a merge patch, or a JSON
   * patch when it is a list.
   */
  public send(method: string, path: string, body?: unknown): Promise<Reply> {
    const url = new URL(path, this.url);
    if (STRICT.has(method) && !url.searchParams.has('fieldValidation'))
      url.searchParams.set('fieldValidation', 'Strict');
    const headers = {
      ...(this.token === undefined ? {} : { authorization: `Bearer ${this.token}` }),
      accept: 'application/json',
      'content-type': method === 'PATCH' ? patchType(body) : 'application/json',
      'user-agent': 'gamezone-test',
    };
    return new Promise((resolve, reject) => {
      const sent = request(url, { method, agent: this.agent, headers }, (response) => {
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

  /** Closes its connections. */
  public close(): void {
    this.agent.destroy();
  }
}

const STRICT = new Set(['POST', 'PUT', 'PATCH']);

function patchType(body: unknown): string {
  return Array.isArray(body) ? 'application/json-patch+json' : 'application/merge-patch+json';
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}
