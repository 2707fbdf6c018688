import type { KubeErrorKind } from '../../src/kube/error.js';
import { failureOf, failureOfStatus } from '../../src/kube/failure.js';

const NOW = Date.UTC(2030, 0, 1);

function failed(status: number, body: unknown, headers: Record<string, string> = {}) {
  const bytes = Buffer.from(typeof body === 'string' ? body : JSON.stringify(body));
  return failureOf('GET /x', { status, headers, body: bytes }, NOW);
}

const statusObject = (code: number, reason: string, more: object = {}) => ({
  kind: 'Status',
  apiVersion: 'v1',
  status: 'Failure',
  message: 'said',
  reason,
  code,
  ...more,
});

test.each<[number, string, KubeErrorKind]>([
  [400, 'BadRequest', 'badRequest'],
  [401, 'Unauthorized', 'unauthorized'],
  [403, 'Forbidden', 'forbidden'],
  [404, 'NotFound', 'notFound'],
  [405, 'MethodNotAllowed', 'refused'],
  [409, 'AlreadyExists', 'alreadyExists'],
  [409, 'Conflict', 'conflict'],
  [409, '', 'conflict'],
  [410, 'Expired', 'gone'],
  [410, 'Gone', 'gone'],
  [413, 'RequestEntityTooLarge', 'refused'],
  [415, 'UnsupportedMediaType', 'refused'],
  [422, 'Invalid', 'invalid'],
  [429, 'TooManyRequests', 'tooManyRequests'],
  [500, 'InternalError', 'server'],
  [503, 'ServiceUnavailable', 'server'],
  [504, 'Timeout', 'server'],
  [302, '', 'protocol'],
])('%d %s is %s, with a Status or without', (code, reason, kind) => {
  const error = failed(code, statusObject(code, reason));
  expect(error).toMatchObject({ kind, status: code, reason });
  if (reason !== 'AlreadyExists') expect(failed(code, '<html>').kind).toBe(kind);
  if (code !== 302) expect(error.message).toBe(`GET /x: ${code}${reason && ` ${reason}`}: said`);
});

test('names the fields that were refused', () => {
  const causes = [{ reason: 'FieldValueInvalid', message: 'no', field: 'spec.a' }, null, { field: 5 }];
  expect(failed(422, statusObject(422, 'Invalid', { details: { causes } })).causes).toEqual([causes[0], {}, {}]);
});

test.each<[string, object, number | undefined]>([
  ['7', {}, 7000],
  ['0', {}, 0],
  [new Date(NOW + 90_000).toUTCString(), {}, 90_000],
  [new Date(NOW - 90_000).toUTCString(), {}, 0],
  ['soon', {}, undefined],
  ['', { details: { retryAfterSeconds: 3 } }, 3000],
  ['', { details: { retryAfterSeconds: 'x' } }, undefined],
])('Retry-After: %s', (header, more, expected) => {
  expect(failed(429, statusObject(429, 'x', more), { 'retry-after': header }).retryAfter).toBe(expected);
});

test('a page of a proxy is told in a few words', () => {
  expect(failed(502, '<html><head><title>502 Bad Gateway</title></head><body>...').message).toBe(
    'GET /x: 502: 502 Bad Gateway',
  );
  expect(failed(503, '<h1>Down</h1>\n<p>for  good</p>').message).toBe('GET /x: 503: Down for good');
  expect(failed(503, 'x'.repeat(10_000)).message.length).toBeLessThan(300);
  expect(failed(500, '').message).toBe('GET /x: 500');
  expect(failed(500, '{"half').message).toBe('GET /x: 500: {"half');
});

test('a redirection is not followed, and says so', () => {
  expect(failed(307, '', { location: 'https://login/?secret' }).message).toBe(
    'GET /x: 307: a redirection, which is not followed',
  );
});

test('what others wrote is no command to a terminal, and has an end', () => {
  const { message } = failed(400, statusObject(400, 'BadRequest', { message: `\u001b[2J${'y'.repeat(5000)}` }));
  expect(message).toContain('\uFFFD[2J');
  expect(message.length).toBeLessThan(2100);
});

test('a Status that came in a stream has its code itself', () => {
  expect(failureOfStatus('WATCH', statusObject(410, 'Expired'))).toMatchObject({ kind: 'gone', status: 410 });
  expect(failureOfStatus('WATCH', { kind: 'Status' })).toMatchObject({ kind: 'server' });
  expect(failureOfStatus('WATCH', null)).toMatchObject({ kind: 'server' });
});
