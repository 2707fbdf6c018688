import { afterAll, expect, test } from '@jest/globals';
import { spawn } from 'node:child_process';
import { createServer } from 'node:http';
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { createHash } from 'node:crypto';
import { folderWith, removeFolders } from '../cli/command-line.js';
import { missingPrograms } from '../parts/debian.js';
import { freePort } from '../parts/free-port.js';
import { describeWithPart } from '../parts/suite.js';
import { Laboratory, zoneWith } from './laboratory.js';
import { Repository } from './repository.js';

const closing: (() => Promise<void> | void)[] = [];
afterAll(async () => {
  for (const close of closing) await close();
  removeFolders();
});

const TOKEN = 'TOKEN-glpat-123';
const BASIC = `Basic ${Buffer.from(`oauth2:${TOKEN}`).toString('base64')}`;

interface HttpServer {
  readonly url: string;
  readonly seen: { readonly url: string; readonly authorization?: string }[];
}

/** git's own server over HTTP (git-http-backend), which may want a token first. */
async function httpServer(
  folder: string,
  {
    token = false,
    answer,
  }: {
    readonly token?: boolean;
    readonly answer?: (request: IncomingMessage, response: ServerResponse) => boolean;
  } = {},
): Promise<HttpServer> {
  const seen: HttpServer['seen'] = [];
  const server = createServer((request, response) => {
    const { authorization } = request.headers;
    seen.push({ url: request.url!, ...(authorization !== undefined && { authorization }) });
    if (answer?.(request, response) === true) return;
    if (token && authorization !== BASIC) {
      response
        .writeHead(401, { 'www-authenticate': 'Basic realm="git"' })
        .end(`no entry for ${authorization ?? 'nobody'}`);
      return;
    }
    backend(folder, request, response);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  closing.push(() => {
    server.closeAllConnections();
    server.close();
  });
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, seen };
}

function backend(folder: string, request: IncomingMessage, response: ServerResponse): void {
  const { pathname, search } = new URL(request.url!, 'http://x');
  const child = spawn('git', ['http-backend'], {
    env: {
      PATH: process.env['PATH'],
      GIT_PROJECT_ROOT: folder,
      GIT_HTTP_EXPORT_ALL: '1',
      PATH_INFO: pathname,
      QUERY_STRING: search.slice(1),
      REQUEST_METHOD: request.method,
      CONTENT_TYPE: request.headers['content-type'] ?? '',
      HTTP_CONTENT_ENCODING: request.headers['content-encoding'] ?? '',
      GIT_PROTOCOL: String(request.headers['git-protocol'] ?? ''),
    },
  });
  request.pipe(child.stdin).on('error', () => undefined);
  const chunks: Buffer[] = [];
  child.stdout.on('data', (chunk: Buffer) => chunks.push(chunk));
  child.on('close', () => {
    const all = Buffer.concat(chunks);
    const end = all.indexOf('\r\n\r\n');
    const headers = Object.fromEntries(all.subarray(0, end).toString().split('\r\n').map((line) => line.split(': ') as [string, string])); // prettier-ignore
    response.writeHead(Number((headers['Status'] ?? '200').slice(0, 3)), headers).end(all.subarray(end + 4));
  });
}

function sourceWith(files: Parameters<Repository['commit']>[0]): Repository {
  const source = new Repository(join(folderWith(), 'data.git'));
  source.commit(files);
  return source;
}

const following = (git: object, entry: object = {}): Laboratory =>
  new Laboratory(zoneWith([{ path: '/a', ...entry, git }]));

const FILES = { 'a/one.txt': 'one', 'b/two.txt': 'two' };

test('over HTTP, with a token that git is not told on any command line', async () => {
  const source = sourceWith(FILES);
  const server = await httpServer(dirname(source.folder), { token: true });
  process.env['GAMEZONE_SECRET_GITLAB_TOKEN'] = TOKEN;
  const laboratory = following({
    url: `${server.url}/data.git/.git`,
    tokenSecretRef: { name: 'gitlab', key: 'token' },
  });
  await laboratory.sync();
  delete process.env['GAMEZONE_SECRET_GITLAB_TOKEN'];
  expect(laboratory.live()).toEqual(FILES);
  expect(server.seen.some(({ authorization }) => authorization === BASIC)).toBe(true);
  const kept = readdirSync(laboratory.volume, { recursive: true, withFileTypes: true }).filter((entry) =>
    entry.isFile(),
  );
  for (const entry of kept) expect(readFileSync(join(entry.parentPath, entry.name)).includes(TOKEN)).toBe(false);
});

test('a token comes from a folder of Secrets as well, and is in no message when it is refused', async () => {
  const source = sourceWith(FILES);
  const server = await httpServer(dirname(source.folder), { token: true });
  const secrets = folderWith({ 'gitlab/token': 'TOKEN-that-is-wrong\n' });
  const laboratory = following({
    url: `${server.url}/data.git/.git`,
    tokenSecretRef: { name: 'gitlab', key: 'token' },
  });
  const { code, out, err } = await laboratory.run('--credentials', secrets, '--output', 'json');
  expect([code, err]).toEqual([1, expect.stringContaining('tokenSecretRef')]);
  expect(out + err).not.toContain('TOKEN-that-is-wrong');
  expect(out + err).not.toContain(Buffer.from('oauth2:TOKEN-that-is-wrong').toString('base64'));
  expect(await laboratory.run()).toMatchObject({
    code: 2,
    err: expect.stringContaining('GAMEZONE_SECRET_GITLAB_TOKEN'),
  });
});

test('another host that a redirect names does not get the token', async () => {
  const source = sourceWith(FILES);
  const thief = await httpServer(dirname(source.folder), { token: true });
  const server = await httpServer(dirname(source.folder), {
    answer: (request, response) => (response.writeHead(302, { location: `${thief.url}${request.url!}` }).end(), true),
  });
  const laboratory = following({ url: `${server.url}/data.git/.git`, token: TOKEN });
  expect((await laboratory.run()).code).toBe(1);
  expect(thief.seen.filter(({ authorization }) => authorization !== undefined)).toEqual([]);
});

test('a server that can leave contents out is asked for those of subPath only', async () => {
  const source = sourceWith({
    'a/one.txt': 'one',
    'b/large.bin': Buffer.from(Uint8Array.from({ length: 2 << 20 }, (_, index) => (index * 7919) >> 3)),
  });
  source.git('config', 'uploadpack.allowFilter', 'true');
  source.git('config', 'uploadpack.allowAnySHA1InWant', 'true');
  let bytes = 0;
  const server = await httpServer(dirname(source.folder), {
    answer: (_, response) => {
      const end = response.end.bind(response) as (chunk?: Buffer) => ServerResponse;
      response.end = ((chunk?: Buffer) => ((bytes += chunk?.length ?? 0), end(chunk))) as typeof response.end;
      return false;
    },
  });
  const laboratory = following({ url: `${server.url}/data.git/.git` }, { subPath: 'a' });
  await laboratory.sync();
  expect(laboratory.live()).toEqual({ 'one.txt': 'one' });
  expect(bytes).toBeLessThan(100_000);
});

test('over the git protocol, from a real daemon', async () => {
  const source = sourceWith(FILES);
  const port = await freePort();
  const daemon = spawn('git', ['daemon', '--reuseaddr', '--export-all', '--listen=127.0.0.1', `--port=${port}`, `--base-path=${dirname(source.folder)}`], { stdio: 'ignore', detached: true }); // prettier-ignore
  const ended = new Promise((resolve) => daemon.once('exit', resolve));
  closing.push(async () => {
    process.kill(-daemon.pid!);
    await ended;
  });
  const laboratory = following({ url: `git://127.0.0.1:${port}/data.git/.git`, branch: 'main' });
  for (let attempt = 0; (await laboratory.run()).code !== 0; attempt++) if (attempt > 50) throw new Error('the daemon does not answer'); // prettier-ignore
  expect(laboratory.live()).toEqual(FILES);
});

test('a host that does not answer is told with what to check', async () => {
  const laboratory = following({ url: `http://127.0.0.1:${await freePort()}/data.git` });
  expect(await laboratory.run()).toMatchObject({ code: 1, err: expect.stringContaining('check the address') });
});

describeWithPart('Git LFS', missingPrograms(['git-lfs']), () => {
  test('a pointer is followed, and what arrives is what it says', async () => {
    const content = 'a large file of the game';
    const oid = createHash('sha256').update(content).digest('hex');
    const pointer = `version https://git-lfs.github.com/spec/v1\noid sha256:${oid}\nsize ${content.length}\n`;
    const source = sourceWith({ 'map.pak': pointer, 'plain.txt': 'plain' });
    const server = await httpServer(dirname(source.folder), {
      answer: (request, response) => {
        if (request.url!.endsWith('/info/lfs/objects/batch')) {
          const body = { transfer: 'basic', objects: [{ oid, size: content.length, authenticated: true, actions: { download: { href: `http://${request.headers.host!}/lfs/${oid}` } } }] }; // prettier-ignore
          response.writeHead(200, { 'content-type': 'application/vnd.git-lfs+json' }).end(JSON.stringify(body));
          return true;
        }
        return request.url! === `/lfs/${oid}` && (response.writeHead(200).end(content), true);
      },
    });
    const laboratory = following({ url: `${server.url}/data.git/.git` });
    await laboratory.sync();
    expect(laboratory.live()).toEqual({ 'map.pak': content, 'plain.txt': 'plain' });
  });
});
