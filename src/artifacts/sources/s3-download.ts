import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { open, readFile, rm } from 'node:fs/promises';
import type { FileHandle } from 'node:fs/promises';
import { join } from 'node:path';
import type { GetObjectCommandOutput } from '@aws-sdk/client-s3';
import type { SourceEntry } from '../entry.js';
import { codeOf, NotWhole } from '../error.js';
import type { Progress } from '../progress.js';
import { writeAll } from '../store.js';
import type { Stored } from '../store.js';
import { together } from '../together.js';
import type { Bucket, ListedObject } from './s3-bucket.js';
import type { Sink, Verify } from './source.js';

/** Up to this many bytes an object comes as one answer. */
export const IN_ONE_PIECE = 16 << 20;
/** What a larger one is fetched in; so much is asked for again when a line breaks, or after a kill. */
const RANGE = 8 << 20;

interface DownloadOptions {
  readonly bucket: Bucket;
  readonly object: ListedObject;
  readonly entry: SourceEntry;
  /** Asks again what may go better the next time. */
  readonly asked: <T>(ask: () => Promise<T>) => Promise<T>;
  readonly signal: AbortSignal;
  readonly concurrency: number;
  readonly progress: Progress;
}

/** One object on its way. */
export class Download {
  constructor(private readonly options: DownloadOptions) {}

  async whole(sink: Sink): Promise<void> {
    const { bucket, object, entry, asked, signal } = this.options;
    await asked(async () => {
      const answer = await bucket.get(object, signal);
      const verify = verifyOf(answer, object);
      await sink.receive(entry, complete(answer, object.size), verify);
    });
  }

  /** Several ranges at the same time, into one file. After a kill, the ranges that were complete are not asked for again. */
  async inRanges(sink: Sink): Promise<void> {
    const { object, entry, concurrency, progress } = this.options;
    const name = createHash('sha256').update(`${entry.identity} ${object.key}`).digest('hex').slice(0, 32);
    const path = join(sink.folder, `${name}.part`);
    const ranges = await Ranges.open(`${path}.ranges`, object.size);
    const file = await open(path, ranges.isNew ? 'w' : 'r+').catch(async (error: unknown) => {
      if (codeOf(error) !== 'ENOENT') throw error;
      ranges.forget();
      return open(path, 'w');
    });
    let verify: Verify | undefined;
    try {
      progress.addBytes(ranges.bytesDone());
      await together(ranges.missing(), concurrency, async (index) => {
        verify = (await this.range(file, index)) ?? verify;
        await ranges.done(index);
      });
    } finally {
      await file.close();
      await ranges.close();
    }
    await this.finish(sink, path, verify);
  }

  private async range(file: FileHandle, index: number): Promise<Verify | undefined> {
    const { bucket, object, asked, signal, progress } = this.options;
    const from = index * RANGE;
    const to = Math.min(from + RANGE, object.size) - 1;
    return asked(async () => {
      const answer = await bucket.get(object, signal, { from, to });
      if (answer.ContentRange !== `bytes ${from}-${to}/${object.size}`)
        throw new NotWhole(
          `the store answered with ${answer.ContentRange ?? 'everything'} instead of bytes ${from}-${to}`,
        );
      let at = from;
      try {
        for await (const chunk of complete(answer, to - from + 1)) {
          await writeAll(file, chunk, at);
          at += chunk.byteLength;
          progress.addBytes(chunk.byteLength);
        }
      } catch (error) {
        progress.addBytes(from - at);
        throw error;
      }
      return verifyOf(answer, object);
    });
  }

  private async finish(sink: Sink, path: string, verify: Verify | undefined): Promise<void> {
    const { object, entry } = this.options;
    const sha256 = createHash('sha256');
    const other = verify && createHash(verify.algorithm);
    let size = 0;
    for await (const chunk of createReadStream(path, { highWaterMark: 1 << 20 }) as AsyncIterable<Buffer>) {
      sha256.update(chunk);
      other?.update(chunk);
      size += chunk.length;
    }
    const stored: Stored = { sha256: sha256.digest('hex'), size };
    await rm(`${path}.ranges`, { force: true });
    if (size !== object.size || (verify && other!.digest('hex') !== verify.digest)) {
      await rm(path, { force: true });
      throw new NotWhole(`${object.key}: what arrived is not what the store says that it is`);
    }
    await sink.adopt(entry, path, stored);
  }
}

/** The bytes of an answer; fails when they are not as many as there should be. */
async function* complete({ Body, ContentLength }: GetObjectCommandOutput, size: number): AsyncGenerator<Uint8Array> {
  if (ContentLength !== undefined && ContentLength !== size)
    throw new NotWhole(`${ContentLength} bytes are announced, and not ${size}`);
  let left = size;
  for await (const chunk of (Body ?? []) as AsyncIterable<Uint8Array>) {
    left -= chunk.byteLength;
    if (left < 0) throw new NotWhole('more bytes arrived than there should be');
    yield chunk;
  }
  if (left > 0) throw new NotWhole(`${left} bytes did not arrive`);
}

/** What the store says the content is: a SHA-256 of its own, or the ETag where that is an MD5. */
function verifyOf(answer: GetObjectCommandOutput, { etag }: ListedObject): Verify | undefined {
  const { ChecksumSHA256, ChecksumType, ServerSideEncryption, SSECustomerAlgorithm } = answer;
  if (
    ChecksumSHA256 !== undefined &&
    ChecksumType !== 'COMPOSITE' &&
    !ChecksumSHA256.includes('-') &&
    answer.ContentRange === undefined
  )
    return { algorithm: 'sha256', digest: Buffer.from(ChecksumSHA256, 'base64').toString('hex') };
  // With keys of the customer or of a key service the ETag is no digest of the content.
  if (SSECustomerAlgorithm !== undefined || ServerSideEncryption?.startsWith('aws:kms') === true) return undefined;
  return /^[0-9a-f]{32}$/.test(etag) ? { algorithm: 'md5', digest: etag } : undefined;
}

/** Which ranges of a file are complete, one line each. */
class Ranges {
  private constructor(
    private readonly file: FileHandle,
    private readonly size: number,
    private complete: Set<number>,
    readonly isNew: boolean,
  ) {}

  static async open(path: string, size: number): Promise<Ranges> {
    const before = await readFile(path, 'utf8').catch((error: unknown) => {
      if (codeOf(error) === 'ENOENT') return undefined;
      throw error;
    });
    // The last line counts only with its end.
    const lines = (before ?? '').split('\n').slice(0, -1);
    return new Ranges(await open(path, 'a'), size, new Set(lines.map(Number)), before === undefined);
  }

  forget(): void {
    this.complete = new Set();
  }

  *missing(): Generator<number> {
    for (let index = 0; index * RANGE < this.size; index++) if (!this.complete.has(index)) yield index;
  }

  bytesDone(): number {
    return [...this.complete].reduce((sum, index) => sum + Math.min(RANGE, this.size - index * RANGE), 0);
  }

  async done(index: number): Promise<void> {
    await writeAll(this.file, Buffer.from(`${index}\n`));
  }

  async close(): Promise<void> {
    await this.file.close();
  }
}
