import { existsSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { App } from 'cdk8s';
import { GameZone, ServiceIds } from '../../../constructs/index.js';
import { ZoneRegistry } from '../../../src/synth/program/registry.js';

const out = mkdtempSync(join(tmpdir(), 'gamezone-registry-'));
afterAll(() => rmSync(out, { recursive: true }));

function build(app: App, id = 'zone1'): GameZone {
  const zone = new GameZone(app, id, { zoneId: 1, image: 'a:1' });
  zone.addService('game', { ids: ServiceIds.of(1) });
  return zone;
}

test('zones are collected in their order, of every App, until the registry is closed', () => {
  const registry = new ZoneRegistry();
  const zones = [build(new App()), build(new App(), 'zone2')];
  registry.close();
  build(new App(), 'zone3');
  expect(registry.zones).toEqual(zones);
});

test('meanwhile synth writes nothing; then it is that of the class again', () => {
  const registry = new ZoneRegistry();
  const app = new App({ outdir: join(out, 'app') });
  build(app);
  build(app, 'zone2');
  app.synth();
  expect(existsSync(join(out, 'app'))).toBe(false);
  registry.close();
  expect(Object.hasOwn(app, 'synth')).toBe(false);
  app.synth();
  expect(readdirSync(join(out, 'app')).sort()).toEqual(['zone1.k8s.yaml', 'zone2.k8s.yaml']);
});

test('a synth that somebody has given to the root itself comes back too', () => {
  const registry = new ZoneRegistry();
  let calls = 0;
  const app = Object.assign(new App(), { synth: () => (calls += 1) });
  build(app);
  app.synth();
  registry.close();
  expect(calls).toBe(0);
  app.synth();
  expect([calls, Object.keys(app).includes('synth')]).toEqual([1, true]);
});
