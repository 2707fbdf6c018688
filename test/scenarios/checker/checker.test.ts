import { Checker, textOf } from './checker.js';
import { Story } from './story.js';

const broken = (
  tell: (story: Story) => void,
  oracle?: ConstructorParameters<typeof Checker>[0]['oracle'],
): string[] => {
  const checker = new Checker({ isOurs: (user) => user === 'us', ...(oracle && { oracle }) });
  tell(new Story(checker));
  checker.finish();
  return checker.breaches.map(({ invariant, problem }) => `${invariant}: ${problem}`);
};

describe('I1: what is taken out of service is within the budget', () => {
  test('one at a time', () => {
    expect(
      broken((story) => {
        story.workload({ maxUnavailable: 1 });
        story.us('close', 'game-1');
        story.after(2000).seen('game-1', { running: 'c2', imageID: 'i2', image: 'app:2', ready: true });
        story.us('open', 'game-1').after(500).us('close', 'game-0');
      }),
    ).toEqual([]);
  });

  test('two at a time of one', () => {
    expect(
      broken((story) => {
        story.workload({ maxUnavailable: 1 });
        story.us('close', 'game-1').us('close', 'game-0');
      }),
    ).toEqual(['I1: game-0 is taken out of service, game-1 is unavailable: 2 of at most 1']);
  });

  test('while another pod is lost for a while', () => {
    expect(
      broken((story) => {
        story.workload({ maxUnavailable: 1 });
        story.gone('game-0').after(1000).us('close', 'game-1');
      }),
    ).toEqual(['I1: game-1 is taken out of service, game-0 is unavailable: 2 of at most 1']);
  });

  test('a second broken pod is moved to a target where one is broken', () => {
    expect(
      broken((story) => {
        story.workload({ maxUnavailable: 1 });
        for (const name of ['game-0', 'game-1']) story.seen(name, { ready: false, waiting: true });
        story.after(1000).us('close', 'game-1').us('close', 'game-0');
      }),
    ).toEqual(['I1: game-0 is moved to r2, where game-1 is unavailable: 2 of at most 1']);
  });
});

describe('I2: the grace', () => {
  test('is given', () => {
    expect(
      broken((story) => {
        story.workload({ grace: 2 });
        story.us('close', 'game-1').seen('game-1', { ready: false }).after(2010).us('update', 'game-1');
      }),
    ).toEqual([]);
  });

  test('is too short', () => {
    expect(
      broken((story) => {
        story.workload({ grace: 2 });
        story.us('close', 'game-1').after(1500).seen('game-1', { ready: false }).after(600).us('update', 'game-1');
      }),
    ).toEqual(['I2: game-1 was patched after 0.61 s out of traffic; its grace is 2 s']);
  });

  test('is not even begun', () => {
    expect(
      broken((story) => {
        story.workload({ grace: 2 });
        story.us('close', 'game-1').after(2100).us('update', 'game-1');
      }),
    ).toEqual(['I2: game-1 was patched 2.11 s after its gate was closed, and never seen out of traffic']);
  });

  test('is needless where nothing runs', () => {
    expect(
      broken((story) => {
        story.workload({ grace: 2 });
        story.seen('game-1', { ready: false, waiting: true }).us('close', 'game-1').us('update', 'game-1');
      }),
    ).toEqual([]);
  });

  test('an open gate', () => {
    expect(broken((story) => story.workload({ grace: 2 }).us('update', 'game-1'))).toEqual([
      'I2: game-1 was patched while its gate was open',
    ]);
  });
});

describe('I3: a gate opens when what runs is proven', () => {
  const patched = (story: Story): Story =>
    story.workload({}).us('close', 'game-1').seen('game-1', { ready: false }).us('update', 'game-1');

  test('another container of another image', () => {
    expect(
      broken((story) => {
        patched(story).seen('game-1', { running: 'c2', imageID: 'i2', ready: false }).us('open', 'game-1');
      }),
    ).toEqual([]);
  });

  test('a cancel before the patch', () => {
    expect(broken((story) => story.workload({}).us('close', 'game-1').us('open', 'game-1'))).toEqual([]);
  });

  test('the status still shows the container from before', () => {
    expect(broken((story) => patched(story).us('open', 'game-1'))).toEqual([
      'I3: game-1 goes back into traffic, and container app is not proven to run its image',
    ]);
  });

  test('another container of the same image that has not stood', () => {
    const [told] = broken((story) => {
      patched(story).seen('game-1', { running: 'c2', ready: false }).after(1000).us('open', 'game-1');
    });
    expect(told).toMatch(/^I3: .* not proven/);
  });

  test('the status says so, and the node knows better', () => {
    const oracle = { instances: () => [{ container: 'app', image: 'app:1', startedAt: 0 }] } as never;
    const [told] = broken((story) => {
      patched(story).seen('game-1', { running: 'c2', imageID: 'i2', ready: false }).us('open', 'game-1');
    }, oracle);
    expect(told).toBe('I3: game-1 goes back into traffic and runs app:1, not app:2');
  });
});

describe('I4: hooks', () => {
  test('a patch without its hook', () => {
    expect(broken((story) => story.workload({ hook: true }).us('close', 'game-1').us('update', 'game-1'))).toEqual([
      'I4: game-1 runs the game and was patched: its hook has not succeeded',
    ]);
  });

  test('a scale-in without its hook', () => {
    expect(broken((story) => story.workload({ deleteHook: true }).scaled(1))).toEqual([
      'I4: game-1 runs the game and would be deleted by this: its hook has not succeeded',
    ]);
  });

  test('a patch of a pod in which nothing runs', () => {
    expect(
      broken((story) => {
        story.workload({ hook: true }).seen('game-1', { ready: false, waiting: true });
        story.us('close', 'game-1').us('update', 'game-1');
      }),
    ).toEqual([]);
  });
});

test('I5: a pod below the partition is moved', () => {
  expect(broken((story) => story.workload({ partition: 1 }).us('close', 'game-1'))).toEqual([]);
  expect(broken((story) => story.workload({ partition: 1, stable: 'r2' }).us('close', 'game-0'))).toEqual([]);
  expect(broken((story) => story.workload({ partition: 1 }).us('close', 'game-0'))).toEqual([
    'I5: game-0 is moved to r2; the partition 1 holds it',
  ]);
});

describe('I6: a withdrawn image', () => {
  test('is sent', () => {
    expect(
      broken((story) => {
        story.workload({}).us('close', 'game-1').changed({ image: 'app:1' }).after(1000).us('update', 'game-1');
      }),
    ).toEqual(['I6: game-1 is sent app:2, which the template does not say any more']);
  });

  test('is sent before anybody could know', () => {
    expect(
      broken((story) => {
        story.workload({}).us('close', 'game-1').changed({ image: 'app:1' }).after(50).us('update', 'game-1');
      }),
    ).toEqual([]);
  });

  test('is sent during a pause', () => {
    expect(
      broken((story) => {
        story.workload({}).us('close', 'game-1').changed({ paused: true }).after(1000).us('update', 'game-1');
      }),
    ).toEqual(['I6: game-1 is sent app:2 during a pause']);
  });
});

describe('I7: in place keeps the pod', () => {
  const NATIVE = 'system:serviceaccount:kube-system:statefulset-controller';

  test('the StatefulSet controller makes it anew', () => {
    expect(broken((story) => story.workload({}).deleted('game-1', NATIVE))).toEqual([
      'I7: game-1 was deleted by the StatefulSet controller; it is to be updated in place',
    ]);
  });

  test('we delete it', () => {
    expect(broken((story) => story.workload({}).deleted('game-1', 'us'))).toEqual([
      'I7: game-1 was deleted by us; it is to be updated in place',
    ]);
  });

  test('somebody else does, or it is scaled in, or it may be recreated', () => {
    expect(broken((story) => story.workload({}).deleted('game-1', 'operator'))).toEqual([]);
    expect(broken((story) => story.workload({}).scaled(1).after(1000).deleted('game-1', NATIVE))).toEqual([]);
    expect(broken((story) => story.workload({ fallback: 'Recreate' }).deleted('game-1', NATIVE))).toEqual([]);
  });
});

describe('I9: a steady state', () => {
  test('a write that changes nothing', () => {
    expect(
      broken((story) => story.workload({}).us('open', 'game-1', { changes: false }).after(20_000).seen('game-0', {})),
    ).toEqual(['I9: patch pods/status game-1 changed nothing']);
  });

  test('a write that changes nothing, and is the last', () => {
    const checker = new Checker({ isOurs: (user) => user === 'us' });
    const story = new Story(checker).workload({}).us('open', 'game-1', { changes: false });
    checker.finish(story.time + 1000);
    expect(checker.breaches).toEqual([]);
    checker.finish(story.time + 2000);
    expect(checker.breaches.map(({ problem }) => problem)).toEqual(['patch pods/status game-1 changed nothing']);
  });

  test('a write where nothing is to be done', () => {
    expect(broken((story) => story.workload({}).steady().us('close', 'game-1'))).toEqual([
      'I9: patch pods game-1 in a steady state',
    ]);
  });

  test('a write after it', () => {
    const tell = (story: Story) => story.workload({}).steady().after(1000).unsteady().after(10).us('close', 'game-1');
    expect(broken(tell)).toEqual([]);
  });
});

test('a report shows what happened before', () => {
  const checker = new Checker({ isOurs: (user) => user === 'us' });
  new Story(checker).workload({}).us('close', 'game-1').us('close', 'game-0');
  checker.finish();
  const text = textOf(checker.breaches[0]!);
  expect(text).toContain('> us close pods/status game-1');
  expect(text).toContain('I1 BROKEN: game-0 is taken out of service');
});
