import fc from 'fast-check';
import { clipped, type EventObject, type Occurrence } from '../../src/kube/event-object.js';
import { EventRecorder, type EventRecorderOptions } from '../../src/kube/event-recorder.js';
import { events } from '../../src/kube/resource.js';
import { FakeApi, failure } from './fake-api.js';
import { VirtualClock } from './virtual-clock.js';

let clock: VirtualClock;
let server: FakeApi;
let errors: string[];
let recorder: EventRecorder;

beforeEach(() => {
  clock = new VirtualClock();
  server = new FakeApi(clock);
  errors = [];
  recorder = recorderWith();
});

afterEach(async () => {
  server.fault = () => undefined;
  const stopped = recorder.stop();
  await clock.advance(6000);
  await stopped;
  expect(clock.pending).toBe(0);
});

function recorderWith(options: Partial<EventRecorderOptions> = {}): EventRecorder {
  let at = 0;
  return new EventRecorder({
    api: server,
    clock,
    controller: 'gamezone.dev/controller',
    instance: 'controller-0',
    random: () => (at = (at + 0.013) % 1),
    onError: (error) => errors.push(String(error)),
    ...options,
  });
}

const pod = { apiVersion: 'v1', kind: 'Pod', metadata: { namespace: 'n', name: 'game-0', uid: 'u', labels: {} } };

function happened(note: string, more: Partial<Occurrence> = {}): Occurrence {
  return { regarding: pod, reason: 'Updated', action: 'Patch', note, ...more };
}

const written = (): EventObject[] => [...server.objects(events).values()] as unknown as EventObject[];
const notes = (): string[] => written().map(({ note, series }) => `${note} x${series?.count ?? 1}`);

test('an event as the API wants it', async () => {
  recorder.record(happened('image patched', { related: { ...pod, kind: 'Node', metadata: { name: 'node-1' } } }));
  expect(server.calls).toEqual([]);
  await recorder.flush();
  expect(written()).toEqual([
    {
      apiVersion: 'events.k8s.io/v1',
      kind: 'Event',
      metadata: {
        namespace: 'n',
        name: expect.stringMatching(/^game-0\.[0-9a-f]{17}$/),
        uid: expect.anything(),
        resourceVersion: expect.anything(),
      },
      eventTime: '2030-01-01T00:00:00.000000Z',
      type: 'Normal',
      reason: 'Updated',
      action: 'Patch',
      note: 'image patched',
      regarding: { apiVersion: 'v1', kind: 'Pod', namespace: 'n', name: 'game-0', uid: 'u' },
      related: { apiVersion: 'v1', kind: 'Node', name: 'node-1' },
      reportingController: 'gamezone.dev/controller',
      reportingInstance: 'controller-0',
    },
  ]);
});

test('what belongs to the whole cluster is told in the namespace default; without an action the reason is one', async () => {
  recorder.record({ regarding: { kind: 'Node', metadata: { name: 'a' } }, type: 'Warning', reason: 'Gone', note: 'x' });
  await recorder.flush();
  expect(written()).toEqual([
    expect.objectContaining({
      metadata: expect.objectContaining({ namespace: 'default' }),
      type: 'Warning',
      action: 'Gone',
    }),
  ]);
});

test('what repeats is one event with a series, updated every half minute', async () => {
  recorder.record(happened('waiting'));
  await clock.settle();
  for (let second = 0; second < 90; second++) {
    recorder.record(happened('waiting'));
    await clock.advance(1000);
  }
  expect(server.callsOf('create')).toHaveLength(1);
  expect(server.callsOf('patch')).toHaveLength(3);
  await clock.advance(60_000);
  expect(server.callsOf('patch')).toHaveLength(3);
  expect(written().map(({ series }) => series)).toEqual([
    { count: 91, lastObservedTime: '2030-01-01T00:01:29.000000Z' },
  ]);
});

test('what repeats before it was sent is sent as a series', async () => {
  for (let i = 0; i < 3; i++) recorder.record(happened('waiting'));
  await recorder.flush();
  expect(server.calls.map(({ verb }) => verb)).toEqual(['create']);
  expect(notes()).toEqual(['waiting x3']);
});

test('a difference in anything is another event', async () => {
  const other = { ...pod, metadata: { ...pod.metadata, uid: 'v' } };
  const all = [
    {},
    { reason: 'x' },
    { action: 'x' },
    { type: 'Warning' as const },
    { regarding: other },
    { related: pod },
  ];
  for (const more of all) recorder.record(happened('same', more));
  recorder.record(happened('different'));
  await recorder.flush();
  expect(written()).toHaveLength(7);
});

test('a series that was not heard of for ten minutes is over', async () => {
  recorder.record(happened('waiting'));
  await clock.advance(600_000);
  recorder.record(happened('waiting'));
  await recorder.flush();
  expect(notes()).toEqual(['waiting x1', 'waiting x1']);
});

test('an event that the server forgot is made again', async () => {
  recorder.record(happened('waiting'));
  await clock.settle();
  server.remove(events, written()[0]!.metadata as { name: string });
  recorder.record(happened('waiting'));
  await recorder.flush();
  expect(notes()).toEqual(['waiting x2']);
  recorder.record(happened('waiting'));
  await recorder.flush();
  expect(notes()).toEqual(['waiting x3']);
  expect(errors).toEqual([]);
});

test('after ten notes that are similar, the others are one event', async () => {
  for (let i = 0; i < 30; i++) recorder.record(happened(`pod ${i} is late`));
  recorder.record(happened('pod 3 is late'));
  await recorder.flush();
  expect(written()).toHaveLength(11);
  expect(notes()).toContain('(combined from similar events): pod 10 is late x20');
  expect(notes()).toContain('pod 3 is late x2');
  await clock.advance(600_000);
  recorder.record(happened('pod 99 is late'));
  await recorder.flush();
  expect(notes()).toContain('pod 99 is late x1');
});

test('an object with too much to say is cut short, others are not', async () => {
  for (let i = 0; i < 100; i++) recorder.record(happened('x', { reason: `Reason${i}` }));
  recorder.record(happened('x', { regarding: { ...pod, metadata: { namespace: 'n', name: 'other' } } }));
  await recorder.flush();
  expect(written()).toHaveLength(26);
  expect(recorder.metrics).toMatchObject({ recorded: 101, created: 26, dropped: 75 });
  // Not new: it only counts on.
  recorder.record(happened('x', { reason: 'Reason1' }));
  await clock.advance(60_000);
  for (let i = 200; i < 210; i++) recorder.record(happened('x', { reason: `Reason${i}` }));
  await recorder.flush();
  expect(written()).toHaveLength(28);
  expect(recorder.metrics).toMatchObject({ dropped: 83, updated: 1 });
});

describe('a server that does not answer', () => {
  test('is tried again, under one name: what was done though nobody heard is not done twice', async () => {
    const faults = [{ error: failure('network') }, { error: failure('timeout'), done: true }];
    server.fault = () => faults.shift();
    recorder.record(happened('a'));
    await clock.advance(10_000);
    expect(server.callsOf('create')).toHaveLength(3);
    expect([notes(), errors]).toEqual([['a x1'], []]);
  });

  test('and what repeated meanwhile is not lost with it', async () => {
    const faults = [{ error: failure('timeout'), done: true }];
    server.fault = () => faults.shift();
    recorder.record(happened('a'));
    await clock.settle();
    recorder.record(happened('a'));
    await clock.advance(60_000);
    expect(notes()).toEqual(['a x2']);
  });

  test('is given up after eight tries, and asked for the next', async () => {
    server.fault = ({ body }) => ((body as EventObject).note === 'a' ? { error: failure('server') } : undefined);
    recorder.record(happened('a'));
    recorder.record(happened('b'));
    await clock.advance(200_000);
    expect(server.callsOf('create')).toHaveLength(9);
    expect([notes(), errors]).toEqual([['b x1'], ['KubeError: scripted: server']]);
    expect(recorder.metrics).toMatchObject({ failed: 1, created: 1, depth: 0 });
  });

  test('that refuses is not asked twice', async () => {
    server.fault = () => ({ error: failure('forbidden') });
    recorder.record(happened('a'));
    await recorder.flush();
    expect([server.calls.length, errors.length]).toEqual([1, 1]);
  });

  test('lets no more than a thousand wait', async () => {
    server.fault = () => ({ before: 1e9 });
    for (let i = 0; i < 3000; i++) {
      recorder.record(happened('x', { regarding: { ...pod, metadata: { namespace: 'n', name: `p${i}` } } }));
    }
    await clock.settle();
    expect(recorder.metrics).toMatchObject({ dropped: 2000, depth: 999 });
  });

  test('does not keep stop waiting', async () => {
    server.fault = () => ({ before: 1e9 });
    recorder.record(happened('a'));
    recorder.record(happened('b'));
    let stopped = false;
    void recorder.stop({ deadline: 3000 }).then(() => (stopped = true));
    await clock.advance(2999);
    expect(stopped).toBe(false);
    await clock.advance(1);
    expect([stopped, recorder.metrics.failed, clock.pending]).toEqual([true, 2, 0]);
    recorder.record(happened('c'));
    expect(recorder.metrics.dropped).toBe(1);
  });
});

test('stop sends what waits, series too', async () => {
  recorder.record(happened('a'));
  await clock.settle();
  recorder.record(happened('a'));
  await clock.settle();
  recorder.record(happened('a'));
  server.fault = () => ({ after: 100 });
  recorder.record(happened('b'));
  await clock.settle();
  const stopped = recorder.stop();
  await clock.advance(1000);
  await stopped;
  expect(notes()).toEqual(['a x3', 'b x1']);
});

test('what cannot be recorded is reported, not thrown', () => {
  recorder.record({ reason: 'x' } as Occurrence);
  recorder.record(undefined as unknown as Occurrence);
  expect(errors).toHaveLength(2);
  expect(recorder.metrics).toMatchObject({ recorded: 2, failed: 2 });
});

test.each([
  ['system:node:A', 'system-node-a'],
  ['-.x..', 'x'],
  ['', 'event'],
  ['a'.repeat(253), 'a'.repeat(235)],
])('the name of %j makes a name that events may have', async (name, begin) => {
  recorder.record({ regarding: { metadata: { name } }, reason: 'x', note: 'x' });
  await recorder.flush();
  const own = written()[0]!.metadata.name!;
  expect(own.slice(0, -18)).toBe(begin);
  expect(own.length).toBeLessThanOrEqual(253);
});

test('what is too long is cut to what the API takes, which counts bytes', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'grapheme', maxLength: 60 }), fc.integer({ min: 3, max: 60 }), (text, limit) => {
      const short = clipped(text, limit);
      expect(Buffer.byteLength(short)).toBeLessThanOrEqual(limit);
      if (!text.includes('\uFFFD')) expect(short).not.toContain('\uFFFD');
      if (Buffer.byteLength(text) <= limit) expect(short).toBe(text);
      else expect([text.startsWith(short.slice(0, -3)), short.slice(-3)]).toEqual([true, '...']);
    }),
    { numRuns: 1000 },
  );
});

test('reason, action, note and instance keep to their limits', async () => {
  await recorder.stop();
  recorder = recorderWith({ instance: 'i'.repeat(200) });
  recorder.record(happened('é'.repeat(2000), { reason: 'r'.repeat(200), action: 'a'.repeat(200) }));
  await recorder.flush();
  const [event] = written();
  const lengths = [event!.note, event!.reason, event!.action, event!.reportingInstance].map((text) =>
    Buffer.byteLength(text),
  );
  expect(lengths).toEqual([1023, 128, 128, 128]);
});
