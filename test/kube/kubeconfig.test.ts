import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { dump } from 'js-yaml';
import { AccessError } from '../../src/kube/access-error.js';
import { connect } from '../../src/kube/connect.js';
import { kubeconfigFiles, readKubeconfig } from '../../src/kube/kubeconfig.js';
import { readServiceAccount } from '../../src/kube/service-account.js';

const SECRET = 'token-that-nobody-may-see';
let folder: string;
beforeEach(() => (folder = mkdtempSync(join(tmpdir(), 'gamezone-kubeconfig-'))));
afterEach(() => rmSync(folder, { recursive: true }));

interface Parts {
  readonly user?: object;
  readonly cluster?: object;
  readonly context?: object;
  readonly more?: object;
}

function written(name: string, content: string | object): string {
  const file = join(folder, name);
  writeFileSync(file, typeof content === 'string' ? content : dump(content));
  return file;
}

function config({ user = { token: SECRET }, cluster = {}, context = {}, more = {} }: Parts = {}): object {
  return {
    apiVersion: 'v1',
    kind: 'Config',
    'current-context': 'here',
    contexts: [{ name: 'here', context: { cluster: 'c', user: 'u', ...context } }],
    clusters: [{ name: 'c', cluster: { server: 'https://one:6443', ...cluster } }],
    users: [{ name: 'u', user }],
    ...more,
  };
}

const read = (parts: Parts) => readKubeconfig([written('config', config(parts))])!;

function refusal(call: () => unknown): string {
  try {
    call();
  } catch (error) {
    if (!(error instanceof AccessError)) throw error;
    return `${error.message}${error.hint === undefined ? '' : ` (${error.hint})`}`;
  }
  throw new Error('it was accepted');
}

test('a context, its cluster and its user', () => {
  expect(
    read({ context: { namespace: 'zones' }, cluster: { 'tls-server-name': 'api', 'proxy-url': 'http://p:1' } }),
  ).toEqual({
    source: `context "here" of ${join(folder, 'config')}`,
    context: 'here',
    server: 'https://one:6443',
    namespace: 'zones',
    serverName: 'api',
    proxy: 'http://p:1',
    skipVerify: false,
    identity: { type: 'token', token: SECRET },
    impersonation: {},
  });
});

test('files are relative to the kubeconfig, data goes before files', () => {
  const user = { 'client-certificate': 'a.crt', 'client-key': '/b.key', tokenFile: 'sub/token', token: SECRET };
  const cluster = { 'certificate-authority': 'ca.crt' };
  expect(read({ user, cluster })).toMatchObject({
    ca: { file: join(folder, 'ca.crt') },
    certificate: { cert: { file: join(folder, 'a.crt') }, key: { file: '/b.key' } },
    identity: { type: 'tokenFile', file: join(folder, 'sub/token') },
  });
  const data = Buffer.from('pem').toString('base64');
  expect(read({ cluster: { ...cluster, 'certificate-authority-data': data } }).ca).toEqual({
    data: Buffer.from('pem'),
  });
});

test.each<[object, object]>([
  [{}, { type: 'none' }],
  [
    { username: 'me', password: SECRET },
    { type: 'basic', username: 'me', password: SECRET },
  ],
  [{ 'auth-provider': { name: 'oidc' } }, { type: 'provider', user: { name: 'oidc' } }],
])('a user %j', (user, identity) => expect(read({ user }).identity).toEqual(identity));

test('an exec plugin', () => {
  const exec = {
    apiVersion: 'client.authentication.k8s.io/v1',
    command: './bin/login',
    args: ['--cluster', 7],
    env: [{ name: 'A', value: 'b' }],
    interactiveMode: 'Never',
    installHint: 'get it',
    provideClusterInfo: true,
  };
  expect(read({ user: { exec } }).identity).toMatchObject({
    plugin: {
      command: join(folder, 'bin/login'),
      args: ['--cluster', '7'],
      env: { A: 'b' },
      interactive: 'Never',
      provideClusterInfo: true,
      installHint: 'get it',
    },
  });
  expect(read({ user: { exec: { ...exec, command: 'aws' } } }).identity).toMatchObject({ plugin: { command: 'aws' } });
});

test('acting as somebody else', () => {
  const user = { as: 'jane', 'as-uid': '1', 'as-groups': ['a', 'b'], 'as-user-extra': { 'Example.com/x': ['y'] } };
  expect(read({ user }).impersonation).toEqual({
    'impersonate-user': 'jane',
    'impersonate-uid': '1',
    'impersonate-group': ['a', 'b'],
    'impersonate-extra-example.com%2Fx': ['y'],
  });
});

test('several files: the first to name something wins, and missing ones are passed over', () => {
  const first = written('first', config({ cluster: { server: 'https://first' }, more: { 'current-context': '' } }));
  const second = written('second', {
    ...config({ cluster: { server: 'https://second' } }),
    'current-context': 'there',
    contexts: [{ name: 'there', context: { cluster: 'c', user: 'v' } }],
    users: [{ name: 'v', user: { token: 'second' } }],
  });
  const access = readKubeconfig([join(folder, 'none'), first, second])!;
  expect(access).toMatchObject({ context: 'there', server: 'https://first', identity: { token: 'second' } });
  expect(readKubeconfig([first, second], 'here')).toMatchObject({ identity: { token: SECRET } });
  expect(readKubeconfig([join(folder, 'none')])).toBeUndefined();
});

test('an empty file has nothing, JSON is YAML', () => {
  expect(refusal(() => readKubeconfig([written('empty', '')]))).toContain(
    'names no current context (choose one of: none)',
  );
  expect(readKubeconfig([written('json', JSON.stringify(config()))])!.server).toBe('https://one:6443');
});

test('where kubectl looks', () => {
  expect(kubeconfigFiles({ KUBECONFIG: 'a::b', HOME: '/h' })).toEqual(['a', 'b']);
  expect(kubeconfigFiles({ KUBECONFIG: '', HOME: '/h' })).toEqual(['/h/.kube/config']);
});

test.each<[string, Parts, string]>([
  ['no such context', { more: { 'current-context': 'gone' } }, 'has no context "gone" (it has: "here")'],
  ['no context', { more: { 'current-context': null } }, 'names no current context (choose one of: "here")'],
  [
    'no such cluster',
    { context: { cluster: 'x' } },
    'The cluster "x" of context "here" of FILE is not there (there is: "c")',
  ],
  ['no such user', { context: { user: 'x' } }, 'The user "x" of context "here" of FILE is not there'],
  ['no cluster', { context: { cluster: null } }, 'The cluster of context "here" of FILE has no server'],
  ['a server that is no URL', { cluster: { server: 'one:6443' } }, 'no server that begins with https://'],
  ['a key without certificate', { user: { 'client-key': 'k' } }, 'has a client key and no certificate'],
  ['a certificate without key', { user: { 'client-certificate': 'k' } }, 'has a client certificate and no key'],
  [
    'trust and no trust',
    { cluster: { 'insecure-skip-tls-verify': true, 'certificate-authority': 'ca' } },
    'has a certificate authority and insecure-skip-tls-verify (leave one of them out)',
  ],
  ['a plugin without a program', { user: { exec: { apiVersion: 'v1' } } }, 'needs command and apiVersion'],
  [
    'a plugin in another mode',
    { user: { exec: { apiVersion: 'v1', command: 'x', interactiveMode: 'Often' } } },
    'is "Often"',
  ],
  ['groups of nobody', { user: { 'as-groups': ['a'] } }, 'acts as a group or uid of nobody'],
  ['a token of digits', { user: { token: 12345678 } }, 'token in FILE is no text (put it in quotes)'],
  ['contexts that are no list', { more: { contexts: {} } }, 'contexts in FILE is no list'],
  ['an entry without a name', { more: { users: [{ user: {} }] } }, 'An entry of users in FILE has no name'],
  ['an entry that is no mapping', { more: { users: [{ name: 'u', user: 5 }] } }, 'The user "u" in FILE is no mapping'],
])('%s', (_name, parts, message) => {
  const said = refusal(() => read(parts)).replaceAll(join(folder, 'config'), 'FILE');
  expect(said).toContain(message);
  expect(said).not.toContain(SECRET);
});

test('a file that is no YAML, or no mapping, or cannot be read', () => {
  const broken = written('broken', `users:\n- name: u\n  user: {token: ${SECRET}\nx: [`);
  const said = refusal(() => readKubeconfig([broken]));
  expect(said).toMatch(/broken is no YAML, see line \d/);
  expect(said).not.toContain(SECRET);
  expect(refusal(() => readKubeconfig([written('list', '[]')]))).toContain('is no mapping');
  expect(refusal(() => readKubeconfig([folder]))).toContain(`The kubeconfig ${folder} cannot be read: EISDIR`);
});

describe('connect', () => {
  const environment = { HOME: '/nowhere' };

  test('nothing to connect to', () => {
    expect(refusal(() => connect({ environment }))).toBe(
      'There is no kubeconfig at /nowhere/.kube/config (name one with KUBECONFIG, or run in a pod that has a service account)',
    );
    expect(refusal(() => connect({ kubeconfig: '/none', environment }))).toContain('There is no kubeconfig at /none');
  });

  test('certificates that cannot be used are said at once, with their file', () => {
    const missing = written('a', config({ cluster: { 'certificate-authority': 'none.crt' } }));
    expect(refusal(() => connect({ kubeconfig: missing, environment }))).toMatch(
      /certificate authority of context "here" of .*a cannot be read: ENOENT.*none\.crt/,
    );
    written('ca.crt', '-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n');
    const broken = written('b', config({ cluster: { 'certificate-authority': 'ca.crt' } }));
    expect(refusal(() => connect({ kubeconfig: broken, environment }))).toMatch(/cannot be used/);
    written('ca.crt', 'nothing');
    expect(refusal(() => connect({ kubeconfig: broken, environment }))).toMatch(/there is no certificate in it/);
    written('k', 'nothing');
    const user = { 'client-certificate': 'k', 'client-key': 'k' };
    const client = written('c', config({ user }));
    expect(refusal(() => connect({ kubeconfig: client, environment }))).toMatch(
      /The client certificate of .* cannot be used/,
    );
  });

  test('a token that no header can hold', () => {
    const kubeconfig = written('a', config({ user: { token: `${SECRET}\r\nx: y` } }));
    const said = refusal(() => connect({ kubeconfig, environment }));
    expect(said).toContain('holds what no token holds');
    expect(said).not.toContain(SECRET);
  });

  test('a proxy that we do not speak', () => {
    const kubeconfig = written('a', config({ cluster: { 'proxy-url': `socks5://me:${SECRET}@p` } }));
    const said = refusal(() => connect({ kubeconfig, environment }));
    expect(said).toContain('The proxy for one:6443 is neither http:// nor https://');
    expect(said).not.toContain(SECRET);
  });

  test('says where it leads', async () => {
    const kubeconfig = written('a', config({ context: { namespace: 'zones' } }));
    const connection = connect({ kubeconfig, environment });
    expect(connection).toMatchObject({
      source: `context "here" of ${kubeconfig}`,
      context: 'here',
      namespace: 'zones',
      server: 'https://one:6443',
    });
    await connection.close();
  });
});

describe('the service account of a pod', () => {
  const pod = { KUBERNETES_SERVICE_HOST: '10.96.0.1', KUBERNETES_SERVICE_PORT: '443' };

  test('is read where its token is', () => {
    written('token', SECRET);
    written('namespace', 'zones\n');
    expect(readServiceAccount(pod, folder)).toEqual({
      source: 'the service account',
      context: 'in-cluster',
      server: 'https://10.96.0.1:443',
      namespace: 'zones',
      ca: { file: join(folder, 'ca.crt') },
      skipVerify: false,
      identity: { type: 'tokenFile', file: join(folder, 'token') },
      impersonation: {},
    });
    expect(readServiceAccount({ ...pod, KUBERNETES_SERVICE_HOST: 'fd00::1' }, folder)!.server).toBe(
      'https://[fd00::1]:443',
    );
  });

  test('is none outside of a pod, and a mistake in one without a token', () => {
    expect(readServiceAccount({}, folder)).toBeUndefined();
    expect(refusal(() => readServiceAccount(pod, folder))).toContain('automountServiceAccountToken');
  });
});
