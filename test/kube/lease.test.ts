import { isKubeError } from '../../src/kube/error.js';
import { LeaseElection, type Lease, type LeaseElectionOptions } from '../../src/kube/lease.js';
import { leases } from '../../src/kube/resource.js';
import { FakeApi, failure, type Call, type Fault } from './fake-api.js';
import { VirtualClock } from './virtual-clock.js';

const lease = { namespace: 'n', name: 'controller' };
let clock: VirtualClock;
let server: FakeApi;
let log: string[];
let candidates: Candidate[];

beforeEach(() => {
  clock = new VirtualClock();
  server = new FakeApi(clock);
  log = [];
  candidates = [];
});

afterEach(async () => {
  server.fault = () => undefined;
  for (const { election, finish } of candidates) {
    finish();
    const stopped = election.stop();
    await clock.settle();
    await stopped;
  }
  expect(clock.pending).toBe(0);
});

interface Candidate {
  readonly election: LeaseElection;
  readonly signals: AbortSignal[];
  readonly errors: unknown[];
  readonly finish: (error?: Error) => void;
}

/** A running one. Its work goes on until its signal, or with `slow` until `finish`. */
function candidate(identity: string, options: Partial<LeaseElectionOptions> & { slow?: boolean } = {}): Candidate {
  const { slow = false, ...more } = options;
  const signals: AbortSignal[] = [];
  const errors: unknown[] = [];
  let end = (_?: Error): void => undefined;
  const say = (what: string): void => void log.push(`${clock.monotonic() / 1000} ${identity} ${what}`);
  const election = new LeaseElection({
    api: server,
    clock,
    lease,
    identity,
    random: () => 0,
    onStartedLeading: (signal) => {
      signals.push(signal);
      say('leads');
      return new Promise<void>((resolve, reject) => {
        end = (error) => (error ? reject(error) : resolve());
        if (!slow) signal.addEventListener('abort', () => resolve());
      });
    },
    onStoppedLeading: () => say(`stops, told: ${String(signals.at(-1)?.aborted)}`),
    onNewLeader: (holder) => say(`sees ${holder}`),
    onError: (error) => errors.push(error),
    ...more,
  });
  election.start();
  const made: Candidate = { election, signals, errors, finish: (error) => end(error) };
  candidates.push(made);
  return made;
}

const record = (): NonNullable<Lease['spec']> => (server.objects(leases).get('n/controller') as Lease).spec!;
const failing =
  (fault: Fault, ...verbs: Call['verb'][]) =>
  ({ verb }: Call): Fault | undefined =>
    verbs.length === 0 || verbs.includes(verb) ? fault : undefined;

/** A lease of somebody else, who may be on another planet: nothing in it tells the time. */
function heldBy(holderIdentity: string, more: Lease['spec'] = {}): void {
  const spec = {
    holderIdentity,
    leaseDurationSeconds: 15,
    leaseTransitions: 7,
    renewTime: '1970-01-01T00:00:00.000000Z',
  };
  const object: Lease = { metadata: lease, spec: { ...spec, ...more } };
  server.put(leases, object);
}

test('a lease that is not there is made, and work begins', async () => {
  const { election, signals } = candidate('a');
  expect(election.isLeading).toBe(false);
  await clock.settle();
  expect(election.isLeading).toBe(true);
  expect(election.holder).toBe('a');
  expect(signals.map(({ aborted }) => aborted)).toEqual([false]);
  expect(record()).toEqual({
    holderIdentity: 'a',
    leaseDurationSeconds: 15,
    acquireTime: '2030-01-01T00:00:00.000000Z',
    renewTime: '2030-01-01T00:00:00.000000Z',
    leaseTransitions: 0,
  });
  expect(log).toEqual(['0 a sees a', '0 a leads']);
});

test('it is renewed every two seconds with one write, before all other requests', async () => {
  candidate('a');
  await clock.advance(60_000);
  expect(server.callsOf('update')).toHaveLength(30);
  expect(server.callsOf('get', 'create')).toHaveLength(2);
  expect(server.callsOf('update').every(({ options }) => options.urgent === true)).toBe(true);
  expect(record()).toMatchObject({
    acquireTime: '2030-01-01T00:00:00.000000Z',
    renewTime: '2030-01-01T00:01:00.000000Z',
    leaseTransitions: 0,
  });
  expect(log).toHaveLength(2);
});

test('what others put onto the lease stays', async () => {
  server.put(leases, { metadata: { ...lease, labels: { app: 'x' } } });
  candidate('a');
  await clock.advance(2000);
  expect(server.objects(leases).get('n/controller')).toMatchObject({ metadata: { labels: { app: 'x' } } });
  expect(record().holderIdentity).toBe('a');
});

test.each(['1970-01-01T00:00:00.000000Z', '2999-01-01T00:00:00.000000Z'])(
  'a lease of another expires when it was not seen to change, whatever it says: %s',
  async (renewTime) => {
    heldBy('other', { renewTime });
    const { election } = candidate('a');
    await clock.advance(14_000);
    heldBy('other', { renewTime: '1980-01-01T00:00:00.000000Z' });
    await clock.advance(15_000);
    expect(election.isLeading).toBe(false);
    await clock.advance(3000);
    // Seen at 16, and once more than 15 seconds later.
    expect(log).toEqual(['0 a sees other', '32 a sees a', '32 a leads']);
    expect(record().leaseTransitions).toBe(8);
  },
);

test('the duration is that of the record', async () => {
  heldBy('other', { leaseDurationSeconds: 40 });
  candidate('a');
  await clock.advance(41_000);
  expect(log).toEqual(['0 a sees other']);
  await clock.advance(2000);
  expect(log.at(-1)).toBe('42 a leads');
});

test('a lease that was given away is free at once', async () => {
  heldBy('', { leaseDurationSeconds: 1 });
  candidate('a');
  await clock.settle();
  expect(log).toEqual(['0 a sees a', '0 a leads']);
});

test('a leader without a server stops ten seconds after it sent its last renewal', async () => {
  const { errors, election } = candidate('a');
  await clock.advance(60_000);
  server.fault = failing({ error: failure('network') });
  await clock.advance(9999);
  expect(election.isLeading).toBe(true);
  await clock.advance(1);
  expect(log.slice(2)).toEqual(['70 a stops, told: true']);
  expect(errors.length).toBeGreaterThan(5);
  server.fault = () => undefined;
  await clock.advance(3000);
  expect(log.at(-1)).toBe('72 a leads');
  // Nobody else had it.
  expect(record().leaseTransitions).toBe(0);
});

test.each([
  ['hang', { before: 1e9 }],
  ['are done, but their answers are lost', { error: failure('timeout'), done: true }],
  ['are done, and answered too late', { after: 30_000 }],
])('a leader whose renewals %s stops in time too', async (_, fault) => {
  candidate('a');
  await clock.advance(60_000);
  server.fault = failing(fault);
  await clock.advance(20_000);
  expect(log.slice(2)).toEqual(['70 a stops, told: true']);
});

test('an answer that takes long counts from when it was asked', async () => {
  candidate('a', { leaseDuration: 15_000, renewDeadline: 10_000 });
  await clock.advance(1000);
  server.fault = failing({ after: 3000 }, 'update');
  await clock.advance(1500);
  server.fault = failing({ error: failure('network') });
  await clock.advance(20_000);
  // Sent at 2, answered at 5.
  expect(log.slice(2)).toEqual(['12 a stops, told: true']);
});

test('one renewal that is lost is no end', async () => {
  const { errors } = candidate('a');
  await clock.advance(1000);
  let lost = 0;
  server.fault = ({ verb }) =>
    verb === 'update' && ++lost % 2 === 1 ? { error: failure('network'), done: lost % 4 === 1 } : undefined;
  await clock.advance(120_000);
  expect(log).toHaveLength(2);
  expect(errors.length).toBeGreaterThan(20);
});

describe('a process that stood still', () => {
  test('stops first and asks then', async () => {
    candidate('a');
    await clock.advance(1000);
    const calls = server.calls.length;
    let callsWhenStopped = 0;
    candidates[0]!.signals[0]!.addEventListener('abort', () => (callsWhenStopped = server.calls.length));
    await clock.freeze(20_000);
    expect([log.slice(2), callsWhenStopped]).toEqual([['21 a stops, told: true', '21 a leads'], calls]);
  });

  test('is no leader, even before its timers know', async () => {
    const { election, signals } = candidate('a');
    await clock.advance(1000);
    void clock.freeze(20_000);
    expect([election.isLeading, signals[0]?.aborted]).toEqual([false, true]);
    await clock.settle();
  });

  test('while the answer to its renewal was there', async () => {
    candidate('a');
    await clock.advance(1000);
    server.fault = failing({ after: 500 }, 'update');
    await clock.advance(1200);
    await clock.freeze(20_000);
    // The renewal was good, but the time in between is not known.
    expect(log.slice(2, 3)).toEqual(['22.2 a stops, told: true']);
  });

  test('with a monotonic clock that stood still as well', async () => {
    candidate('a');
    await clock.advance(1000);
    clock.jumpWall(7000);
    await clock.advance(3000);
    expect(log).toHaveLength(2);
    clock.jumpWall(10_000);
    await clock.advance(2000);
    expect(log[2]).toBe('6 a stops, told: true');
  });

  test('a wall clock that is set back ends nothing', async () => {
    candidate('a');
    await clock.advance(1000);
    clock.jumpWall(-86_400_000);
    await clock.advance(60_000);
    expect(log).toHaveLength(2);
  });

  test('a candidate that stood still does not take what was renewed meanwhile', async () => {
    heldBy('other');
    candidate('a');
    await clock.advance(5000);
    heldBy('other');
    await clock.freeze(60_000);
    await clock.advance(10_000);
    expect(log).toEqual(['0 a sees other']);
  });

  test('nor what is renewed between its look and its write', async () => {
    heldBy('other');
    const { errors } = candidate('a');
    server.fault = ({ verb }) => {
      if (verb === 'update') heldBy('other');
      return undefined;
    };
    await clock.advance(120_000);
    expect(log).toEqual(['0 a sees other']);
    expect(errors.every((error) => isKubeError(error, 'conflict'))).toBe(true);
  });
});

describe('a leader', () => {
  test('that finds another one in its place stops at once', async () => {
    candidate('a');
    await clock.advance(1000);
    heldBy('other');
    await clock.advance(1000);
    expect(log.slice(2)).toEqual(['2 a sees other', '2 a stops, told: true']);
  });

  test('whose lease is deleted makes it again and goes on', async () => {
    candidate('a');
    await clock.advance(1000);
    server.remove(leases, lease);
    await clock.advance(60_000);
    expect([log.length, record().holderIdentity]).toEqual([2, 'a']);
  });

  test('whose lease is changed by others goes on', async () => {
    candidate('a');
    await clock.advance(1000);
    server.put(leases, { ...server.objects(leases).get('n/controller')!, metadata: { ...lease, labels: { x: 'y' } } });
    await clock.advance(60_000);
    expect(log).toHaveLength(2);
  });

  test('whose work fails gives the lease away, and lets others have a try', async () => {
    const first = candidate('a');
    await clock.advance(1000);
    candidate('b');
    await clock.advance(1000);
    first.finish(new Error('work'));
    await clock.advance(10_000);
    expect(log.slice(2)).toEqual(['1 b sees a', '2 a stops, told: true', '3 b sees b', '3 b leads', '4 a sees b']);
    expect(first.errors.map(String)).toEqual(['Error: work']);
  });

  test('whose work ends leads on: it may just have begun something', async () => {
    const { finish, election } = candidate('a');
    await clock.advance(1000);
    finish();
    await clock.advance(60_000);
    expect(election.isLeading).toBe(true);
  });

  test('does not begin anew before its old work has ended', async () => {
    const { finish, signals } = candidate('a', { slow: true });
    await clock.advance(1000);
    server.fault = failing({ error: failure('network') });
    await clock.advance(11_000);
    server.fault = () => undefined;
    await clock.advance(60_000);
    expect([log.length, signals.length]).toEqual([3, 1]);
    candidate('b');
    await clock.advance(20_000);
    expect(log.slice(3).filter((line) => line.endsWith('leads'))).toEqual([expect.stringMatching(/b leads/)]);
    finish();
  });

  test('callbacks that throw change nothing', async () => {
    const fail = (): never => {
      throw new Error('callback');
    };
    const { errors, election } = candidate('a', { onNewLeader: fail, onStoppedLeading: fail });
    await clock.advance(60_000);
    expect(election.isLeading).toBe(true);
    await election.stop();
    expect(errors.map(String)).toEqual(['Error: callback', 'Error: callback']);
  });
});

describe('stop', () => {
  test('gives the lease away, so that the next one need not wait', async () => {
    const { election } = candidate('a');
    await clock.advance(1000);
    candidate('b');
    await clock.advance(500);
    const stopped = election.stop();
    await clock.settle();
    await stopped;
    expect(record()).toMatchObject({ holderIdentity: '', leaseDurationSeconds: 1, leaseTransitions: 0 });
    await clock.advance(2000);
    expect(log.slice(3)).toEqual(['1.5 a stops, told: true', '3 b sees b', '3 b leads']);
    expect(record().leaseTransitions).toBe(1);
  });

  test('waits for the work before', async () => {
    const { election, finish } = candidate('a', { slow: true });
    await clock.advance(1000);
    let stopped = false;
    void election.stop().then(() => (stopped = true));
    await clock.advance(5000);
    expect([stopped, election.isLeading, record().holderIdentity]).toEqual([false, false, 'a']);
    finish();
    await clock.settle();
    expect([stopped, record().holderIdentity]).toEqual([true, '']);
  });

  test('leaves the lease to expire when the work does not end', async () => {
    const { election } = candidate('a', { slow: true });
    await clock.advance(1000);
    let stopped = false;
    void election.stop().then(() => (stopped = true));
    await clock.advance(15_000);
    expect([stopped, record().holderIdentity]).toEqual([true, 'a']);
  });

  test('does not take the lease of another', async () => {
    heldBy('other');
    const { election } = candidate('a');
    await clock.advance(1000);
    await election.stop();
    expect(record().holderIdentity).toBe('other');
  });

  test('gives away what it got without hearing of it', async () => {
    server.fault = failing({ after: 1e9 }, 'create');
    const { election } = candidate('a');
    await clock.advance(1000);
    expect(record().holderIdentity).toBe('a');
    const stopped = election.stop();
    await clock.settle();
    await stopped;
    expect(record().holderIdentity).toBe('');
    expect(log.filter((line) => line.endsWith('leads'))).toEqual([]);
  });

  test('is final, also without a server', async () => {
    const { election } = candidate('a');
    await clock.advance(1000);
    server.fault = failing({ before: 1e9 });
    let stopped = false;
    void election.stop().then(() => (stopped = true));
    void election.stop();
    await clock.advance(4000);
    expect(stopped).toBe(true);
    server.fault = () => undefined;
    election.start();
    const calls = server.calls.length;
    await clock.advance(60_000);
    expect(server.calls.length).toBe(calls);
  });
});

test.each([
  [{ leaseDuration: 10_000 }],
  [{ renewDeadline: 4000 }],
  [{ retryPeriod: 0 }],
  [{ retryPeriod: NaN }],
  [{ identity: '' }],
])('%j does not fit', (wrong) => {
  const options = { api: server, clock, lease, identity: 'a', onStartedLeading: () => undefined };
  expect(() => new LeaseElection({ ...options, ...wrong })).toThrow(RangeError);
});
