import { conditionOf, isReady, isSidecar, type Pod } from '../../api/pod.js';

/** What a reader wants to hear of a pod when it changes. */
interface Sight {
  readonly gate: string;
  readonly ready: boolean;
  readonly image: string;
  readonly container: string;
}

/** What a chapter of the story came to. */
export interface Tally {
  /** Pods whose containers were replaced while they stayed the same pods. */
  readonly inPlace: number;
  readonly created: number;
  readonly deleted: number;
}

/** Tells what happens to pods, one line for each thing, from what the API server shows. */
export class Story {
  private readonly pods = new Map<string, Sight>();
  private readonly replaced = new Set<string>();
  private created = 0;
  private deleted = 0;

  constructor(private readonly tell: (line: string) => void) {}

  saw(pod: Pod): void {
    const { uid = '', name = '' } = pod.metadata;
    const before = this.pods.get(uid);
    const now = sightOf(pod);
    this.pods.set(uid, now);
    if (!before) {
      this.created++;
      this.tell(`${name}: created`);
      return;
    }
    if (before.gate !== now.gate) this.tell(`${name}: gate ${now.gate}`);
    if (before.image !== now.image) this.tell(`${name}: patched to ${now.image}`);
    if (before.container !== now.container && before.container !== '') {
      this.replaced.add(uid);
      this.tell(`${name}: the container was replaced, the pod is the same`);
    }
    if (before.ready !== now.ready) this.tell(`${name}: ${now.ready ? 'Ready' : 'not Ready'}`);
  }

  gone(pod: Pod): void {
    const { uid = '', name = '' } = pod.metadata;
    this.pods.delete(uid);
    this.replaced.delete(uid);
    this.deleted++;
    this.tell(`${name}: deleted`);
  }

  /** What has happened since the last chapter ended; ends this one. */
  endChapter(): Tally {
    const tally = { inPlace: this.replaced.size, created: this.created, deleted: this.deleted };
    this.replaced.clear();
    this.created = this.deleted = 0;
    return tally;
  }
}

function sightOf(pod: Pod): Sight {
  const gate = conditionOf(pod.status, 'InPlaceUpdateReady');
  const containers = pod.spec.containers.filter((container) => !isSidecar(container));
  return {
    gate: gate === undefined ? 'never opened' : gate.status === 'True' ? 'open' : `closed: ${gate.message ?? ''}`,
    ready: isReady(pod),
    image: containers.map(({ image }) => image).join(', '),
    container: (pod.status?.containerStatuses ?? []).map(({ containerID }) => containerID ?? '').join(','),
  };
}
