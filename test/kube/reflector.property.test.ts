import { isDeepStrictEqual } from 'node:util';
import fc from 'fast-check';
import type { KubeObject } from '../../src/kube/objects.js';
import { Reflector } from '../../src/kube/reflector.js';
import { pods } from '../../src/kube/resource.js';
import { FakeApi, failure } from './fake-api.js';
import { contentOf, LifeChecker } from './life.js';
import { VirtualClock } from './virtual-clock.js';

/** What can happen to a server and to the line to it. */
type Happening =
  | { readonly do: 'put' | 'remove' | 'recreate'; readonly name: string; readonly owner: string }
  | { readonly do: 'wait'; readonly time: number }
  | { readonly do: 'cut' | 'close' | 'gone' | 'compact' | 'bookmark' | 'silence' | 'duplicate' | 'replay' | 'restart' }
  | { readonly do: 'garbage'; readonly what: unknown }
  | { readonly do: 'refuse'; readonly kind: (typeof kinds)[number]; readonly times: number }
  | { readonly do: 'slow'; readonly delay: number; readonly times: number }
  | { readonly do: 'backup' | 'restore' };

const kinds = ['server', 'timeout', 'network', 'protocol', 'tooManyRequests', 'gone', 'forbidden', 'notFound'] as const;
const name = fc.constantFrom('a', 'b', 'c', 'd', 'e', 'f', 'g');
const owner = fc.constantFrom('x', 'y', 'z');
const garbage = fc.constantFrom(
  null,
  {},
  { type: 'ADDED', object: null },
  { type: 'MODIFIED', object: { metadata: {} } },
  { type: 'ADDED', object: { metadata: { name: 'a', uid: 'u', resourceVersion: '0x10' } } },
  { type: 'ADDED', object: { metadata: { name: 'a', uid: 'u', resourceVersion: '5' } } },
  { type: 'BOOKMARK', resourceVersion: '' },
  { type: 'BOOKMARK', resourceVersion: '7' },
);

const write = fc.record({ do: fc.constantFrom('put', 'put', 'put', 'remove', 'recreate'), name, owner });
const wait = fc.record({ do: fc.constant('wait'), time: fc.constantFrom(0, 0, 1, 40, 700, 5000, 40_000, 130_000) });
const trouble = fc.oneof(
  fc.record({
    do: fc.constantFrom('cut', 'close', 'gone', 'compact', 'bookmark', 'silence', 'duplicate', 'replay', 'restart'),
  }),
  fc.record({ do: fc.constant('garbage'), what: garbage }),
  fc.record({ do: fc.constant('refuse'), kind: fc.constantFrom(...kinds), times: fc.integer({ min: 1, max: 4 }) }),
  fc.record({
    do: fc.constant('slow'),
    delay: fc.constantFrom(5, 300, 3000, 70_000),
    times: fc.integer({ min: 1, max: 4 }),
  }),
);
const restores = fc.record({ do: fc.constantFrom('backup', 'restore') });
const history = (...happenings: fc.Arbitrary<unknown>[]) =>
  fc.array(fc.oneof(...happenings), { minLength: 1, maxLength: 60 }) as fc.Arbitrary<Happening[]>;

class Run {
  readonly clock = new VirtualClock();
  readonly server = new FakeApi(this.clock);
  readonly reflector: Reflector<KubeObject, 'owner'>;
  readonly life: LifeChecker<KubeObject>;
  readonly errors: unknown[] = [];
  /** All that the server ever was, by version; after it was set back there can be several. */
  private readonly states = new Map<string, Map<string, string>[]>();
  private faults: { readonly before?: number; readonly error?: ReturnType<typeof failure> }[] = [];
  private saved: FakeApi['backup'];
  private at = 0;

  constructor(
    private readonly chance: number,
    rewinds: boolean,
  ) {
    const { clock, server } = this;
    server.fault = () => this.faults.shift();
    this.saved = server.backup;
    this.remember();
    const random = (): number => (this.at = (this.at * 16_807 + this.chance + 1) % 2_147_483_647) / 2_147_483_647;
    this.reflector = new Reflector({
      api: server,
      clock,
      resource: pods,
      pageSize: 2,
      random,
      indexes: { owner: ({ metadata }) => [metadata.labels?.['owner'] ?? 'none', 'all'] },
      onError: (error) => this.errors.push(error),
    });
    this.life = new LifeChecker(this.reflector.store, { rewinds });
    this.reflector.store.subscribe(() => {
      this.look();
      throw new Error('a listener that always throws');
    });
  }

  async happen(happening: Happening): Promise<void> {
    const { server, clock } = this;
    const watches = server.openWatches;
    switch (happening.do) {
      case 'put':
        this.put(happening.name, happening.owner);
        break;
      case 'remove':
        server.remove(pods, { namespace: 'n', name: happening.name });
        this.remember();
        break;
      case 'recreate':
        server.remove(pods, { namespace: 'n', name: happening.name });
        this.remember();
        this.put(happening.name, happening.owner);
        break;
      case 'wait':
        await clock.advance(happening.time);
        break;
      case 'cut':
        for (const watch of watches) watch.cut();
        break;
      case 'close':
        for (const watch of watches) watch.close();
        break;
      case 'gone':
        for (const watch of watches) watch.fail('gone');
        break;
      case 'compact':
        server.compact();
        break;
      case 'restart':
        server.compact();
        for (const watch of watches) watch.cut();
        this.faults.push(...Array.from({ length: 3 }, () => ({ error: failure('network') })));
        break;
      case 'bookmark':
        for (const watch of watches) watch.bookmark(server.version);
        break;
      case 'silence':
        for (const watch of watches) watch.silent = true;
        break;
      case 'duplicate':
        for (const watch of watches) if (watch.sent.length > 0) watch.push(watch.sent.at(-1));
        break;
      case 'replay':
        for (const watch of watches) for (const event of [...watch.sent]) watch.push(event);
        break;
      case 'garbage':
        for (const watch of watches) watch.push(happening.what);
        break;
      case 'refuse':
        for (let i = 0; i < happening.times; i++) this.faults.push({ error: failure(happening.kind) });
        break;
      case 'slow':
        for (let i = 0; i < happening.times; i++) this.faults.push({ before: happening.delay });
        break;
      case 'backup':
        this.saved = server.backup;
        break;
      case 'restore':
        server.restore(this.saved);
        // Numbers cannot tell it any more once the server has given out as many again: until then we must have looked.
        this.faults = [];
        await clock.advance(180_000);
        break;
    }
  }

  /** Faults end; some minutes later everything must be as on the server. */
  async finish(): Promise<void> {
    this.faults = [];
    await this.clock.advance(600_000);
    const { store } = this.reflector;
    const truth = contentOf(this.server.objects(pods).values());
    expect(contentOf(store.list())).toEqual(truth);
    expect(new Map([...this.life.shown].sort(([a], [b]) => (a < b ? -1 : 1)))).toEqual(truth);
    expect(this.life.problems).toEqual([]);
    for (const value of ['x', 'y', 'z', 'none', 'all']) {
      const expected = store.list().filter(({ metadata }) => value === 'all' || metadata.labels?.['owner'] === value);
      expect(contentOf(store.byIndex('owner', value))).toEqual(contentOf(expected));
    }
    for (const object of store.list()) expect(store.byUid(object.metadata.uid)).toBe(object);
    expect(store.hasSeen(String(this.lastWrite))).toBe(true);
    await this.reflector.stop();
    expect(this.clock.pending).toBe(0);
  }

  private put(own: string, label: string): void {
    this.server.put(pods, { metadata: { namespace: 'n', name: own, labels: { owner: label } } });
    this.remember();
  }

  private get lastWrite(): number {
    return Math.max(
      1,
      ...Array.from(this.server.objects(pods).values(), ({ metadata }) => Number(metadata.resourceVersion)),
    );
  }

  private remember(): void {
    const version = String(this.server.version);
    const content = contentOf(this.server.objects(pods).values());
    this.states.set(version, [...(this.states.get(version) ?? []), content]);
  }

  /** Whenever somebody is told something, the store is what the server was at the store's version: never half, never a mixture. */
  private look(): void {
    const { store } = this.reflector;
    const shown = contentOf(store.list());
    const states = this.states.get(store.version ?? '') ?? [];
    if (!states.some((state) => isDeepStrictEqual(state, shown)))
      this.life.problems.push(`at ${String(store.version)} the server was never ${JSON.stringify([...shown])}`);
  }
}

async function run(happenings: readonly Happening[], chance: number, rewinds: boolean): Promise<Run> {
  const own = new Run(chance, rewinds);
  own.reflector.start();
  for (const happening of happenings) await own.happen(happening);
  await own.finish();
  return own;
}

const runs = Number(process.env['GAMEZONE_RUNS'] ?? 1500);

test('whatever happens to server and line, the events add up to the server, and each life is one', async () => {
  await fc.assert(
    fc.asyncProperty(history(write, wait, trouble), fc.nat(), async (happenings, chance) => {
      await run(happenings, chance, false);
    }),
    { numRuns: runs },
  );
}, 300_000);

test('a server restored to an older state is found out, and followed there', async () => {
  await fc.assert(
    fc.asyncProperty(history(write, write, wait, trouble, restores), fc.nat(), async (happenings, chance) => {
      await run(happenings, chance, true);
    }),
    { numRuns: runs },
  );
}, 300_000);

test('as long as the history is kept, every single change is told, in order, whatever breaks', async () => {
  const line = fc.record({ do: fc.constantFrom('cut', 'close', 'bookmark', 'silence', 'duplicate') });
  const refusal = fc.record({
    do: fc.constant('refuse'),
    kind: fc.constantFrom('server', 'network'),
    times: fc.nat(3),
  });
  await fc.assert(
    fc.asyncProperty(history(write, wait, line, refusal), fc.nat(), async (happenings, chance) => {
      const own = new Run(chance, false);
      own.reflector.start();
      await own.reflector.store.whenSynced();
      const told: string[] = [];
      own.reflector.store.subscribe(({ type, object }) => {
        told.push(`${type} ${object.metadata.uid} ${object.metadata.resourceVersion}`);
      });
      for (const happening of happenings) await own.happen(happening);
      await own.finish();
      const words = { ADDED: 'added', MODIFIED: 'changed', DELETED: 'removed' } as const;
      const history = own.server.historyOf(pods).map((event) => {
        if (event.type === 'BOOKMARK') throw new Error('no history');
        return `${words[event.type]} ${event.object.metadata.uid} ${event.object.metadata.resourceVersion}`;
      });
      expect(told).toEqual(history);
      expect(own.reflector.state.lists).toBe(1);
    }),
    { numRuns: runs },
  );
}, 300_000);
