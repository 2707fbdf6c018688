import type { Pod } from '../../../src/api/pod.js';
import type { AuditEvent } from '../../../src/cluster/api-server/audit.js';
import type { Checker } from './checker.js';

interface Asked {
  readonly maxUnavailable?: number;
  readonly grace?: number;
  readonly partition?: number;
  readonly paused?: boolean;
  readonly image?: string;
  readonly fallback?: string;
  readonly hook?: boolean;
  readonly deleteHook?: boolean;
  /** The revision that all pods had last. */
  readonly stable?: string;
}

interface Seen {
  readonly ready?: boolean;
  readonly waiting?: boolean;
  readonly running?: string;
  readonly imageID?: string;
  readonly image?: string;
}

const GATE = 'InPlaceUpdateReady';

/** A stream of events made by hand: two pods of `game` at app:1, whose workload asks for app:2. */
export class Story {
  private now = 1_000_000;
  private version = 100;
  private asked: Asked = {};
  private readonly objects = new Map<string, object>();

  constructor(private readonly checker: Checker) {}

  get time(): number {
    return this.now;
  }

  after(milliseconds: number): this {
    this.now += milliseconds;
    return this;
  }

  workload(asked: Asked): this {
    this.changed(asked);
    this.child(2);
    for (const name of ['game-0', 'game-1']) this.put('pods', name, newPod(name));
    return this.after(1000);
  }

  changed(asked: Asked): this {
    this.asked = { ...this.asked, ...asked };
    const {
      maxUnavailable = 1,
      grace = 0,
      partition = 0,
      paused = false,
      image = 'app:2',
      fallback,
      hook,
      deleteHook,
      stable,
    } = this.asked;
    const spec = {
      replicas: 2,
      podManagementPolicy: 'Parallel',
      updateStrategy: {
        type: 'InplaceUpdate',
        paused,
        rollingUpdate: { maxUnavailable, partition },
        inPlaceUpdateStrategy: { gracePeriodSeconds: grace, ...(fallback && { fallback }) },
      },
      ...(hook && { preInplaceUpdateStrategy: { hook: { templateName: 'drain' } } }),
      ...(deleteHook && { preDeleteUpdateStrategy: { hook: { templateName: 'drain' } } }),
      template: { spec: { containers: [{ name: 'app', image }] } },
    };
    const status = { ...(stable !== undefined && { stableRevision: stable }) };
    return this.put('gamestatefulsets', 'game', { spec, status });
  }

  /** By us. */
  scaled(replicas: number): this {
    const body = [{ op: 'replace', path: '/metadata/resourceVersion', value: this.versionOf('statefulsets', 'game') }];
    this.write({ user: 'us', verb: 'patch', resource: 'statefulsets', name: 'game', body });
    return this.child(replicas);
  }

  /** The kubelet writes. */
  seen(name: string, { ready, waiting, running, imageID, image }: Seen): this {
    const pod = this.pod(name);
    const [before] = pod.status!.containerStatuses!;
    const status = {
      ...before!,
      ...(running !== undefined && { containerID: running }),
      ...(imageID !== undefined && { imageID }),
      state: waiting ? { waiting: { reason: 'CrashLoopBackOff' } } : { running: {} },
    };
    const conditions = pod.status!.conditions!.map((one) =>
      one.type === 'Ready' && ready !== undefined ? { ...one, status: ready ? 'True' : 'False' } : one,
    );
    const spec = image === undefined ? pod.spec : { ...pod.spec, containers: [{ name: 'app', image }] };
    return this.after(10).put('pods', name, { ...pod, spec, status: { conditions, containerStatuses: [status] } });
  }

  gone(name: string): this {
    const old = this.pod(name);
    this.objects.delete(`pods/${name}`);
    const object = { ...old, metadata: { ...old.metadata, resourceVersion: String(++this.version) } };
    this.checker.saw('pods', { type: 'removed', object, old } as never, this.now);
    return this;
  }

  deleted(name: string, user: string): this {
    this.write({ user, verb: 'delete', resource: 'pods', name, body: {} });
    return this.after(10).gone(name);
  }

  us(what: 'close' | 'update' | 'open', name: string, { changes = true } = {}): this {
    const pod = this.pod(name);
    const metadata = { resourceVersion: pod.metadata.resourceVersion };
    const gate =
      what === 'close'
        ? { type: GATE, status: 'False', message: 'out of traffic for 0 s, then updated to r2' }
        : { type: GATE, status: 'True', message: '' };
    const isUpdate = what === 'update';
    const body = isUpdate
      ? { metadata, spec: { containers: [{ name: 'app', image: 'app:2' }] } }
      : { metadata, status: { conditions: [gate] } };
    this.after(10).write({
      user: 'us',
      verb: 'patch',
      resource: 'pods',
      name,
      body,
      ...(!isUpdate && { subresource: 'status' }),
    });
    if (!changes) return this;
    const others = pod.status!.conditions!.filter(({ type }) => type !== GATE);
    return this.put('pods', name, {
      ...pod,
      metadata: { ...pod.metadata, ...(isUpdate && { labels: { 'controller-revision-hash': 'r2' } }) },
      spec: isUpdate ? { ...pod.spec, containers: [{ name: 'app', image: 'app:2' }] } : pod.spec,
      status: isUpdate ? pod.status : { ...pod.status, conditions: [...others, gate] },
    });
  }

  steady(): this {
    this.checker.beginSteady(this.now);
    return this;
  }

  unsteady(): this {
    this.checker.endSteady(this.now);
    return this;
  }

  private child(replicas: number): this {
    const spec = { replicas, updateStrategy: { rollingUpdate: { partition: 2 ** 31 - 1 } } };
    return this.put('statefulsets', 'game', { spec, status: { updateRevision: 'r2' } });
  }

  private pod(name: string): Pod {
    return this.objects.get(`pods/${name}`) as Pod;
  }

  private versionOf(resource: string, name: string): string | undefined {
    return (this.objects.get(`${resource}/${name}`) as Pod | undefined)?.metadata.resourceVersion;
  }

  private put(resource: 'pods' | 'statefulsets' | 'gamestatefulsets', name: string, content: object): this {
    const old = this.objects.get(`${resource}/${name}`);
    const { metadata = {} } = content as { metadata?: object };
    const resourceVersion = String(++this.version);
    const object = { ...content, metadata: { ...metadata, name, uid: `uid of ${name}`, resourceVersion } };
    this.objects.set(`${resource}/${name}`, object);
    this.checker.saw(resource, { type: old ? 'changed' : 'added', object, ...(old && { old }) } as never, this.now);
    return this;
  }

  private write(event: Partial<AuditEvent>): void {
    this.checker.heard({
      time: new Date(this.now).toISOString(),
      uri: '',
      code: 200,
      userAgent: '',
      group: '',
      ...event,
    } as AuditEvent);
  }
}

function newPod(name: string): object {
  return {
    metadata: { name, labels: { 'controller-revision-hash': 'r1' } },
    spec: { readinessGates: [{ conditionType: GATE }], containers: [{ name: 'app', image: 'app:1' }] },
    status: {
      phase: 'Running',
      conditions: [
        { type: 'Ready', status: 'True' },
        { type: GATE, status: 'True' },
      ],
      containerStatuses: [
        {
          name: 'app',
          containerID: 'c1',
          imageID: 'i1',
          image: 'app',
          restartCount: 0,
          ready: true,
          state: { running: {} },
        },
      ],
    },
  };
}
