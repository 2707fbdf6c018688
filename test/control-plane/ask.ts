import type { ControlPlane } from './control-plane.js';

/** What the API server says of an object that is created with strict field validation, without creating it. */
export interface Verdict {
  readonly accepted: boolean;
  readonly code: number;
  readonly message: string;
}

interface Resource {
  readonly plural: string;
  readonly namespaced: boolean;
}
interface ServiceObject {
  readonly metadata?: { readonly namespace?: string };
}
interface Discovery {
  readonly resources?: readonly { readonly name: string; readonly kind: string; readonly namespaced: boolean }[];
}

/** Asks for verdicts; keeps what discovery said and which namespaces it made. */
export class Asker {
  private readonly discovered = new Map<string, Promise<ReadonlyMap<string, Resource>>>();
  private allocations: Promise<Verdict> = Promise.resolve({ accepted: true, code: 201, message: '' });
  private readonly namespaces = new Map<string, Promise<void>>([['default', Promise.resolve()]]);

  constructor(private readonly server: Pick<ControlPlane, 'send'>) {}

  async ask(object: unknown): Promise<Verdict> {
    const { apiVersion, kind, metadata } = (object ?? {}) as {
      apiVersion?: unknown;
      kind?: unknown;
      metadata?: unknown;
    };
    const root = rootOf(String(apiVersion));
    const resource = (await this.resources(root)).get(String(kind));
    // What kubectl says when discovery does not know the kind: there is nowhere to send it.
    if (!resource)
      return {
        accepted: false,
        code: 404,
        message: `no matches for kind "${String(kind)}" in version "${String(apiVersion)}"`,
      };
    const collection = resource.namespaced
      ? `${root}/namespaces/${encodeURIComponent(await this.namespaceOf(metadata))}/${resource.plural}`
      : `${root}/${resource.plural}`;
    const dryRun = `${collection}?fieldValidation=Strict&dryRun=All`;
    if (kind !== 'Service') return this.create(dryRun, object);
    this.allocations = this.allocations.then(async () => {
      const verdict = await this.create(dryRun, object);
      return verdict.accepted ? this.allocate(collection, object as ServiceObject) : verdict;
    });
    return this.allocations;
  }

  private async create(path: string, object: unknown): Promise<Verdict> {
    const { code, body } = await this.server.send('POST', path, object);
    const { message } = (body ?? {}) as { message?: unknown };
    return { accepted: code === 201, code, message: code === 201 ? '' : String(message ?? body) };
  }

  /** Ports of nodes are allocated, and so checked, only outside of a dry run: one Service at a time, gone again afterwards. */
  private async allocate(collection: string, service: ServiceObject): Promise<Verdict> {
    const name = 'asked';
    const { namespace } = service.metadata ?? {};
    const verdict = await this.create(collection, { ...service, metadata: { name, namespace } });
    if (verdict.accepted) await this.server.send('DELETE', `${collection}/${name}`);
    return verdict;
  }

  private resources(root: string): Promise<ReadonlyMap<string, Resource>> {
    const known = this.discovered.get(root);
    if (known) return known;
    const asked = this.server.send('GET', root).then(({ code, body }) => {
      const found = new Map<string, Resource>();
      if (code !== 200) return found;
      for (const { name, kind, namespaced } of (body as Discovery).resources ?? []) {
        if (!name.includes('/')) found.set(kind, { plural: name, namespaced });
      }
      return found;
    });
    this.discovered.set(root, asked);
    return asked;
  }

  /** Whether a namespace exists depends on the cluster, so here each one does. */
  private async namespaceOf(metadata: unknown): Promise<string> {
    const given = (metadata as { namespace?: unknown } | null | undefined)?.namespace;
    const name = typeof given === 'string' && given !== '' ? given : 'default';
    const made =
      this.namespaces.get(name) ??
      this.server
        .send('POST', '/api/v1/namespaces', { apiVersion: 'v1', kind: 'Namespace', metadata: { name } })
        .then(() => undefined);
    this.namespaces.set(name, made);
    await made;
    return name;
  }
}

function rootOf(apiVersion: string): string {
  return apiVersion.includes('/') ? `/apis/${apiVersion}` : `/api/${apiVersion}`;
}
