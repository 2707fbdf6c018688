import { chmodSync, existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { KubeError } from '../../src/kube/error.js';
import type { ExecPlugin } from '../../src/kube/exec-plugin.js';
import type { Identity } from '../../src/kube/kubeconfig.js';
import { eventually, gadget, gadgets, one, startHostile, type Hostile } from './hostile-http.js';
import { json, status } from './hostile-server.js';
import { VirtualClock } from './virtual-clock.js';

const found = json(200, gadget('one'));
const refused = status(401, 'Unauthorized');
let folder: string;
let hostile: Hostile;
beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'gamezone-credentials-'));
  hostile = await startHostile();
});
afterEach(async () => {
  await hostile.stop();
  rmSync(folder, { recursive: true });
});

/** The server lets in who shows one of these, and nobody else. */
function letIn(...authorizations: string[]): void {
  hostile.server.always((exchange) => {
    const { authorization = 'nobody' } = exchange.request.headers;
    return (authorizations.includes(authorization) ? found : refused)(exchange);
  });
}

function as(identity: Identity, more: object = {}) {
  const clock = new VirtualClock();
  const { api } = hostile.connect({ clock, environment: process.env }, { identity, ...more });
  return { clock, get: () => api.get(gadgets, one), api };
}

const shown = (): (string | undefined)[] => hostile.server.requests.map(({ headers }) => headers['authorization']);

test('a token, a name with a password, nobody', async () => {
  hostile.server.always(found);
  await as({ type: 'token', token: 'abc' }).get();
  await as({ type: 'basic', username: 'me', password: 'p:w' }).get();
  await as({ type: 'none' }).get();
  expect(shown()).toEqual(['Bearer abc', `Basic ${Buffer.from('me:p:w').toString('base64')}`, undefined]);
});

test('acting as somebody else', async () => {
  hostile.server.always(found);
  await as(
    { type: 'token', token: 'abc' },
    { impersonation: { 'impersonate-user': 'jane', 'impersonate-group': ['a', 'b'] } },
  ).get();
  expect(hostile.server.requests[0]!.headers).toMatchObject({
    authorization: 'Bearer abc',
    'impersonate-user': 'jane',
  });
  // Of a header that is there twice the server keeps the last.
  expect(hostile.server.requests[0]!.headers['impersonate-group']).toBe('b');
});

test('a token that stays the same is not tried twice', async () => {
  letIn();
  await expect(as({ type: 'token', token: 'abc' }).get()).rejects.toMatchObject({ kind: 'unauthorized' });
  expect(hostile.server.requests.length).toBe(1);
});

describe('a token file', () => {
  const file = () => join(folder, 'token');
  const write = (token: string): void => writeFileSync(file(), token);
  const start = () => as({ type: 'tokenFile', file: file() });

  test('is read again each minute', async () => {
    hostile.server.always(found);
    write('one\n');
    const { get, clock } = start();
    await get();
    write('two');
    await clock.advance(59_999);
    await get();
    await clock.advance(1);
    await get();
    expect(shown()).toEqual(['Bearer one', 'Bearer one', 'Bearer two']);
  });

  test('is read again when it is refused, and the call is repeated once', async () => {
    letIn('Bearer two');
    write('one');
    const { get, api } = start();
    await expect(get()).rejects.toMatchObject({ kind: 'unauthorized' });
    write('two');
    await api.create(gadgets, { metadata: one });
    expect(shown()).toEqual(['Bearer one', 'Bearer one', 'Bearer two']);
    letIn('Bearer four');
    write('three');
    await expect(get()).rejects.toMatchObject({ kind: 'unauthorized' });
    expect(shown().slice(3)).toEqual(['Bearer two', 'Bearer three']);
  });

  test('is not tried for ever, however often it changes', async () => {
    let count = 0;
    write('first');
    hostile.server.always((exchange) => {
      write(`token-${count++}`);
      return refused(exchange);
    });
    await expect(start().get()).rejects.toMatchObject({ kind: 'unauthorized' });
    expect(count).toBe(2);
  });

  test('many calls that are refused at once get in with what one of them read', async () => {
    letIn('Bearer one');
    write('one');
    const { get } = start();
    await get();
    letIn('Bearer two');
    write('two');
    await Promise.all(Array.from({ length: 10 }, get));
  });

  test('that is being replaced: what was read before still holds', async () => {
    hostile.server.always(found);
    write('one');
    const { get, clock } = start();
    await get();
    rmSync(file());
    await clock.advance(60_000);
    await get();
    expect(shown()).toEqual(['Bearer one', 'Bearer one']);
  });

  test.each<[string, () => void, RegExp]>([
    ['missing', () => undefined, /^GET .*: The token file of context "test" of a test cannot be read: ENOENT.*token'/],
    ['empty', () => write(' \n'), /token is empty|token of .* is empty/],
    ['broken', () => write('se\ncret'), /holds what no token holds/],
  ])('%s', async (_name, prepare, message) => {
    prepare();
    const error = await start()
      .get()
      .catch((failure: unknown) => failure as KubeError);
    expect(error).toMatchObject({ name: 'KubeError', kind: 'unauthorized', message: expect.stringMatching(message) });
    expect((error as KubeError).message).not.toContain('cret');
    expect(hostile.server.requests).toEqual([]);
  });
});

describe('an exec plugin', () => {
  const V1 = 'client.authentication.k8s.io/v1';
  const runs = (): number => readFileSync(join(folder, 'runs'), 'utf8').trimEnd().split('\n').length;

  /** A program that counts its runs and then does what `script` says. */
  function plugin(script: string, more: Partial<ExecPlugin> = {}): Identity {
    const command = join(folder, 'login');
    writeFileSync(command, `#!/bin/sh\necho run >> ${join(folder, 'runs')}\n${script}\n`);
    chmodSync(command, 0o755);
    const basics = { source: 'context "test" of a test', apiVersion: V1, command, args: [], env: {} };
    return { type: 'exec', plugin: { ...basics, provideClusterInfo: false, interactive: 'Never', ...more } };
  }
  const answers = (credential: object, kind = 'ExecCredential', apiVersion = V1): string =>
    `echo '${JSON.stringify({ kind, apiVersion, status: credential })}'`;
  const failureOf = async (identity: Identity): Promise<string> => {
    const error = await as(identity)
      .get()
      .catch((failure: unknown) => failure as KubeError);
    expect(error).toMatchObject({ kind: 'unauthorized' });
    expect(hostile.server.requests).toEqual([]);
    return (error as KubeError).message;
  };

  test('runs once for many calls, with what it is told', async () => {
    hostile.server.always(found);
    const told = join(folder, 'told');
    const script = `echo "$KUBERNETES_EXEC_INFO" > ${told}; echo "$A $1" >> ${told}; ${answers({ token: 'abc' })}`;
    const { get } = as(plugin(script, { env: { A: 'b' }, args: ['first'], provideClusterInfo: true }));
    await Promise.all([get(), get(), get()]);
    await get();
    expect(shown()).toEqual(Array(4).fill('Bearer abc'));
    expect(runs()).toBe(1);
    const [info, rest] = readFileSync(told, 'utf8').split('\n');
    expect(JSON.parse(info!)).toEqual({
      apiVersion: V1,
      kind: 'ExecCredential',
      spec: { interactive: false, cluster: { server: hostile.server.url } },
    });
    expect(rest).toBe('b first');
  });

  test('runs again shortly before its credential ends', async () => {
    hostile.server.always(found);
    const { get, clock } = as(plugin(answers({ token: 'abc', expirationTimestamp: '2030-01-01T00:10:00Z' })));
    await get();
    await clock.advance(589_999);
    await get();
    expect(runs()).toBe(1);
    await clock.advance(1);
    await get();
    expect(runs()).toBe(2);
  });

  test('runs again when its credential is refused, but not with every call', async () => {
    letIn('Bearer 1', 'Bearer 2');
    const script = `n=$(wc -l < ${join(folder, 'runs')} | tr -d ' '); ${answers({ token: 'N' }).replace('"N"', `"'$n'"`)}`;
    const { get, clock } = as(plugin(script));
    await get();
    letIn('Bearer 2');
    await clock.advance(10_000);
    await Promise.all([get(), get(), get()]);
    expect(runs()).toBe(2);
    letIn();
    for (let call = 0; call < 3; call++) await expect(get()).rejects.toMatchObject({ kind: 'unauthorized' });
    expect(runs()).toBe(2);
    await clock.advance(10_000);
    await expect(get()).rejects.toMatchObject({ kind: 'unauthorized' });
    expect(runs()).toBe(3);
  });

  test.each<[string, string, string]>([
    ['fails', 'echo "run: login --sso" >&2; exit 3', 'ended with 3 (run: login --sso)'],
    ['fails, and says too much', 'echo "bad eyJhbGciOiJIUzI1NiJ9.e30.x-y" >&2; exit 3', 'ended with 3 (bad ***)'],
    ['writes no JSON', 'echo secret', 'wrote no JSON'],
    ['writes another kind', answers({ token: 'secret' }, 'Secret'), `wrote no ExecCredential of ${V1}`],
    [
      'writes another version',
      answers({ token: 'secret' }, 'ExecCredential', 'v0'),
      `wrote no ExecCredential of ${V1}`,
    ],
    ['writes nothing to use', answers({}), 'wrote neither a token nor a certificate'],
    ['writes half a pair', answers({ clientKeyData: 'secret' }), 'wrote a certificate without its key, or a key'],
    [
      'writes what has ended',
      answers({ token: 'secret', expirationTimestamp: '2029-12-31T23:59:59Z' }),
      'wrote a credential that expired at 2029-12-31T23:59:59Z',
    ],
    ['writes too much', 'head -c 2000000 /dev/zero', 'wrote more than 1 MiB'],
  ])('that %s', async (_name, script, message) => {
    const said = await failureOf(plugin(script));
    expect(said).toContain(`login, which context "test" of a test names for credentials, ${message}`);
    expect(said).not.toContain('secret');
  });

  test('that is not there, with how to get it', async () => {
    const identity = plugin('', { command: 'no-such-program-here', installHint: 'install it so' });
    expect(await failureOf(identity)).toMatch(/no-such-program-here, .* cannot be started: ENOENT \(install it so\)/);
  });

  test('that must ask somebody, where there is nobody', async () => {
    expect(await failureOf(plugin('', { interactive: 'Always' }))).toContain('there is no terminal');
  });

  test('that does not end is ended', async () => {
    const { get, clock } = as(plugin(`echo $$ > ${join(folder, 'pid')}; exec sleep 60`));
    const failure = get().catch((error: unknown) => error as KubeError);
    const pid = (): number => Number(existsSync(join(folder, 'pid')) && readFileSync(join(folder, 'pid'), 'utf8'));
    await eventually(() => pid() > 0);
    await clock.advance(60_000);
    expect(await failure).toMatchObject({
      kind: 'unauthorized',
      message: expect.stringMatching(/did not end within 60000 ms/),
    });
    await eventually(() => !isAlive(pid()));
  });
});

function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
}

test('an auth-provider is left to client-node', async () => {
  letIn('Bearer from-the-provider');
  const command = join(folder, 'gcloud');
  writeFileSync(command, `#!/bin/sh\necho '{"token":"from-the-provider"}'\n`);
  chmodSync(command, 0o755);
  const config = { 'cmd-path': command, 'token-key': '{.token}', 'expiry-key': '{.expiry}' };
  await as({ type: 'provider', user: { name: 'gcp', config } }).get();
  await expect(as({ type: 'provider', user: { name: 'unknown' } }).get()).rejects.toMatchObject({
    kind: 'unauthorized',
    message: expect.stringContaining('The auth-provider of context "test" of a test gave no credentials'),
  });
});
