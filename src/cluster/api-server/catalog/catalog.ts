import type { Resource } from '../../../kube/resource.js';
import type { Profile } from '../profile.js';
import { noSuchPath } from '../refusal.js';
import { builtInCatalog } from './built-in.js';
import type { ServedResource } from './served-resource.js';

/** Everything that the server serves at the moment. */
export class Catalog {
  private readonly byPath = new Map<string, ServedResource>();
  private readonly customs = new Map<string, readonly ServedResource[]>();

  constructor(profile: Profile) {
    for (const resource of builtInCatalog(profile)) this.byPath.set(pathOf(resource), resource);
  }

  all(): readonly ServedResource[] {
    return [...this.byPath.values()];
  }

  find(resource: Pick<Resource, 'group' | 'version' | 'plural'>): ServedResource | undefined {
    return this.byPath.get(pathOf(resource));
  }

  /** @throws Refusal 404 */
  resource(resource: Pick<Resource, 'group' | 'version' | 'plural'>): ServedResource {
    const found = this.find(resource);
    if (!found) throw noSuchPath();
    return found;
  }

  /** By apiVersion and kind. */
  ofKind(group: string, version: string, kind: string): ServedResource | undefined {
    return this.all().find((one) => one.group === group && one.version === version && one.kind === kind);
  }

  /** What a definition serves from now on. */
  serve(definition: string, resources: readonly ServedResource[]): void {
    this.withdraw(definition);
    for (const resource of resources) this.byPath.set(pathOf(resource), resource);
    this.customs.set(definition, resources);
  }

  withdraw(definition: string): void {
    for (const resource of this.customs.get(definition) ?? []) this.byPath.delete(pathOf(resource));
    this.customs.delete(definition);
  }

  servedBy(definition: string): readonly ServedResource[] {
    return this.customs.get(definition) ?? [];
  }
}

function pathOf({ group, version, plural }: Pick<Resource, 'group' | 'version' | 'plural'>): string {
  return `${group}/${version}/${plural}`;
}
