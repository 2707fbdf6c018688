import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { buildAll, CLI, node, programFolder, put, removeAll } from '../synth/program/programs.js';
import type { Outcome } from '../synth/program/programs.js';

beforeAll(buildAll, 120_000);
afterAll(removeAll);

const URL = 'https://gitlab.example.com/project1/data.git';
const COMMIT = '3f2504e04f8911d39a0c0305e82c33010f6e9a1b';
const lock = (branch: string): string =>
  JSON.stringify({ version: 1, zones: { zone1: [{ kind: 'git', settings: { url: URL, branch }, pin: { commit: COMMIT } }] } }); // prettier-ignore

const PROGRAM = `
import { readFileSync } from 'node:fs';
import { App } from 'cdk8s';
import { ArtifactSource, ArtifactVolume, GameZone, ServiceIds } from 'gamezone';
const app = new App();
const artifactsLock = readFileSync('gamezone.lock', 'utf8');
const zone = new GameZone(app, 'zone1', { zoneId: 1, image: 'registry.example.com/game:1', artifactsLock });
const artifacts = new ArtifactVolume(zone, 'artifacts', {
  mountPath: '/app/artifacts',
  sources: [ArtifactSource.git({ url: '${URL}', ref: 'main' })],
});
zone.addService('game', { ids: ServiceIds.of(1), artifacts });
if (process.env.BY_ITSELF) app.synth();
export default app;
`;

const folder = (text: string): string => programFolder({ 'zone.mjs': PROGRAM, 'gamezone.lock': text });
const synth = (text: string): Promise<Outcome> => node(folder(text), [CLI, 'synth', 'zone.mjs', '--stdout']);

test('a program locks by the text of the file', async () => {
  const { code, out } = await synth(lock('main'));
  expect([code, out]).toEqual([0, expect.stringContaining('subPathExpr: releases/$(GAMEZONE_ARTIFACTS)')]);
  expect(out).toContain(COMMIT);
});

test('an empty text locks nothing, so that the first lock can be made', async () => {
  expect((await synth('')).out).toContain('subPath: live');
});

test('a source that the lock does not know is an error, of the command and of cdk8s', async () => {
  const { code, err } = await synth(lock('other'));
  expect([code, err]).toEqual([2, expect.stringContaining('gamezone.lock has the zone')]);
  const place = folder(lock('other'));
  put(place, { 'run.mjs': "process.env.BY_ITSELF = '1'; await import('./zone.mjs');" });
  expect(await node(place, ['run.mjs'])).toMatchObject({
    code: 1,
    err: expect.stringContaining('gamezone.lock has the zone'),
  });
});

test('a text that is no lock is an error', async () => {
  expect(await synth('{')).toMatchObject({ code: 2, err: expect.stringContaining('artifactsLock: it is not JSON') });
});

test('lock asks for what a program declares, whatever its lock says', async () => {
  const place = folder(lock('main'));
  const check = (): Promise<Outcome> => node(place, [CLI, 'artifacts', 'lock', 'zone.mjs', '--check']);
  expect(await check()).toMatchObject({ code: 0, err: expect.stringContaining('covers every source') });
  put(place, { 'gamezone.lock': lock('other') });
  expect(await check()).toMatchObject({ code: 1, err: expect.stringContaining('1 of its sources are not in it') });
});
