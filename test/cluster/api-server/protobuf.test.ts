import { readProtobuf } from '../../../src/cluster/api-server/http/protobuf.js';

// Built by hand after the numbers in generated.proto of k8s.io/api.

const message = (number: number, ...parts: (Buffer | string)[]): Buffer => {
  const content = Buffer.concat(parts.map((part) => Buffer.from(part)));
  return Buffer.concat([Buffer.from([number * 8 + 2, content.length]), content]);
};
const whole = (number: number, value: number): Buffer => Buffer.from([number * 8, value]);
const envelope = (apiVersion: string, kind: string, ...content: Buffer[]): Buffer =>
  Buffer.concat([Buffer.from('k8s\0'), message(1, message(1, apiVersion), message(2, kind)), message(2, ...content)]);

test('a ConfigMap with its map and its time', () => {
  const metadata = message(1, message(1, 'one'), message(8), message(9, whole(1, 60)));
  const body = envelope('v1', 'ConfigMap', metadata, message(2, message(1, 'a'), message(2, '1')), whole(4, 1));
  expect(readProtobuf(body)).toEqual({
    apiVersion: 'v1',
    kind: 'ConfigMap',
    metadata: { name: 'one', deletionTimestamp: '1970-01-01T00:01:00Z' },
    data: { a: '1' },
    immutable: true,
  });
});

test('a volume, whose source is embedded, and a quantity', () => {
  const volume = message(1, message(1, 'data'), message(2, message(2, message(2, message(1, '1Gi')))));
  expect(readProtobuf(envelope('v1', 'Pod', message(2, volume)))).toMatchObject({
    spec: { volumes: [{ name: 'data', emptyDir: { sizeLimit: '1Gi' } }] },
  });
});

test.each([
  ['what is no protobuf', Buffer.from('{"kind":"Pod"}')],
  ['a kind that is not known', envelope('v1', 'Nonsense')],
  ['a torn body', envelope('v1', 'Pod', message(2, message(1, 'x'))).subarray(0, 20)],
  ['a length beyond the end', Buffer.concat([Buffer.from('k8s\0'), Buffer.from([10, 100, 1])])],
])('%s is a bad request', (_, body) => {
  expect(() => readProtobuf(body)).toThrow(expect.objectContaining({ code: 400 }) as Error);
});
