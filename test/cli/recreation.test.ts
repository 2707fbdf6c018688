import { afterEach, describe, expect, test } from '@jest/globals';
import { readFileSync, renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { INDEX_FILE as INDEX } from '../../src/synth/output/index-file.js';
import { gamezone, namesIn, put, removeFolders, snapshot } from './command-line.js';
import { workspace } from './workspace.js';
import { zoneFile } from './zones.js';

afterEach(removeFolders);

describe('ids that would change their workload', () => {
  const whole = zoneFile({ services: '- {type: game, id: 1, endId: 5}' });
  const split = zoneFile({ services: '- {type: game, id: 1, endId: 2}\n- {type: game, id: 4, endId: 5}' });

  test('are refused, nothing is written, and the printed flag then accepts exactly them', async () => {
    const { folder, dist, synth } = workspace(whole);
    await synth();
    put(folder, { 'zone.yaml': split });
    const before = snapshot(dist);
    const { code, err } = await synth();
    expect(err.split('\n').slice(-3)).toEqual([
      'dist/zone1: game/4 and game/5 would be deleted in zone1-game and created anew in zone1-game-from4',
      '  right: keep the ids without new gaps, or accept that their players are dropped: --allow-recreate game/4,game/5',
      '',
    ]);
    expect(code).toBe(2);
    expect(snapshot(dist)).toEqual(before);
    const flag = /--allow-recreate \S+/.exec(err)![0].split(' ');
    expect((await synth('--allow-recreate', 'game/4')).code).toBe(2);
    expect((await synth(...flag)).code).toBe(0);
    expect(readFileSync(join(dist, 'zone1.yaml'), 'utf8')).toContain('name: zone1-game-from4');
    expect((await synth('--check')).code).toBe(0);
  });

  test.each([
    [['--allow-recreate', 'game/4', '--allow-recreate', 'game/5']],
    [['--allow-recreate', 'zone1/game/4,zone1/game/5']],
    [['--allow-recreate', 'zone1/game']],
    [['--allow-recreate', 'zone1']],
  ])('are accepted by %j', async (flags) => {
    const { folder, synth } = workspace(whole);
    await synth();
    put(folder, { 'zone.yaml': split });
    expect((await synth(...flags)).code).toBe(0);
  });

  test('are told in another format too', async () => {
    const { folder, synth } = workspace(whole);
    await synth('--format', 'json');
    put(folder, { 'zone.yaml': split });
    expect((await synth()).code).toBe(2);
  });

  test('cannot be told from a file that is not readable any more', async () => {
    const { folder, dist, synth } = workspace(whole);
    await synth();
    put(folder, { 'dist/zone1.yaml': '{{{' });
    const before = snapshot(dist);
    const { code, err } = await synth();
    expect(err).toMatch(/^dist\/zone1\.yaml:1:1: not readable any more/m);
    expect(code).toBe(2);
    expect(snapshot(dist)).toEqual(before);
  });

  test('are one more way of not being up to date to --check, and no wrong input', async () => {
    const { folder, synth } = workspace(whole);
    await synth();
    put(folder, { 'zone.yaml': split });
    const { code, err } = await synth('--check');
    expect(code).toBe(1);
    expect(err.split('\n').slice(-4)).toEqual([
      'dist/zone1.yaml: differs from what synth writes',
      'dist/zone1: game/4 and game/5 would be deleted in zone1-game and created anew in zone1-game-from4',
      '  right: keep the ids without new gaps, or accept that their players are dropped: run `gamezone synth --allow-recreate game/4,game/5` and commit dist',
      '',
    ]);
    expect((await synth('--check', '--allow-recreate', 'game/4,game/5')).err).not.toContain('would be deleted');
    put(folder, { 'dist/zone1.yaml': '{{{' });
    expect((await synth('--check')).code).toBe(1);
  });

  test('are not those that come or go at the end', async () => {
    const { folder, synth } = workspace(whole);
    await synth();
    put(folder, { 'zone.yaml': zoneFile({ services: '- {type: game, id: 1, endId: 9}' }) });
    expect((await synth()).code).toBe(0);
    put(folder, { 'zone.yaml': zoneFile({ services: '- {type: game, id: 1, endId: 3}' }) });
    expect((await synth()).code).toBe(0);
  });
});

const MIXED = '- {type: game, id: 1, endId: 3}\n- {type: game, id: 7}\n- {type: db, id: 1}\n- {type: web, replicas: 2}';
const lastLines = (err: string, count: number): string[] => err.trimEnd().split('\n').slice(-count);

describe('a zone that gets another name', () => {
  const named = (name: string, zoneId = 101): string => zoneFile({ name, zoneId, literal: false, services: MIXED });

  test('is refused with its pods, until the flag names them', async () => {
    const { folder, dist, synth } = workspace(named('zone1'));
    await synth();
    put(folder, { 'zone.yaml': named('zone2') });
    const before = snapshot(dist);
    const { code, err } = await synth();
    expect(lastLines(err, 5)).toEqual([
      'dist/zone1: game/1 to game/3 would be deleted in zone1-game and created anew in zone2-game',
      'dist/zone1: game/7 would be deleted in zone1-game-from7 and created anew in zone2-game-from7',
      'dist/zone1: db/1 would be deleted in zone1-db and created anew in zone2-db',
      'dist/zone1: the pods of web would be deleted in zone1-web and created anew in zone2-web',
      '  right: keep the name zone1 instead of zone2, or accept that their players are dropped: --allow-recreate zone1',
    ]);
    expect(code).toBe(2);
    expect(snapshot(dist)).toEqual(before);
    expect((await synth('--check')).code).toBe(1);
    expect((await synth('--allow-recreate', 'zone1/game,db/1')).err).toMatch(/the pods of web would be deleted/);
    expect((await synth('--allow-recreate', 'zone1')).code).toBe(0);
    expect(namesIn(dist)).toEqual([INDEX, 'zone2.yaml']);
    expect((await synth()).code).toBe(0);
  });

  test('is found by its number when its zone file has another name too, or another format is written', async () => {
    const { folder, dist, synth } = workspace(named('zone1'));
    await synth();
    renameSync(join(folder, 'zone.yaml'), join(folder, 'other.yaml'));
    put(folder, { 'other.yaml': named('zone2') });
    const { code, err } = await gamezone('synth', join(folder, 'other.yaml'), '-o', dist, '--format', 'json');
    expect(err).toContain('game/1 to game/3 would be deleted');
    expect(code).toBe(2);
  });

  test('is found by its zone file where the objects do not say its number', async () => {
    const spec = 'defaults: {envNames: {GAMEZONE_ZONE_ID: ZONE}}';
    const anonymous = (name: string): string => zoneFile({ name, services: '- {type: game, id: 1, args: [a]}', spec });
    const { folder, synth } = workspace(anonymous('zone1'));
    await synth();
    put(folder, { 'zone.yaml': anonymous('zone2') });
    expect((await synth()).err).toContain('game/1 would be deleted in zone1-game');
  });

  test('is another zone with another number: the old one was taken out on purpose', async () => {
    const { folder, dist, synth } = workspace(named('zone1', 1));
    await synth();
    put(folder, { 'zone.yaml': named('zone2', 2) });
    expect(await synth()).toMatchObject({
      code: 0,
      err: expect.stringContaining('removed dist/zone1.yaml') as unknown,
    });
    expect(namesIn(dist)).toEqual([INDEX, 'zone2.yaml']);
  });

  test('may go, whether its file goes, or only its document', async () => {
    const { folder, dist, synth } = workspace(`${named('zone1', 1)}---\n${named('zone2', 2)}`);
    put(folder, { 'three.yaml': named('zone3', 3) });
    await gamezone('synth', join(folder, 'three.yaml'), '-o', dist);
    await synth();
    rmSync(join(folder, 'three.yaml'));
    put(folder, { 'zone.yaml': named('zone2', 2) });
    expect((await synth()).code).toBe(0);
    expect(namesIn(dist)).toEqual([INDEX, 'zone2.yaml']);
  });

  test('is not one that came while another one of its number is still there', async () => {
    const { folder, dist, synth } = workspace(named('zone1'));
    put(folder, { 'two.yaml': named('zone2') });
    await synth();
    expect((await gamezone('synth', join(folder, 'two.yaml'), '-o', dist)).code).toBe(0);
    rmSync(join(folder, 'two.yaml'));
    expect((await synth()).code).toBe(0);
  });

  test('in a file that nobody can read any more is not guessed', async () => {
    const { folder, synth } = workspace(named('zone1'));
    await synth();
    put(folder, { 'zone.yaml': named('zone2'), 'dist/zone1.yaml': '{{{' });
    const { code, err } = await synth();
    expect(err).toMatch(/^dist\/zone1\.yaml:1:1: not readable any more/m);
    expect(code).toBe(2);
  });
});

describe('another runtime', () => {
  const on = (runtime: string, services = MIXED): string =>
    zoneFile({ literal: false, services, spec: `runtime: ${runtime}` });

  test.each([
    ['gamezone', 'native', 'GameStatefulSet', 'StatefulSet', 'GameDeployment', 'Deployment'],
    ['native', 'gamezone', 'StatefulSet', 'GameStatefulSet', 'Deployment', 'GameDeployment'],
  ])('from %s to %s is refused with the pods', async (before, after, ids, idsAfter, replicas, replicasAfter) => {
    const { folder, synth } = workspace(on(before));
    await synth();
    put(folder, { 'zone.yaml': on(after) });
    const { code, err } = await synth();
    expect(lastLines(err, 5)).toEqual([
      `dist/zone1: game/1 to game/3 would be deleted in ${ids} zone1-game and created anew in ${idsAfter} zone1-game`,
      `dist/zone1: game/7 would be deleted in ${ids} zone1-game-from7 and created anew in ${idsAfter} zone1-game-from7`,
      `dist/zone1: db/1 would be deleted in ${ids} zone1-db and created anew in ${idsAfter} zone1-db`,
      `dist/zone1: the pods of web would be deleted in ${replicas} zone1-web and created anew in ${replicasAfter} zone1-web`,
      '  right: keep the `runtime` of zone1, or accept that their players are dropped: --allow-recreate zone1',
    ]);
    expect(code).toBe(2);
    expect((await synth('--check')).code).toBe(1);
    expect((await synth('--allow-recreate', 'zone1')).code).toBe(0);
    expect((await synth('--check')).code).toBe(0);
  });

  test('with ids that move is told with both ways to keep them', async () => {
    const { folder } = workspace(on('gamezone', '- {type: game, id: 1}'));
    put(folder, {
      'two.yaml': zoneFile({ name: 'zone2', literal: false, services: '- {type: game, id: 1, endId: 5}' }),
    });
    const both = () =>
      gamezone('synth', join(folder, 'zone.yaml'), join(folder, 'two.yaml'), '-o', join(folder, 'dist'));
    await both();
    const gap = '- {type: game, id: 1, endId: 3}\n- {type: game, id: 5}';
    put(folder, { 'zone.yaml': on('native', '- {type: game, id: 1}') });
    put(folder, { 'two.yaml': zoneFile({ name: 'zone2', literal: false, services: gap }) });
    expect((await both()).err).toMatch(
      / {2}right: keep the `runtime` of zone1 and keep the ids without new gaps, or .*: --allow-recreate zone1,game\/5\n/,
    );
  });

  test('of many workloads is told in a few lines', async () => {
    const services = Array.from({ length: 20 }, (_, index) => `- {type: t${index}, id: 1}`).join('\n');
    const { folder, synth } = workspace(on('gamezone', services));
    await synth();
    put(folder, { 'zone.yaml': on('native', services) });
    const { err } = await synth();
    expect(err.match(/would be deleted/g)).toHaveLength(8);
    expect(err).toContain('... and 12 more workloads\n');
  });
});
