/** How a bucket is reached: `https://bucket.host/key` or `https://host/bucket/key`. */
export type AddressStyle = 'virtual' | 'path';

/** Stores that want the bucket in the host name (some refuse anything else), and how their names tell the region. */
const CLOUDS: readonly (readonly [host: RegExp, region?: number])[] = [
  [/(?:^|\.)s3[.-](?:dualstack\.|fips\.)?([a-z]{2}(?:-[a-z]+)+-\d)\.amazonaws\.com(?:\.cn)?$/, 1],
  [/(?:^|\.)s3\.amazonaws\.com$/],
  [/(?:^|\.)cos\.([a-z]+(?:-[a-z0-9]+)*)\.myqcloud\.com$/, 1],
  [/(?:^|\.)cos-internal\.([a-z]+(?:-[a-z0-9]+)*)\.tencentcos\.cn$/, 1],
  [/(?:^|\.)(?:s3\.)?oss-([a-z]+(?:-[a-z0-9]+)*?)(?:-internal)?\.aliyuncs\.com$/, 1],
  [/(?:^|\.)obs\.([a-z]+(?:-[a-z0-9]+)*)\.myhuaweicloud\.com$/, 1],
  [/(?:^|\.)tos-s3-([a-z]+(?:-[a-z0-9]+)*)\.(?:i)?volces\.com$/, 1],
  [/(?:^|\.)storage\.googleapis\.com$/],
];

const DEFAULT_REGION = 'us-east-1';

/** What the name of an endpoint says: clouds want virtual addresses, everything else (MinIO, Ceph) understands paths. */
export function addressOf(endpoint: string, bucket: string): { readonly style: AddressStyle; readonly region: string } {
  const { hostname } = new URL(endpoint);
  for (const [host, region] of CLOUDS) {
    const found = host.exec(hostname);
    // A certificate for *.host does not hold for a bucket with a dot in its name.
    if (found) return { style: bucket.includes('.') ? 'path' : 'virtual', region: (region === undefined ? undefined : found[region]) ?? DEFAULT_REGION }; // prettier-ignore
  }
  return { style: 'path', region: DEFAULT_REGION };
}
