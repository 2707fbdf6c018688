import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TLSSocket } from 'node:tls';
import type { KubeError } from '../../src/kube/error.js';
import type { ExecPlugin } from '../../src/kube/exec-plugin.js';
import { CertificateMaker } from '../../src/cluster/api-server/http/certificate-maker.js';
import { gadget, gadgets, one, settled, startHostile, type Hostile } from './hostile-http.js';
import { json } from './hostile-server.js';
import { VirtualClock } from './virtual-clock.js';

const found = json(200, gadget('one'));
let folder: string;
beforeEach(() => (folder = mkdtempSync(join(tmpdir(), 'gamezone-certificates-'))));
afterEach(() => rmSync(folder, { recursive: true }));

/** The common name that a client showed. */
function peerOf(socket: object): string {
  const { getPeerCertificate } = socket as Pick<TLSSocket, 'getPeerCertificate'>;
  return (getPeerCertificate.call(socket).subject as { CN?: string } | undefined)?.CN ?? 'nobody';
}

const authority = new CertificateMaker();
const clients = new CertificateMaker('clients');
const server = authority.make({ name: 'server' });
let secure: Hostile;
let names: string[];

const start = async (tls: object = {}): Promise<void> => {
  secure = await startHostile({ ...server, requestCert: true, rejectUnauthorized: false, ca: clients.cert, ...tls });
  names = [];
  secure.server.always((exchange) => {
    names.push(peerOf(exchange.socket));
    return found(exchange);
  });
};
afterEach(() => secure.stop());
const data = (pem: string) => ({ data: Buffer.from(pem) });
const pair = (name: string) => {
  const { cert, key } = clients.make({ name });
  return { cert: data(cert), key: data(key) };
};
const get = (access: object): Promise<unknown> => secure.connect({}, access).api.get(gadgets, one);
const said = async (access: object): Promise<string> => {
  const error = await get(access).catch((failure: unknown) => failure as KubeError);
  expect(error).toMatchObject({ kind: 'network' });
  return (error as KubeError).message;
};

test('of the server: from our authority, for its address', async () => {
  await start();
  await get({ ca: data(authority.cert) });
  expect(names).toEqual(['nobody']);
});

test('of the server: from nobody, unless nobody minds', async () => {
  await start();
  expect(await said({})).toMatch(
    /the certificate of 127\.0\.0\.1:\d+ is not trusted \(\w+\); is its certificate authority/,
  );
  expect(await said({ ca: data(clients.cert) })).toMatch(/is not trusted/);
  await get({ skipVerify: true });
});

test('of the server: for another name', async () => {
  await start(authority.make({ name: 'server', hosts: ['api.example.com'] }));
  const ca = data(authority.cert);
  expect(await said({ ca })).toMatch(/ERR_TLS_CERT_ALTNAME_INVALID/);
  expect(await said({ ca, serverName: 'other.example.com' })).toMatch(/ERR_TLS_CERT_ALTNAME_INVALID/);
  await get({ ca, serverName: 'api.example.com' });
});

test('of the server: for another address', async () => {
  await start(authority.make({ name: 'server', hosts: ['10.96.0.1'] }));
  const ca = data(authority.cert);
  expect(await said({ ca })).toMatch(/ERR_TLS_CERT_ALTNAME_INVALID/);
  await get({ ca, serverName: '10.96.0.1' });
});

test('of the server: it has ended', async () => {
  await start(authority.make({ name: 'server', notAfter: new Date(Date.now() - 1000) }));
  expect(await said({ ca: data(authority.cert) })).toMatch(/CERT_HAS_EXPIRED/);
});

test('none, since we speak plainly', async () => {
  await start();
  const plain = secure.server.url.replace('https:', 'http:');
  const error: unknown = await get({ server: plain }).catch((failure: unknown) => failure);
  expect(error).toMatchObject({ name: 'KubeError', kind: expect.stringMatching(/network|protocol/) });
});

test('of the client, as data', async () => {
  await start();
  await get({ ca: data(authority.cert), certificate: pair('jane') });
  expect(names).toEqual(['jane']);
});

test('of the client, in files that are replaced: new connections show the new one', async () => {
  await start();
  const files = { cert: join(folder, 'c'), key: join(folder, 'k') };
  const write = (name: string): void => {
    const { cert, key } = clients.make({ name });
    writeFileSync(files.cert, cert);
    writeFileSync(files.key, key);
  };
  write('before');
  const certificate = { cert: { file: files.cert }, key: { file: files.key } };
  const { api } = secure.connect({}, { ca: data(authority.cert), certificate });
  await api.get(gadgets, one);
  write('after');
  secure.server.dropConnections();
  await settled();
  await api.get(gadgets, one);
  expect(names).toEqual(['before', 'after']);
});

test('of the client, from a plugin: another one means another connection', async () => {
  await start();
  const credential = (name: string, minute: number): string => {
    const { cert, key } = clients.make({ name });
    const status = {
      clientCertificateData: cert,
      clientKeyData: key,
      expirationTimestamp: `2030-01-01T00:0${minute}:00Z`,
    };
    return JSON.stringify({ kind: 'ExecCredential', apiVersion: 'v1', status });
  };
  writeFileSync(join(folder, 'answer'), credential('before', 1));
  const plugin: ExecPlugin = {
    source: 'a test',
    apiVersion: 'v1',
    command: 'cat',
    args: [join(folder, 'answer')],
    env: {},
    provideClusterInfo: false,
    interactive: 'Never',
  };
  const clock = new VirtualClock();
  const access = { ca: data(authority.cert), identity: { type: 'exec', plugin } as const };
  const { api } = secure.connect({ clock, environment: process.env }, access);
  await api.get(gadgets, one);
  await clock.advance(55_000);
  writeFileSync(join(folder, 'answer'), credential('after', 9));
  await api.get(gadgets, one);
  expect(names).toEqual(['before', 'after']);
});
