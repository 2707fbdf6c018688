import { GetObjectCommand, ListObjectsV2Command, S3Client } from '@aws-sdk/client-s3';
import type { GetObjectCommandOutput } from '@aws-sdk/client-s3';
import type { AddressStyle } from './s3-address.js';
import { addressOf } from './s3-address.js';

/** Where a bucket is, and who asks. */
export interface BucketOptions {
  readonly endpoint: string;
  readonly bucket: string;
  readonly region?: string;
  readonly style?: AddressStyle;
  readonly accessKey?: string;
  readonly secretKey?: string;
  /** Connections at most. */
  readonly concurrency: number;
}

/** An object as the listing says it. */
export interface ListedObject {
  readonly key: string;
  readonly size: number;
  /** Without quotes. */
  readonly etag: string;
}

// Which versions of Node.js will do is ours to say: a library in our bundle would print lines between ours.
process.env['AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED'] ??= 'true';

/** Milliseconds without a byte after which an answer is given up. */
const SILENT = 60_000;

/** One bucket of a store that speaks S3. */
export class Bucket {
  private readonly client: S3Client;
  private readonly bucket: string;

  constructor(options: BucketOptions) {
    const { endpoint, bucket, accessKey, secretKey, concurrency } = options;
    const said = addressOf(endpoint, bucket);
    this.bucket = bucket;
    const connections = { maxSockets: concurrency, keepAlive: true, keepAliveMsecs: 1000 };
    this.client = new S3Client({
      endpoint,
      region: options.region ?? said.region,
      forcePathStyle: (options.style ?? said.style) === 'path',
      maxAttempts: 1, // asking again is ours: a body that breaks off counts too
      requestChecksumCalculation: 'WHEN_REQUIRED',
      responseChecksumValidation: 'WHEN_REQUIRED',
      requestHandler: {
        httpAgent: connections,
        httpsAgent: connections,
        connectionTimeout: 10_000,
        socketTimeout: SILENT,
        requestTimeout: SILENT,
      },
      // Never what the machine itself happens to have: environment, profile, metadata service.
      ...(accessKey !== undefined && secretKey !== undefined
        ? { credentials: { accessKeyId: accessKey, secretAccessKey: secretKey } }
        : {
            credentials: { accessKeyId: '', secretAccessKey: '' },
            signer: { sign: (request) => Promise.resolve(request) },
          }),
    });
  }

  /** One page of the objects whose keys begin with a prefix. */
  async page(
    prefix: string,
    token: string | undefined,
    signal: AbortSignal,
  ): Promise<{ readonly objects: readonly ListedObject[]; readonly next?: string }> {
    const command = new ListObjectsV2Command({
      Bucket: this.bucket,
      Prefix: prefix,
      EncodingType: 'url',
      ...(token !== undefined && { ContinuationToken: token }),
    });
    const answer = await this.client.send(command, { abortSignal: signal });
    const plain = answer.EncodingType === 'url' ? decoded : (key: string): string => key;
    const objects = (answer.Contents ?? []).map(({ Key, Size, ETag }) => ({
      key: plain(Key ?? ''),
      size: Size ?? 0,
      etag: (ETag ?? '').replaceAll('"', ''),
    }));
    return { objects, ...(answer.IsTruncated === true && answer.NextContinuationToken !== undefined && { next: answer.NextContinuationToken }) }; // prettier-ignore
  }

  /** An object, or the bytes `from` to `to` (both included) of it; fails when it is not the listed one any more. */
  get(
    { key, etag }: Pick<ListedObject, 'key' | 'etag'>,
    signal: AbortSignal,
    range?: { readonly from: number; readonly to: number },
  ): Promise<GetObjectCommandOutput> {
    const command = new GetObjectCommand({
      Bucket: this.bucket,
      Key: key,
      ...(isStrong(etag) && { IfMatch: `"${etag}"` }),
      ...(range && { Range: `bytes=${range.from}-${range.to}` }),
    });
    return this.client.send(command, { abortSignal: signal });
  }

  close(): void {
    this.client.destroy();
  }
}

const isStrong = (etag: string): boolean => etag !== '' && !etag.startsWith('W/');

/** Keys may have characters that XML cannot carry; a blank comes as a plus sign. */
const decoded = (key: string): string => decodeURIComponent(key.replaceAll('+', ' '));
