import { createHash } from 'node:crypto';
import { createServer } from 'node:http';
import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

/** What a store does wrong with a request: answers otherwise, and says so by true. */
export type Fault = (request: AskedFor, answer: ServerResponse) => boolean;

/** A request as the store understands it. */
export interface AskedFor {
  readonly method: string;
  /** Undefined for a listing. */
  readonly key?: string;
  readonly headers: IncomingMessage['headers'];
  readonly query: URLSearchParams;
  /** How often this object was asked for, this time included. */
  readonly time: number;
}

/** A store that speaks as much S3 as is read from it, and makes the mistakes that it is told to. */
export class S3Store {
  readonly objects = new Map<string, Buffer>();
  readonly requests: AskedFor[] = [];
  /** ETags other than the MD5. */
  readonly etags = new Map<string, string>();
  pageSize = 1000;
  fault: Fault = () => false;
  private readonly counts = new Map<string, number>();

  private constructor(
    private readonly server: Server,
    private readonly bucket: string,
  ) {}

  static async start(bucket = 'games'): Promise<S3Store> {
    const server = createServer((request, answer) => store.answer(request, answer));
    const store = new S3Store(server, bucket);
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    return store;
  }

  get port(): number {
    return (this.server.address() as AddressInfo).port;
  }

  get url(): string {
    return `http://127.0.0.1:${this.port}`;
  }

  put(objects: Readonly<Record<string, string | Buffer>>): void {
    for (const [key, content] of Object.entries(objects)) this.objects.set(key, Buffer.from(content));
  }

  /** The keys that were asked for, in their order. */
  get keys(): string[] {
    return this.requests.flatMap(({ key }) => (key === undefined ? [] : [key]));
  }

  etagOf(key: string): string {
    return this.etags.get(key) ?? createHash('md5').update(this.objects.get(key)!).digest('hex');
  }

  private answer(request: IncomingMessage, answer: ServerResponse): void {
    const url = new URL(request.url!, this.url);
    const isVirtual = request.headers.host!.startsWith(`${this.bucket}.`);
    const [, bucket, ...parts] = `${isVirtual ? `/${this.bucket}` : ''}${url.pathname}`
      .split('/')
      .map(decodeURIComponent);
    const path = parts.join('/');
    const key = path === '' ? undefined : path;
    const time = (this.counts.get(path) ?? 0) + 1;
    this.counts.set(path, time);
    const asked: AskedFor = {
      method: request.method!,
      headers: request.headers,
      query: url.searchParams,
      time,
      ...(key !== undefined && { key }),
    };
    this.requests.push(asked);
    if (this.fault(asked, answer)) return;
    if (bucket !== this.bucket) refuse(answer, 404, 'NoSuchBucket');
    else if (key === undefined) this.list(url.searchParams, answer);
    else this.get(key, request, answer);
  }

  private list(query: URLSearchParams, answer: ServerResponse): void {
    const prefix = query.get('prefix') ?? '';
    const after = query.get('continuation-token') ?? '';
    const encoded = (key: string): string => encodeURIComponent(key).replaceAll('%20', '+').replaceAll('%2F', '/');
    const keys = [...this.objects.keys()].filter((key) => key.startsWith(prefix) && key > after).sort();
    const page = keys.slice(0, this.pageSize);
    const more = keys.length > page.length;
    const contents = page.map((key) => `<Contents><Key>${encoded(key)}</Key><LastModified>2026-01-01T00:00:00.000Z</LastModified><ETag>&quot;${this.etagOf(key)}&quot;</ETag><Size>${this.objects.get(key)!.length}</Size></Contents>`); // prettier-ignore
    const body = `<?xml version="1.0" encoding="UTF-8"?><ListBucketResult><IsTruncated>${more}</IsTruncated>${contents.join('')}<EncodingType>url</EncodingType>${more ? `<NextContinuationToken>${encoded(page.at(-1)!)}</NextContinuationToken>` : ''}</ListBucketResult>`; // prettier-ignore
    answer.writeHead(200, { 'content-type': 'application/xml' }).end(body);
  }

  private get(key: string, { headers }: IncomingMessage, answer: ServerResponse): void {
    const content = this.objects.get(key);
    if (!content) {
      refuse(answer, 404, 'NoSuchKey');
      return;
    }
    const etag = `"${this.etagOf(key)}"`;
    if (headers['if-match'] !== undefined && headers['if-match'] !== etag) {
      refuse(answer, 412, 'PreconditionFailed');
      return;
    }
    const [, from, to] = /^bytes=(\d+)-(\d+)$/.exec(headers.range ?? '') ?? [];
    if (from === undefined) {
      answer.writeHead(200, { etag, 'content-length': content.length }).end(content);
      return;
    }
    const part = content.subarray(Number(from), Number(to) + 1);
    const range = `bytes ${from}-${Number(from) + part.length - 1}/${content.length}`;
    answer.writeHead(206, { etag, 'content-length': part.length, 'content-range': range }).end(part);
  }

  async stop(): Promise<void> {
    this.server.closeAllConnections();
    await new Promise((resolve) => this.server.close(resolve));
  }
}

/** An error as S3 writes it. */
export function refuse(answer: ServerResponse, status: number, code: string): void {
  const body = `<?xml version="1.0" encoding="UTF-8"?><Error><Code>${code}</Code><Message>no: ${code}</Message></Error>`;
  answer.writeHead(status, { 'content-type': 'application/xml' }).end(body);
}
