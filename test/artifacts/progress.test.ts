import { afterAll, afterEach, beforeEach, expect, test } from '@jest/globals';
import { spawn } from 'node:child_process';
import type { ServerResponse } from 'node:http';
import { once } from 'node:events';
import { barLine } from '../../src/cli/artifacts/progress-view.js';
import { BUILT, removeFolders } from '../cli/command-line.js';
import { missingPrograms } from '../parts/debian.js';
import { describeWithPart } from '../parts/suite.js';
import { Laboratory, zoneWith } from './laboratory.js';
import { S3Store } from './s3-store.js';

/** The line is emptied. */
const CLEARED = '\r\u001b[2K';

const running: number[] = [];

let store: S3Store;
let laboratory: Laboratory;
beforeEach(async () => {
  store = await S3Store.start();
  laboratory = new Laboratory(zoneWith([{ path: '/a', s3: { url: store.url, path: 'games/p' } }]));
});
afterEach(() => {
  // What a test that failed waited for would go on for ever.
  for (const pid of running.splice(0)) process.kill(-pid, 'SIGKILL');
  return store.stop();
});
afterAll(removeFolders);

const SIZE = 3 << 20;

/** A store that holds the second half of an object back until somebody has seen what is shown meanwhile. */
function halfAnObject(): { readonly goOn: () => void } {
  store.put({ 'p/a': Buffer.alloc(SIZE), 'p/b': 'small' });
  let answer: ServerResponse | undefined;
  store.fault = ({ key }, response) => {
    if (key !== 'p/a') return false;
    answer = response;
    response.writeHead(200, { 'content-length': SIZE }).write(Buffer.alloc(SIZE / 2));
    return true;
  };
  return { goOn: () => answer!.end(Buffer.alloc(SIZE / 2)) };
}

/** Runs a program; `onShown` is called once, as soon as its output says what it waits for. */
async function shown(
  program: string,
  args: readonly string[],
  awaited: RegExp,
  onShown: () => void,
): Promise<{ code: number | null; out: string; err: string }> {
  const child = spawn(program, args, { stdio: ['ignore', 'pipe', 'pipe'], detached: true });
  running.push(child.pid!);
  let [out, err, seen] = ['', '', false];
  const look = (): void => {
    if (seen || !awaited.test(out + err)) return;
    seen = true;
    onShown();
  };
  child.stdout.on('data', (chunk) => {
    out += String(chunk);
    look();
  });
  child.stderr.on('data', (chunk) => {
    err += String(chunk);
    look();
  });
  const [code] = (await once(child, 'close')) as [number | null];
  running.pop();
  return { code, out, err };
}

const sync = (...options: readonly string[]): string[] => [BUILT, 'artifacts', 'sync', laboratory.zone, '--to', laboratory.volume, ...options]; // prettier-ignore

describeWithPart('a terminal', missingPrograms(['script']), () => {
  test('shows a bar with the source, files, bytes and the rate, no wider than it is, and a summary at the end', async () => {
    const { goOn } = halfAnObject();
    const command = `stty cols 110 && ${[process.execPath, ...sync()].join(' ')}`;
    const { code, out } = await shown('script', ['-qec', command, '/dev/null'], /1\.5 MiB of 3\.0 MiB/, goOn);
    expect(code).toBe(0);
    const lines = out.replaceAll(CLEARED, '\n').split(/[\r\n]+/);
    const bar = lines.find((line) => line.includes('1.5 MiB of'))!;
    expect(bar).toMatch(
      /^fetching s3 http:\/\/127\.0\.0\.1:\d+\/games\/p\/ \[#{10}\.{10}\] 1\/2 files 1\.5 MiB of 3\.0 MiB /,
    );
    for (const line of lines.filter((one) => one.startsWith('fetching'))) expect(line.length).toBeLessThan(110);
    // The bar is gone when the summary comes.
    const summary = out.slice(out.lastIndexOf(CLEARED) + CLEARED.length);
    expect(summary.replaceAll('\r', '')).toMatch(/^release [0-9a-f]{10}: 2 files, 3\.0 MiB, in .*\n {2}s3 http.* at [0-9a-f]{12}\n {2}fetched 2 files, 3\.0 MiB; the rest was there\n {2}live: 2 files written, 0 removed, 0 left as testers changed them\n$/); // prettier-ignore
    expect(out).not.toContain('"event"');
  });
});

test('elsewhere there is one JSON line a second, and one at the end', async () => {
  const { goOn } = halfAnObject();
  const { code, out, err } = await shown(process.execPath, sync(), /"phase":"fetch".*"bytes":1572869/, goOn);
  expect(code).toBe(0);
  const events = err.trimEnd().split('\n').map((line) => JSON.parse(line) as Record<string, unknown>); // prettier-ignore
  expect(events.find(({ bytes }) => bytes === 1572869)).toEqual({
    event: 'progress',
    phase: 'fetch',
    source: `s3 ${store.url}/games/p/`,
    files: 1,
    totalFiles: 2,
    bytes: SIZE / 2 + 5,
    totalBytes: SIZE + 5,
    bytesPerSecond: expect.any(Number),
  });
  expect(events.at(-1)).toMatchObject({ event: 'done', wasThere: false, files: 2, bytes: SIZE + 5, fetched: { files: 2, bytes: SIZE + 5 } }); // prettier-ignore
  expect(err + out).not.toContain('\u001b');
  expect(out).toMatch(/^release /);
});

test('for programs standard output is the last of these lines alone', async () => {
  store.put({ 'p/a': 'a' });
  const { code, out } = await shown(process.execPath, sync('-o', 'json'), /$^/, () => undefined);
  expect(code).toBe(0);
  expect(out.trimEnd().split('\n').map((line) => (JSON.parse(line) as { event: string }).event)).toEqual(['done']); // prettier-ignore
});

test.each([
  ['before a source says how much', { phase: 'list', source: 'git x', files: 0, totalFiles: 0, bytes: 0 }, 'listing git x'],
  ['where the bytes are not known', { phase: 'fetch', files: 5, totalFiles: 10, bytes: 2048 }, 'fetching [##########..........] 5/10 files 2.0 KiB 1.0 KiB/s'],
  ['with more bytes than were said', { phase: 'fetch', files: 1, totalFiles: 1, bytes: 300, totalBytes: 100 }, 'fetching [####################] 1/1 files 300 B of 100 B 1.0 KiB/s'],
  ['a hostile name', { phase: 'live', source: 'git \u001b[2J\n', files: 1, totalFiles: 4, bytes: 0 }, 'updating live git \\u001b[2J\\n [#####...............] 1/4 files'],
] as const)('the bar %s', (_, state, line) => {
  expect(barLine(state, 1024)).toBe(line);
}); // prettier-ignore
