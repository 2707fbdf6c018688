import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';

export interface Answer {
  readonly status: number;
  readonly body: string;
  /** @default plain text */
  readonly contentType?: string;
}

/** What a path answers. */
export type Pages = Readonly<Record<string, () => Answer>>;

/** A small server for probes and scrapers: GET and HEAD of a few paths, and nothing else. */
export class HttpServer {
  private readonly server: Server;

  constructor(
    private readonly pages: Pages,
    onError: (error: unknown) => void,
  ) {
    this.server = createServer({ requestTimeout: 10_000, headersTimeout: 5000 }, (request, response) => {
      const { status, body, contentType = 'text/plain; charset=utf-8' } = this.answer(request.method, request.url);
      response.writeHead(status, { 'content-type': contentType, 'x-content-type-options': 'nosniff' });
      response.end(request.method === 'HEAD' ? undefined : body);
    });
    this.server.maxConnections = 64;
    this.server.on('error', onError);
  }

  /** Resolves with the port that it listens on. Without a host on all addresses. */
  listen(port: number, host?: string): Promise<number> {
    return new Promise((resolve, reject) => {
      this.server.once('error', reject);
      this.server.listen({ port, ...(host !== undefined && { host }) }, () => {
        this.server.off('error', reject);
        resolve((this.server.address() as AddressInfo).port);
      });
    });
  }

  async close(): Promise<void> {
    if (!this.server.listening) return;
    this.server.closeAllConnections();
    await new Promise((resolve) => this.server.close(resolve));
  }

  private answer(method: string | undefined, url = '/'): Answer {
    const [path = '/'] = url.split('?');
    const page = Object.hasOwn(this.pages, path) ? this.pages[path] : undefined;
    if (!page) return { status: 404, body: 'not found\n' };
    if (method !== 'GET' && method !== 'HEAD') return { status: 405, body: 'only GET\n' };
    try {
      return page();
    } catch (error) {
      return { status: 500, body: `${error instanceof Error ? error.message : String(error)}\n` };
    }
  }
}
