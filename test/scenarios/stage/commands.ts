import { sleep } from '../../../src/kube/clock.js';
import { pods } from '../../../src/kube/resource.js';
import { PARTS } from '../../control-plane/parts.js';
import type { Action, Command, Commands } from '../runner/command.js';
import { NotSo } from '../runner/failure.js';
import type { Line } from '../runner/line.js';
import { valueOf } from '../runner/value.js';
import { stageOf } from './stage-session.js';
import type { Stage } from './stage.js';
import { workloadCommands } from './workload.js';

/** Milliseconds in which a doomed controller comes to its end. */
const PATIENCE = 40_000;

const atOnce =
  (act: (stage: Stage) => void): Action =>
  (session) => {
    act(stageOf(session));
    return Promise.resolve();
  };

const controller: Command = {
  usage: 'controller NAME starts [with a lease] | stops | dies | will die before|after WRITE | is dead',
  parse: (line) => {
    const name = line.next('a name');
    const words = line.rest().join(' ');
    const [, when, word] = /^will die (before|after) ([\w+-]+)$/.exec(words) ?? [];
    if (when !== undefined)
      return atOnce((stage) => {
        stage.lifeOf(name).doom(when as 'before' | 'after', word!);
      });
    switch (words) {
      case 'starts':
      case 'starts with a lease':
        return atOnce((stage) => {
          stage.startController(name, { lease: words !== 'starts' });
        });
      case 'stops':
        return (session) => stageOf(session).stopController(name);
      case 'dies':
        return atOnce((stage) => {
          stage.lifeOf(name).die();
        });
      case 'is dead':
        return async (session) => {
          const stage = stageOf(session);
          const waiting = new AbortController();
          const late = sleep(session.cluster.clock, PATIENCE, waiting.signal).then(() => 'late');
          const end = await Promise.race([stage.lifeOf(name).whenDead(), late.catch(() => 'dead')]);
          waiting.abort();
          if (end === 'late')
            throw new NotSo(`it lives after ${PATIENCE / 1000} s`, stage.log.trimEnd().split('\n').slice(-12));
        };
      default:
        return line.fail(`controller: "${words}" is not understood`);
    }
  },
};

const tally: Command = {
  usage: 'tally      (`wrote` counts from here)',
  parse: (line) => {
    line.end();
    return atOnce((stage) => {
      stage.tally();
    });
  },
};

const wrote: Command = {
  usage: 'wrote KIND NAME ...: WORD, ...      (all that controllers wrote to each of them, in this order; `nothing`)',
  parse: (line) => {
    const [head, list] = line.atColon();
    const { kind } = head.kind();
    const names = head.names();
    head.end();
    const words = list.split(',').map((word) => word.trim());
    const expected = words.filter((word) => word !== 'nothing').join(', ');
    return async (session) => {
      for (const name of names) {
        const actual = stageOf(session).written(kind.resource.plural, name).join(', ');
        if (actual !== expected) throw new NotSo(`${name}: ${actual === '' ? 'nothing' : actual}`);
      }
      return Promise.resolve();
    };
  },
};

const steady: Command = {
  usage: 'steady for SECONDSs      (nobody acts, and no controller writes anything)',
  parse: (line) => {
    line.takes('for');
    const [, seconds] = /^(\d+)s$/.exec(line.next('for how long')) ?? line.fail('steady for 2s');
    line.end();
    return async (session) => {
      const { clock } = session.cluster;
      // What was true already may still be told.
      await sleep(clock, 500);
      stageOf(session).beginSteady();
      await sleep(clock, Number(seconds) * 1000);
      stageOf(session).endSteady();
    };
  },
};

const pause: Command = {
  usage: 'after SECONDSs',
  parse: (line) => {
    const [, amount, unit] = /^(\d+)(ms|s)$/.exec(line.next('how long')) ?? line.fail('after 500ms');
    line.end();
    return ({ cluster }) => sleep(cluster.clock, Number(amount) * (unit === 's' ? 1000 : 1));
  },
};

const part = (verb: 'kill' | 'start'): Command => ({
  usage: `${verb} PART      (of the control plane)`,
  parse: (line: Line) => {
    const word = line.next('a part');
    const name = PARTS.find((one) => one === word) ?? line.fail(`the parts are ${PARTS.join(', ')}`);
    line.end();
    return ({ cluster }) => cluster.part(name)[verb]();
  },
});

const ran: Command = {
  usage:
    'ran POD: IMAGE, ...      (what really ran in the pod of this name, container after container, as the kubelets know)',
  parse: (line) => {
    const [head, list] = line.atColon();
    const names = head.names();
    const expected = list.split(',').map((image) => image.trim());
    return async (session) => {
      const { api, oracle } = session.cluster;
      for (const name of names) {
        const { metadata } = await api.get(pods, { namespace: session.namespace, name });
        const images = oracle.instances(metadata.uid).map(({ image }) => image);
        const wanted = expected.map((image) => valueOf(image, session));
        if (images.join() !== wanted.join()) throw new NotSo(`${name}: ${images.join(', ')}`);
      }
    };
  },
};

/** What scenarios of our own controller may say beside the rest. */
export const rolloutCommands: Commands = {
  ...workloadCommands,
  controller,
  tally,
  wrote,
  steady,
  after: pause,
  kill: part('kill'),
  start: part('start'),
  ran,
};
