import type { Workload } from '../../controller/game-stateful-set/objects.js';
import { gameStatefulSets } from '../../controller/resources.js';
import type { KubeApi } from '../../kube/api.js';
import type { Clock } from '../../kube/clock.js';
import type { Stored } from '../../kube/objects.js';
import { Reflector } from '../../kube/reflector.js';

export interface WaitOptions {
  readonly api: KubeApi;
  readonly clock: Clock;
  readonly namespace: string;
  readonly name: string;
  /** Milliseconds. */
  readonly timeout: number;
  /** Told each state of the workload; true ends the wait. */
  readonly onState: (workload: Stored<Workload>) => boolean;
  readonly onError: (error: unknown) => void;
}

/** Follows one workload until something holds: `done`; or until it is gone, or the time is over. */
export async function follow(options: WaitOptions): Promise<'done' | 'gone' | 'timeout'> {
  const { api, clock, namespace, name, timeout, onState, onError } = options;
  const reflector = new Reflector<Workload>({
    api,
    clock,
    resource: gameStatefulSets,
    selection: { namespace, fieldSelector: `metadata.name=${name}` },
    onError,
  });
  let cancel = (): void => undefined;
  const over = new Promise<'done' | 'gone' | 'timeout'>((resolve) => {
    cancel = clock.after(timeout, () => resolve('timeout'));
    reflector.store.subscribe((event) => {
      if (event.type === 'removed') resolve('gone');
      else if (onState(event.object as Stored<Workload>)) resolve('done');
    });
  });
  reflector.start();
  const outcome = await over;
  cancel();
  await reflector.stop();
  return outcome;
}
