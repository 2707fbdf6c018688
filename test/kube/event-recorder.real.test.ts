import { randomUUID } from 'node:crypto';
import { systemClock } from '../../src/kube/clock.js';
import { connect, type Connection } from '../../src/kube/connect.js';
import type { EventObject, Occurrence } from '../../src/kube/event-object.js';
import { EventRecorder } from '../../src/kube/event-recorder.js';
import { events } from '../../src/kube/resource.js';
import type { ControlPlane } from '../control-plane/control-plane.js';
import { startControlPlane } from '../control-plane/start.js';
import { describeControlPlane } from '../control-plane/suite.js';

const namespace = 'default';

describeControlPlane('events on a real API server', () => {
  let controlPlane: ControlPlane;
  let connection: Connection;

  beforeAll(async () => {
    controlPlane = await startControlPlane({ parts: [], audit: 'off' });
    connection = connect({ kubeconfig: controlPlane.kubeconfig });
  });

  afterAll(async () => {
    await connection.close();
    await controlPlane.stop();
  });

  test('are as it wants them: new, repeated, combined, at their limits', async () => {
    const { api } = connection;
    const errors: string[] = [];
    const controller = `gamezone.dev/test-${process.pid}`;
    const written = async () =>
      (await api.list<EventObject>(events, { namespace })).items.filter(
        ({ reportingController }) => reportingController === controller,
      );
    const recorder = new EventRecorder({
      api,
      clock: systemClock,
      controller,
      instance: 'i'.repeat(300),
      seriesInterval: 50,
      onError: (error) => errors.push(String(error)),
    });
    const uid = randomUUID();
    const regarding = { apiVersion: 'v1', kind: 'Pod', metadata: { namespace, name: 'game-0', uid } };
    const record = (note: string, more: Partial<Occurrence> = {}): void =>
      recorder.record({ regarding, reason: 'Updated', note, ...more });
    record('image patched');
    await recorder.flush();
    record('image patched');
    await recorder.flush();
    for (let i = 0; i < 15; i++) record(`waiting for ${i}`, { reason: 'Waiting', type: 'Warning' });
    record('é'.repeat(3000), { reason: 'r'.repeat(300), action: 'a'.repeat(300) });
    record('x', { regarding: { kind: 'Node', metadata: { name: 'node:A' } }, related: regarding });
    record('y', { regarding: { ...regarding, metadata: { namespace, name: `${'n'.repeat(250)}.x` } } });
    await recorder.flush();
    expect(errors).toEqual([]);
    const items = await written();
    const notes = items.map(({ note, series }) => `${note.slice(0, 60)} x${series?.count ?? 1}`);
    expect(notes).toHaveLength(15);
    expect(notes).toContain('image patched x2');
    expect(notes).toContain('(combined from similar events): waiting for 10 x5');

    // What the server forgot in the meantime is told again.
    const patched = items.find(({ note }) => note === 'image patched')!;
    await api.delete(events, { namespace, name: patched.metadata.name });
    record('image patched');
    await recorder.stop();
    expect((await written()).find(({ note }) => note === 'image patched')?.series?.count).toBe(3);
    expect(errors).toEqual([]);
    // As `kubectl describe` looks for them.
    const described = await api.list(
      { ...events, group: '' },
      { namespace, fieldSelector: `involvedObject.uid=${uid}` },
    );
    expect(described.items.length).toBeGreaterThan(10);
  });
});
