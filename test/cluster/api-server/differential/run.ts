import type { KubeApi, WatchEvent } from '../../../../src/kube/api.js';
import { isKubeError } from '../../../../src/kube/error.js';
import type { KubeObject, Stored } from '../../../../src/kube/objects.js';
import { namespaces, type Resource } from '../../../../src/kube/resource.js';
import { setAt } from './edits.js';
import { objectFor, RESOURCES, type Step } from './script.js';

/** What a script has seen of a cluster. */
export interface Seen {
  readonly answers: readonly unknown[];
  /** At the end, per kind. */
  readonly state: Readonly<Record<string, { readonly items: readonly unknown[] }>>;
}

export interface Answer {
  readonly status: number;
  readonly reason: string;
  readonly message: string;
}

/** Does the steps one after the other, in a namespace of its own. */
export async function play(api: KubeApi, namespace: string, steps: readonly Step[]): Promise<Seen> {
  await api.create(namespaces, { metadata: { name: namespace } });
  const versions = new Map<string, string>();
  const answers: unknown[] = [];
  for (const step of steps) answers.push(await answerOf(() => take(api, namespace, step, versions)));
  const state: Record<string, { readonly items: readonly unknown[] }> = {};
  for (const resource of RESOURCES) state[resource.kind] = { items: (await api.list(resource, { namespace })).items };
  return { answers, state };
}

async function answerOf(act: () => Promise<unknown>): Promise<unknown> {
  try {
    return await act();
  } catch (error) {
    if (!isKubeError(error)) throw error;
    return { status: error.status, reason: error.reason, message: error.message } satisfies Answer;
  }
}

async function take(api: KubeApi, namespace: string, step: Step, versions: Map<string, string>): Promise<unknown> {
  const { resource, name, dryRun } = step;
  const named = { namespace, name };
  const live = (): Promise<Stored | undefined> =>
    api
      .get(resource, named)
      .catch((error: unknown) => (isKubeError(error) ? undefined : Promise.reject(error as Error)));
  switch (step.verb) {
    case 'create': {
      const { name: _, ...metadata } = step.object.metadata;
      const naming = step.generate ? { generateName: `${name}-` } : { name };
      return api.create(resource, { ...step.object, metadata: { ...metadata, ...naming, namespace } }, { dryRun });
    }
    case 'replace': {
      const before = await live();
      const object = structuredClone(before ?? { metadata: named }) as KubeObject;
      const key = `${resource.plural}/${name}`;
      const old = versions.get(key);
      if (before) versions.set(key, before.metadata.resourceVersion);
      if (step.version === 'none') delete object.metadata.resourceVersion;
      if (step.version === 'old' && old !== undefined) object.metadata.resourceVersion = old;
      for (const { path, value } of step.edits) setAt(object as unknown as Record<string, unknown>, path, value);
      return api.update(resource, object, { dryRun });
    }
    case 'patch': {
      const options = {
        dryRun,
        fieldManager: step.manager,
        ...(step.subresource && { subresource: step.subresource }),
      };
      return api.patch(resource, named, step.patch, options);
    }
    case 'delete': {
      const known = await live();
      const uid = step.uid === 'none' ? undefined : step.uid === 'right' ? known?.metadata.uid : 'of-another';
      await api.delete(resource, named, { ...step.options, dryRun, ...(uid !== undefined && { uid }) });
      return undefined;
    }
    case 'get':
      return api.get(resource, named, step.subresource === undefined ? {} : { subresource: step.subresource });
    case 'list': {
      const { labelSelector, fieldSelector } = step;
      return { items: (await api.list(resource, { namespace, labelSelector, fieldSelector })).items };
    }
    case 'evict':
      return api.createUnder(
        resource,
        named,
        'eviction',
        { apiVersion: 'policy/v1', kind: 'Eviction', metadata: named },
        { dryRun },
      );
  }
}

/** All that happens to a resource from now on, by namespace. */
export class Follower {
  readonly events = new Map<string, WatchEvent[]>();
  private readonly leaving = new AbortController();
  private done: Promise<void> = Promise.resolve();
  private marks = 0;

  constructor(
    private readonly api: KubeApi,
    private readonly resource: Resource,
    private readonly labelSelector?: string,
  ) {}

  async start(): Promise<void> {
    const { metadata } = await this.api.list(this.resource);
    const selector = this.labelSelector === undefined ? {} : { labelSelector: this.labelSelector };
    const watch = this.api.watch(this.resource, {
      ...metadata,
      ...selector,
      bookmarks: false,
      signal: this.leaving.signal,
    });
    this.done = (async () => {
      for await (const event of watch) {
        if (event.type === 'BOOKMARK') continue;
        const { namespace = '' } = event.object.metadata;
        this.events.set(namespace, [...(this.events.get(namespace) ?? []), event]);
      }
    })().catch((error: unknown) => {
      if (!isKubeError(error, 'aborted')) throw error;
    });
  }

  /** Until the event of an object that is made for this has come. */
  async caughtUp(): Promise<void> {
    const { resource, api } = this;
    const labels = { color: 'red', app: 'last' };
    const name = `last-${++this.marks}${this.labelSelector === undefined ? '' : '-red'}`;
    const object = objectFor(resource, { namespace: 'default', name, labels });
    await api.create(resource, object);
    const has = (): boolean =>
      (this.events.get('default') ?? []).some(
        (event) => event.type !== 'BOOKMARK' && event.object.metadata.name === name,
      );
    while (!has()) await new Promise((resolve) => setTimeout(resolve, 20));
  }

  async stop(): Promise<void> {
    this.leaving.abort();
    await this.done;
  }
}
