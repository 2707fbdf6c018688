import type { Stored } from '../../../kube/objects.js';
import { customResourceDefinitions } from '../../../kube/resource.js';
import type { ApiServer } from '../api-server.js';
import { customCatalog } from '../catalog/custom.js';
import type { ServedResource } from '../catalog/served-resource.js';
import type { Core } from '../core.js';
import { list, record, text, type Json } from '../json.js';
import { CLEANUP } from '../kinds/others.js';
import { Refusal } from '../refusal.js';

const CALLER = {
  user: 'system:apiserver',
  fieldManager: 'kube-apiserver',
  fieldValidation: 'Ignore',
  dryRun: false,
} as const;

/** Serves what CustomResourceDefinitions define, and says so in their status. Source: the controllers of k8s.io/apiextensions-apiserver. */
export function followDefinitions(server: ApiServer): void {
  const { core } = server;
  const resource = server.resource(customResourceDefinitions);
  const collection = core.collection(resource);
  // What is going is served until all of it is gone.
  for (const object of collection.values()) {
    serve(server, resource, object);
    if (object.metadata.deletionTimestamp !== undefined)
      soon(core, () => clean(server, resource, object.metadata.name));
  }
  collection.follow(({ type, object }) => {
    const { name, deletionTimestamp } = object.metadata;
    if (type === 'DELETED') withdraw(server, name);
    else if (deletionTimestamp !== undefined) soon(core, () => clean(server, resource, name));
    else serve(server, resource, object);
  });
}

/** Milliseconds. */
const RETRY = 1000;

/** Not within the write that led to it; again, where what is stored could not be kept. */
function soon(core: Core, act: () => void): void {
  const attempt = (): void => {
    try {
      act();
    } catch (error) {
      if (!(error instanceof Refusal)) throw error;
      core.clock.after(RETRY, attempt);
    }
  };
  queueMicrotask(attempt);
}

function serve(server: ApiServer, resource: ServedResource, definition: Stored): void {
  const content = definition as unknown as Json;
  const { catalog } = server.core;
  const { name } = definition.metadata;
  if (!isSpecServed(server, content)) {
    const isNew = catalog.servedBy(name).length === 0;
    catalog.serve(name, customCatalog(content));
    const [served] = catalog.servedBy(name);
    if (isNew && served) server.core.storage.open(served.id);
    specs.set(server, (specs.get(server) ?? new Map<string, unknown>()).set(name, content['spec']));
  }
  soon(server.core, () => establish(server, resource, name));
}

/** The specs that are served, so that a write of the status makes nothing anew. */
const specs = new WeakMap<ApiServer, Map<string, unknown>>();

function isSpecServed(server: ApiServer, definition: Json): boolean {
  return specs.get(server)?.get(text(record(definition['metadata'])['name'])) === definition['spec'];
}

function establish(server: ApiServer, resource: ServedResource, name: string): void {
  const { core } = server;
  const collection = core.collection(resource);
  const definition = collection.get(name);
  if (!definition || definition.metadata.deletionTimestamp !== undefined) return;
  const content = definition as unknown as Json;
  const names = record(record(content['spec'])['names']);
  const status = record(content['status']);
  const isDone = list(status['conditions'])
    .map(record)
    .some(({ type }) => type === 'Established');
  if (isDone) return;
  const condition = (type: string, reason: string, message: string): Json => ({
    lastTransitionTime: core.now(),
    message,
    reason,
    status: 'True',
    type,
  });
  const conditions = [
    condition('NamesAccepted', 'NoConflicts', 'no conflicts found'),
    condition('Established', 'InitialNamesAccepted', 'the initial names have been accepted'),
  ];
  const next = { ...content, status: { ...status, conditions, acceptedNames: names } };
  server.writer.change(resource, definition, next, CALLER, { subresource: 'status' });
}

/** First the objects go, then the definition. */
function clean(server: ApiServer, resource: ServedResource, name: string): void {
  const { core } = server;
  const collection = core.collection(resource);
  const definition = collection.get(name);
  if (!definition) return;
  const [served] = core.catalog.servedBy(name);
  const objects = served ? core.collection(served) : undefined;
  if (served && objects && objects.size > 0) {
    for (const { metadata } of [...objects.values()])
      if (metadata.deletionTimestamp === undefined)
        server.delete(served, { namespace: metadata.namespace ?? '', name: metadata.name }, { dryRun: false }, CALLER);
    if (objects.size > 0) {
      const forget = objects.follow(({ type }) => {
        if (type !== 'DELETED' || objects.size > 0) return;
        forget();
        soon(core, () => clean(server, resource, name));
      });
      return;
    }
  }
  const finalizers = (definition.metadata.finalizers ?? []).filter((finalizer) => finalizer !== CLEANUP);
  if (finalizers.length === 0) core.storage.remove(collection, name);
  else if (definition.metadata.finalizers?.includes(CLEANUP))
    core.storage.put(collection, { ...definition, metadata: { ...definition.metadata, finalizers } });
}

function withdraw(server: ApiServer, name: string): void {
  const { catalog, storage } = server.core;
  const [served] = catalog.servedBy(name);
  catalog.withdraw(name);
  specs.get(server)?.delete(name);
  if (served) storage.drop(served.id);
}
