import { ApiServer } from '../../../src/cluster/api-server/api-server.js';
import { VirtualClock } from '../../../src/cluster/virtual-clock.js';
import type { WatchEvent } from '../../../src/kube/api.js';
import { Reflector } from '../../../src/kube/reflector.js';
import { configMaps } from '../../../src/kube/resource.js';

const named = (name: string) => ({ metadata: { namespace: 'default', name } });

function world() {
  const clock = new VirtualClock();
  const server = new ApiServer({ clock, serviceAccounts: false });
  return { clock, server, api: server.client('user') };
}

test('a server that is killed answers nobody; what it has stored is there when it is started', async () => {
  const { server, api } = world();
  await api.create(configMaps, named('one'));
  server.kill();
  await expect(api.get(configMaps, named('one').metadata)).rejects.toMatchObject({
    kind: 'network',
    isTransient: true,
  });
  await expect(api.create(configMaps, named('two'))).rejects.toMatchObject({ kind: 'network' });
  server.start();
  const { items } = await api.list(configMaps, { namespace: 'default' });
  expect(items.map(({ metadata }) => metadata.name)).toEqual(['one']);
});

test('its watches break, and what they had not read yet is lost', async () => {
  const { server, api } = world();
  const { metadata } = await api.list(configMaps);
  const { resourceVersion } = metadata;
  const seen: WatchEvent[] = [];
  const watching = (async () => {
    for await (const event of api.watch(configMaps, { resourceVersion })) seen.push(event);
  })();
  await api.create(configMaps, named('read'));
  await new Promise(setImmediate);
  server.audit.follow(() => server.kill());
  await api.create(configMaps, named('lost'));
  await expect(watching).rejects.toMatchObject({ kind: 'network' });
  expect(seen.map((event) => 'object' in event && event.object.metadata.name)).toEqual(['read']);
});

test('a watch from before the start is too old where something has happened, and goes on where nothing has', async () => {
  const { server, api } = world();
  const before = (await api.list(configMaps)).metadata.resourceVersion;
  const { metadata } = await api.create(configMaps, named('one'));
  server.kill();
  server.start();
  const first = (resourceVersion: string) => api.watch(configMaps, { resourceVersion })[Symbol.asyncIterator]().next();
  await expect(first(before)).rejects.toMatchObject({ kind: 'gone', reason: 'Expired' });
  const next = first(metadata.resourceVersion);
  await api.create(configMaps, named('two'));
  expect(await next).toMatchObject({ value: { type: 'ADDED', object: named('two') } });
});

test('a reflector is behind for as long as the server is away, and not longer', async () => {
  const { clock, server, api } = world();
  const reflector = new Reflector({ api, clock, resource: configMaps, random: () => 0.5 });
  reflector.start();
  await clock.advance(1000);
  server.kill();
  await clock.advance(60_000);
  expect(reflector.state).toMatchObject({
    activity: 'waiting',
    lastError: { message: expect.stringContaining('killed') },
  });
  server.start();
  await api.create(configMaps, named('one'));
  await clock.advance(60_000);
  expect(reflector.store.get(named('one').metadata)).toBeDefined();
  await reflector.stop();
});
