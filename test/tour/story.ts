import { isSidecar, type Pod } from '../../src/api/pod.js';
import { conditionOf, isReady } from '../../src/api/pod.js';
import { REVISION_LABEL } from '../../src/api/native.js';

/** What a reader wants to hear of a pod when it changes. */
interface Sight {
  readonly gate: string;
  readonly ready: boolean;
  readonly image: string;
  readonly revision: string;
  readonly container: string;
}

/** Tells what happens to pods, one line for each thing, from what the API server shows. */
export class Story {
  private readonly pods = new Map<string, Sight>();

  constructor(private readonly tell: (line: string) => void) {}

  saw(pod: Pod): void {
    const { uid = '', name = '' } = pod.metadata;
    const before = this.pods.get(uid);
    const now = sightOf(pod);
    this.pods.set(uid, now);
    if (!before) {
      this.tell(`${name}: created`);
      return;
    }
    if (before.gate !== now.gate) this.tell(`${name}: gate ${now.gate}`);
    if (before.image !== now.image) this.tell(`${name}: patched to ${now.image}`);
    if (before.container !== now.container && before.container !== '')
      this.tell(`${name}: the container was replaced, the pod is the same`);
    if (before.ready !== now.ready) this.tell(`${name}: ${now.ready ? 'Ready' : 'not Ready'}`);
  }

  gone(pod: Pod): void {
    this.tell(`${pod.metadata.name ?? ''}: deleted`);
  }
}

function sightOf(pod: Pod): Sight {
  const gate = conditionOf(pod.status, 'InPlaceUpdateReady');
  const containers = pod.spec.containers.filter((container) => !isSidecar(container));
  return {
    gate: gate === undefined ? 'never opened' : gate.status === 'True' ? 'open' : `closed: ${gate.message ?? ''}`,
    ready: isReady(pod),
    image: containers.map(({ image }) => image).join(', '),
    revision: pod.metadata.labels?.[REVISION_LABEL] ?? '',
    container: (pod.status?.containerStatuses ?? []).map(({ containerID }) => containerID ?? '').join(','),
  };
}
