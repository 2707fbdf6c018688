import { pods } from '../../cluster/controllers/informed.js';
import type { KubeObject } from '../../kube/objects.js';
import { DeployedZone, type Changes } from './deploy.js';
import { say } from './say.js';
import { isSettled, untilSettled, type Settling } from './settling.js';
import { Story } from './story.js';
import type { World } from './world.js';

/** Brings a zone to the cluster, version after version, and tells how each comes to rest. */
export class Rollouts {
  private readonly zone: DeployedZone;
  private readonly story: Story;
  private readonly deafen: () => void;
  private readonly begun: number;
  private isTold = false;

  constructor(
    private readonly world: World,
    /** Milliseconds that a version has to come to rest. */
    private readonly patience: number,
    private readonly stop: AbortSignal,
  ) {
    const { cluster, api } = world;
    this.begun = cluster.clock.now();
    this.zone = new DeployedZone(cluster.server, api);
    this.story = new Story((line) => this.tell(line));
    this.deafen = cluster.controllers.informers.store(pods).subscribe(({ type, object }) => {
      if (type === 'removed') this.story.gone(object);
      else this.story.saw(object);
    });
  }

  /** What an earlier process deployed of the same zone is the version that is there. */
  resume(objects: readonly KubeObject[]): void {
    this.zone.resume(objects);
  }

  /** Deploys a first version, and tells how many of its pods are ready. Whether it came to rest in time. */
  async begin(objects: readonly KubeObject[]): Promise<boolean> {
    await this.zone.deploy(objects);
    say(`${objects.length} objects deployed`);
    let said = '';
    const last = await this.settle((progress) => {
      if (progress !== said) say(progress);
      said = progress;
    });
    return isSettled(last);
  }

  /** Deploys another version in the place of the one that is there, and tells what happens to every pod. */
  async go(source: string, objects: readonly KubeObject[]): Promise<boolean> {
    this.story.endChapter();
    this.isTold = true;
    const changes = await this.zone.deploy(objects);
    say(`${source}: ${textOfChanges(changes)}`);
    const last = await this.settle(() => undefined);
    this.isTold = false;
    const { inPlace, created, deleted } = this.story.endChapter();
    say(`${inPlace} pods were updated in place, ${deleted} deleted, ${created} created`);
    for (const why of last.stuck) say(`  ${why}`);
    return isSettled(last) && last.stuck.length === 0;
  }

  end(): void {
    this.deafen();
  }

  private async settle(onProgress: (progress: string) => void): Promise<Settling> {
    const last = await untilSettled(
      this.world.api,
      this.patience,
      ({ ready, wanted }) => onProgress(`${ready} of ${wanted} pods are ready`),
      this.stop,
    );
    if (isSettled(last) || this.stop.aborted) return last;
    say(`not at rest after ${this.patience / 1000} s: ${last.ready} of ${last.wanted} pods are ready`);
    for (const why of last.waiting) say(`  ${why}`);
    return last;
  }

  private tell(line: string): void {
    if (!this.isTold) return;
    const seconds = (this.world.cluster.clock.now() - this.begun) / 1000;
    say(`${seconds.toFixed(1).padStart(7)} s  ${line}`);
  }
}

function textOfChanges({ created, changed, deleted }: Changes): string {
  const parts = [
    ...changed.map((label) => `${label} changed`),
    ...created.map((label) => `${label} created`),
    ...deleted.map((label) => `${label} deleted`),
  ];
  return parts.length === 0 ? 'nothing changed' : parts.join(', ');
}
