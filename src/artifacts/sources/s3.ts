import { createHash } from 'node:crypto';
import type { Pin } from '../../../constructs/model/release.js';
import type { SourceEntry } from '../entry.js';
import { ArtifactError } from '../error.js';
import { shownPath } from '../printable.js';
import { together } from '../together.js';
import { isOfVolume } from '../volume.js';
import { Retry } from './retry.js';
import type { AddressStyle } from './s3-address.js';
import { Bucket } from './s3-bucket.js';
import type { ListedObject } from './s3-bucket.js';
import { Download, IN_ONE_PIECE } from './s3-download.js';
import { isBusy, isPassing, s3Failure } from './s3-failure.js';
import type { Listing, Sink, Source, SourceContext } from './source.js';

/** An S3 source as a zone says it. */
export interface S3Options {
  readonly url: string;
  /** `bucket/prefix/` */
  readonly path: string;
  readonly region?: string;
  readonly style?: AddressStyle;
  /** What the list of objects is to come to. */
  readonly objects?: string;
  readonly subPath?: string;
  readonly credentials: { readonly accessKey?: string; readonly secretKey?: string };
}

/** The objects under a prefix, each a file by what follows the prefix in its key. */
export class S3Source implements Source {
  readonly name: string;
  private readonly bucket: Bucket;
  private readonly prefix: string;
  private readonly retry: Retry;
  private listed: Promise<readonly ListedObject[]> | undefined;
  private readonly byEntry = new Map<SourceEntry, ListedObject>();

  constructor(
    private readonly options: S3Options,
    private readonly context: SourceContext,
  ) {
    const [bucket = '', ...prefix] = options.path.replace(/^\//, '').split('/');
    this.prefix = folderPrefix(
      [...prefix.join('/').split(/\/+$/, 1), options.subPath ?? ''].filter((part) => part !== '').join('/'),
    );
    this.name = `s3 ${context.secrets.mask(options.url).replace(/\/+$/, '')}/${bucket}/${shownPath(this.prefix)}`;
    this.retry = new Retry(context.signal);
    const { url: endpoint, region, style, credentials } = options;
    this.bucket = new Bucket({
      endpoint,
      bucket,
      concurrency: context.concurrency,
      ...credentials,
      ...(region !== undefined && { region }),
      ...(style !== undefined && { style }),
    });
  }

  async resolve(): Promise<Pin> {
    const { objects } = this.options;
    return { objects: objects ?? listDigest(this.prefix, await this.objects()) };
  }

  async list(pin: Pin): Promise<Listing> {
    const { objects: wanted } = pin as { readonly objects: string };
    const objects = await this.objects();
    if (listDigest(this.prefix, objects) !== wanted)
      throw new ArtifactError(`${this.name}: the objects are not those of the lock any more (there are ${objects.length} now)`, {
        fault: 'input',
        hint: 'put each version under a prefix of its own and leave it alone; to take what is there now, run `gamezone artifacts lock`',
      }); // prettier-ignore
    const entries = objects.map((object): SourceEntry => {
      const entry: SourceEntry = {
        path: object.key.slice(this.prefix.length),
        kind: 'file',
        executable: false,
        size: object.size,
        identity: this.identityOf(object),
        address: object.key,
      };
      this.byEntry.set(entry, object);
      return entry;
    });
    return { entries, notes: [] };
  }

  /** An MD5 names a content wherever it lies, so that a new prefix with the same files is fetched by its changes. */
  private identityOf({ key, etag, size }: ListedObject): string {
    if (/^[0-9a-f]{32}(-\d+)?$/.test(etag)) return `s3:${etag}:${size}`;
    const { url, path } = this.options;
    const place = JSON.stringify([url, path, key, etag, size]);
    return `s3:${createHash('sha256').update(place).digest('base64url')}`;
  }

  private objects(): Promise<readonly ListedObject[]> {
    return (this.listed ??= this.listAll());
  }

  private async listAll(): Promise<readonly ListedObject[]> {
    const { signal, progress } = this.context;
    const found: ListedObject[] = [];
    let token: string | undefined;
    do {
      const page = await this.asked(() => this.bucket.page(this.prefix, token, signal));
      // A key that ends with a slash is a folder to those who look at the bucket, and nothing to us.
      for (const object of page.objects) if (!object.key.endsWith('/')) found.push(object);
      progress.set({ files: found.length });
      if (page.next !== undefined && page.next === token) throw new ArtifactError(`${this.name}: the store lists the same page again and again`); // prettier-ignore
      token = page.next;
    } while (token !== undefined);
    if (found.length > 0) return found;
    throw new ArtifactError(`${this.name}: there are no objects`, {
      fault: 'input',
      hint: 'check `path` (bucket/prefix/) and `subPath`',
    });
  }

  async fetch(entries: readonly SourceEntry[], sink: Sink): Promise<void> {
    const { concurrency } = this.context;
    const [small, large] = [[] as SourceEntry[], [] as SourceEntry[]];
    for (const entry of entries) (entry.size! <= IN_ONE_PIECE ? small : large).push(entry);
    await together(small, concurrency, (entry) => this.download(entry).whole(sink));
    for (const entry of large) await this.asked(() => this.download(entry).inRanges(sink), shownPath(entry.path));
  }

  private download(entry: SourceEntry): Download {
    const { signal, concurrency, progress } = this.context;
    const what = shownPath(entry.path);
    const asked = <T>(ask: () => Promise<T>): Promise<T> => this.asked(ask, what);
    return new Download({ bucket: this.bucket, object: this.byEntry.get(entry)!, entry, asked, signal, concurrency, progress }); // prettier-ignore
  }

  private async asked<T>(ask: () => Promise<T>, what?: string): Promise<T> {
    try {
      return await this.retry.run(ask, isPassing, isBusy);
    } catch (error) {
      this.context.signal.throwIfAborted();
      throw isOfVolume(error) ? error : s3Failure(this.name, error, what);
    }
  }

  readTargets(): Promise<ReadonlyMap<SourceEntry, string>> {
    return Promise.resolve(new Map()); // a bucket has no links
  }

  close(): Promise<void> {
    this.bucket.close();
    return Promise.resolve();
  }
}

/** `a/b` to `a/b/`: `0.1` must not find what lies in `0.10`. */
const folderPrefix = (path: string): string => path.replace(/\/*$/, path.replaceAll('/', '') === '' ? '' : '/');

/** One digest for the names, the sizes and the ETags of all objects. */
function listDigest(prefix: string, objects: readonly ListedObject[]): string {
  const hash = createHash('sha256');
  for (const { key, size, etag } of [...objects].sort((a, b) => (a.key < b.key ? -1 : 1)))
    hash.update(`${JSON.stringify([key.slice(prefix.length), size, etag])}\n`);
  return hash.digest('hex');
}
