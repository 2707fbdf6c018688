import { once } from 'node:events';
import { existsSync, readFileSync } from 'node:fs';
import { createServer, type AddressInfo } from 'node:net';
import { join } from 'node:path';
import { dev } from '../../src/cli/dev.js';
import { captured, folderWith, gamezone, removeFolders } from './command-line.js';

const ZONE = `
apiVersion: gamezone.dev/v1alpha1
kind: GameZone
metadata: {name: plain, namespace: games}
spec:
  runtime: native
  gameZone:
    zoneId: 3
    defaultImage: registry.example.com/project1/service:0.1.0
    serviceConfig:
      - {type: game, id: 1, endId: 3, ports: [{name: client, port: 7001}]}
      - {type: web, replicas: 2, ports: [{name: http, port: 8080}]}
`;

/** Asks the cluster of its KUBECONFIG for all pods, as any client would, and writes down what it was told. */
const ASK = `
const fs = require('fs');
const config = JSON.parse(fs.readFileSync(process.env.KUBECONFIG, 'utf8'));
const { server, 'certificate-authority-data': ca } = config.clusters[0].cluster;
const { token } = config.users[0].user;
const options = { ca: Buffer.from(ca, 'base64'), headers: { authorization: 'Bearer ' + token } };
require('https').get(server + '/api/v1/pods', options, (response) => {
  let text = '';
  response.on('data', (part) => (text += part)).on('end', () => {
    fs.writeFileSync(process.argv[1], JSON.stringify({ kubeconfig: process.env.KUBECONFIG, list: JSON.parse(text) }));
    process.exitCode = 7;
  });
});
`;

interface Told {
  readonly kubeconfig: string;
  readonly list: {
    readonly items: readonly { readonly metadata: { readonly name: string; readonly namespace: string } }[];
  };
}

afterAll(removeFolders);

test('a command finds the zone running, its exit code is ours, and nothing is left', async () => {
  const folder = folderWith({ 'zone.yaml': ZONE });
  const told = join(folder, 'told.json');
  const node = [process.execPath, '-e', ASK, told];
  const { code, err } = await gamezone('dev', join(folder, 'zone.yaml'), '--speed', '20', '--', ...node);
  expect(err).toContain('5 of 5 pods are ready');
  expect(code).toBe(7);
  const { kubeconfig, list } = JSON.parse(readFileSync(told, 'utf8')) as Told;
  const names = list.items.map(
    ({ metadata }) => `${metadata.namespace}/${metadata.name.replace(/^plain-web-.*/, 'plain-web-*')}`,
  );
  expect(names.sort()).toEqual([
    'games/plain-game-1',
    'games/plain-game-2',
    'games/plain-game-3',
    'games/plain-web-*',
    'games/plain-web-*',
  ]);
  expect(existsSync(kubeconfig)).toBe(false);
}, 120_000);

test('without a command it runs until it is told to stop, and says the way in', async () => {
  const folder = folderWith({ 'zone.yaml': ZONE });
  const kubeconfig = join(folder, 'config');
  const stop = new AbortController();
  const options = { speed: '20', port: '0', timeout: '60', logLevel: 'warn', kubeconfig } as const;
  const running = captured(() => dev(join(folder, 'zone.yaml'), [], options, stop.signal));
  const look = setInterval(() => existsSync(kubeconfig) && stop.abort(), 50);
  const { code, err } = await running;
  clearInterval(look);
  expect(code).toBe(0);
  expect(err).toContain(`export KUBECONFIG=${kubeconfig}`);
  expect(existsSync(kubeconfig)).toBe(false);
}, 120_000);

const GAME = `
apiVersion: gamezone.dev/v1alpha1
kind: GameZone
metadata: {name: port}
spec:
  gameZone:
    zoneId: 3
    defaultImage: registry.example.com/project1/service:0.1.0
    serviceConfig:
      - type: game
        id: 1
        endId: 3
        update: {type: InplaceUpdate, inPlaceUpdateStrategy: {gracePeriodSeconds: 2}, rollingUpdate: {maxUnavailable: 3}}
      - {type: web, id: 1}
`;

describe('further versions of a zone', () => {
  const roll = (next: string, ...options: string[]) => {
    const folder = folderWith({ 'zone.yaml': GAME, 'next.yaml': next });
    const [zone, then] = [join(folder, 'zone.yaml'), join(folder, 'next.yaml')];
    return gamezone('dev', zone, '--then', then, '--exit', '--speed', '20', ...options);
  };

  test('what stays is updated in place, what is no more in it goes, and each is told', async () => {
    const next = GAME.replace('0.1.0', '0.2.0').replace('      - {type: web, id: 1}\n', '');
    const { code, err } = await roll(next);
    expect(err).toMatch(/next.yaml: .*GameStatefulSet port-game changed.*GameStatefulSet port-web deleted/);
    const told = (name: string) => [...err.matchAll(new RegExp(`${name}: (.*)`, 'g'))].map(([, what]) => what);
    for (const id of [1, 2, 3])
      expect(told(`port-game-${id}`)).toEqual([
        expect.stringMatching(/^gate closed: out of traffic for 2 s, then updated to port-game-/),
        'not Ready',
        'patched to registry.example.com/project1/service:0.2.0',
        'the container was replaced, the pod is the same',
        'gate open',
        'Ready',
      ]);
    expect(told('port-web-1')).toContain('deleted');
    expect(err).toContain('3 pods were updated in place, 1 deleted, 0 created');
    expect(code).toBe(0);
  }, 120_000);

  test('the same version again changes nothing', async () => {
    const { code, err } = await roll(GAME);
    expect(err).toContain('next.yaml: nothing changed');
    expect(err).toContain('0 pods were updated in place, 0 deleted, 0 created');
    expect(code).toBe(0);
  }, 120_000);

  test('what cannot be rolled out says why and ends with 1', async () => {
    const { code, err } = await roll(
      GAME.replace('maxUnavailable: 3}}', 'maxUnavailable: 3}, canary: {steps: [{partition: 2}, {pause: {}}]}}'),
    );
    expect(err).toContain('port-game: `canary` stops every update');
    expect(code).toBe(1);
  }, 120_000);

  test('what takes longer than --timeout says what it waits for and ends with 1', async () => {
    const { code, err } = await roll(
      GAME.replace('0.1.0', '0.2.0').replace('PeriodSeconds: 2', 'PeriodSeconds: 1800'),
      '--timeout',
      '3',
    );
    expect(err).toMatch(/not at rest after 3 s: .* of 4 pods are ready\n {2}port-game: /);
    expect(code).toBe(1);
  }, 120_000);

  test('a mistake in any of them is told before anything starts', async () => {
    const { code, err } = await roll('kind: Nothing\n');
    expect(err).not.toContain('an embedded Kubernetes');
    expect(code).toBe(2);
  });
});

test('a kubeconfig that is there already is left alone, and one that cannot be written leaves nothing running', async () => {
  const folder = folderWith({ 'zone.yaml': ZONE, config: 'the way to another cluster' });
  for (const [file, says] of [
    [join(folder, 'config'), 'it is there already'],
    [join(folder, 'none', 'config'), 'cannot be written: ENOENT'],
  ] as const) {
    const { code, err } = await gamezone('dev', join(folder, 'zone.yaml'), '--kubeconfig', file, '--exit');
    expect(err).toContain(`--kubeconfig ${file}: ${says}`);
    expect(err).not.toContain('an embedded Kubernetes');
    expect(code).toBe(2);
  }
  expect(readFileSync(join(folder, 'config'), 'utf8')).toBe('the way to another cluster');
});

test('a port that is taken is told, and nothing is left running', async () => {
  const folder = folderWith({ 'zone.yaml': ZONE });
  const taken = createServer().listen(0, '127.0.0.1');
  await once(taken, 'listening');
  try {
    const { port } = taken.address() as AddressInfo;
    const kubeconfig = join(folder, 'config');
    const args = ['dev', join(folder, 'zone.yaml'), '--port', String(port), '--kubeconfig', kubeconfig, '--exit'];
    const { code, err } = await gamezone(...args);
    expect(err).toContain(`--port ${port}: another program listens there`);
    expect(code).toBe(2);
    expect(existsSync(kubeconfig)).toBe(false);
  } finally {
    taken.close();
  }
});

test.each([
  { name: 'a zone that is not there', args: ['nowhere.yaml'], says: 'nowhere.yaml' },
  { name: 'two zones', args: ['a.yaml', 'b.yaml'], says: 'one zone at a time, not 2' },
  { name: 'no speed', args: ['zone.yaml', '--speed', 'fast'], says: '--speed fast: not a number above 0' },
  { name: 'no port', args: ['zone.yaml', '--port', '70000'], says: '--port 70000: not a port' },
  {
    name: 'no command',
    args: ['zone.yaml', '--', 'no-such-command'],
    says: 'no-such-command: this command cannot be run',
  },
])(
  '$name is the mistake of the user',
  async ({ args, says }) => {
    const folder = folderWith({ 'zone.yaml': ZONE });
    const before = process.cwd();
    process.chdir(folder);
    try {
      const { code, err } = await gamezone('dev', ...args);
      expect(err).toContain(says);
      expect(code).toBe(2);
    } finally {
      process.chdir(before);
    }
  },
  120_000,
);
