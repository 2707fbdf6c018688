import { conditionOf, type ContainerStatus, type Pod } from '../../api/pod.js';
import { firstLine } from '../text.js';

/** What a pod that is not Ready waits for, as a noun: `a node`, `container game (ImagePullBackOff)`, `container game to be ready`. */
export function waitsToBeReadyFor({ spec, status }: Pod): string {
  if (spec.nodeName === undefined) return withDetail('a node', conditionOf(status, 'PodScheduled')?.message);
  const isInitialized = conditionOf(status, 'Initialized')?.status === 'True';
  const statuses = status?.containerStatuses ?? [];
  const inits = isInitialized ? [] : (status?.initContainerStatuses ?? []);
  const stuck = [...inits, ...statuses].find(isStuck);
  if (stuck) {
    const { reason = 'no reason given', message } = stuck.state!.waiting!;
    return withDetail(`container ${stuck.name} (${reason})`, message);
  }
  if (!isInitialized && inits.length > 0) return 'its init containers';
  const unready = statuses.find(({ ready, state }) => !ready && !state?.waiting);
  if (unready)
    return unready.state?.running
      ? `container ${unready.name} to be ready`
      : `container ${unready.name} to start again`;
  return statuses.every(({ ready }) => ready) && statuses.length > 0
    ? 'the kubelet to call it ready'
    : 'its containers to be made';
}

/** Reasons that every container has for a while, however well all goes. */
const PASSING: readonly (string | undefined)[] = ['ContainerCreating', 'PodInitializing', undefined];

const isStuck = ({ state }: ContainerStatus): boolean =>
  state?.waiting !== undefined && !PASSING.includes(state.waiting.reason);

const withDetail = (what: string, message = ''): string => (message === '' ? what : `${what}: ${firstLine(message)}`);
