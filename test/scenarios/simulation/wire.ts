import { between, type Random } from '../../../src/cluster/random.js';
import type { KubeApi } from '../../../src/kube/api.js';
import { sleep, type Clock } from '../../../src/kube/clock.js';
import { KubeError } from '../../../src/kube/error.js';
import type { Faults } from '../../rollout/simulation/controller.js';
import type { Wire } from '../stage/stage.js';

/** Milliseconds that a request takes there, and as many back; and that an event of a watch is late. */
const REQUEST = [0, 8] as const;
const EVENT = [0, 40] as const;

/** The way from a controller to the API server: it takes time, answers are lost, requests too, and the process ends before some. */
export function faultyWire(clock: Clock, random: Random, faults: () => Faults): Wire {
  const takesTime = (range: readonly [number, number]): Promise<void> => sleep(clock, between(random, range));
  const lost = (): KubeError => new KubeError('network', 'the connection broke');
  return (api, life): KubeApi => {
    const read = async <T>(send: () => Promise<T>): Promise<T> => {
      await takesTime(REQUEST);
      const answer = await send();
      await takesTime(REQUEST);
      return answer;
    };
    const write = async <T>(send: () => Promise<T>): Promise<T> => {
      const { crashes, errors, lostAnswers } = faults();
      if (random() < crashes) life.die();
      if (life.isDead || random() < errors) throw lost();
      const answer = await read(send);
      if (random() < lostAnswers) throw lost();
      return answer;
    };
    return {
      get: (...request) => read(() => api.get(...request)),
      list: (...request) => read(() => api.list(...request)),
      async *watch(...request) {
        for await (const event of api.watch(...request)) {
          await takesTime(EVENT);
          yield event as never;
        }
      },
      raw: (...request) => read(() => api.raw(...request)),
      create: (...request) => write(() => api.create(...request)),
      update: (...request) => write(() => api.update(...request)),
      patch: (...request) => write(() => api.patch(...request)),
      delete: (...request) => write(() => api.delete(...request)),
      createUnder: (...request) => write(() => api.createUnder(...request)),
      exec: (...request) => read(() => api.exec(...request)),
    };
  };
}
