import type { Clock } from '../../kube/clock.js';
import type { Stored } from '../../kube/objects.js';
import { namespaces, services } from '../../kube/resource.js';
import { between, hexadecimal, type Random } from '../random.js';
import { Availability } from './availability.js';
import { Catalog } from './catalog/catalog.js';
import type { ServedResource } from './catalog/served-resource.js';
import { shown } from './catalog/served-resource.js';
import { at, text } from './json.js';
import type { Surroundings } from './kinds/strategy.js';
import type { Profile } from './profile.js';
import { notFound } from './refusal.js';
import type { Collection } from './storage/collection.js';
import type { Journal } from './storage/journal.js';
import { Storage } from './storage/storage.js';

/** What all requests share. */
export class Core implements Surroundings {
  readonly catalog: Catalog;
  readonly storage: Storage;
  readonly availability = new Availability();
  private addresses = 0;

  constructor(
    readonly clock: Clock,
    readonly profile: Profile,
    private readonly random: Random,
    options: { readonly keepFor?: number; readonly journal?: Journal } = {},
  ) {
    this.catalog = new Catalog(profile);
    this.storage = new Storage({ clock, ...options });
    this.addresses = this.newestAddress();
  }

  collection({ id }: Pick<ServedResource, 'id'>): Collection {
    return this.storage.collection(id);
  }

  /** As it is stored. @throws Refusal 404 */
  stored(resource: ServedResource, namespace: string, name: string): Stored {
    const found = this.collection(resource).get(keyFor(namespace, name));
    if (!found) throw notFound(resource, name);
    return found;
  }

  /** As this version of the resource shows it. @throws Refusal 404 */
  existing(resource: ServedResource, namespace: string, name: string): Stored {
    return shown(resource, this.stored(resource, namespace, name));
  }

  namespace(name: string): Stored | undefined {
    return this.collection(this.catalog.resource(namespaces)).get(name);
  }

  now(after = 0): string {
    return new Date(this.clock.now() + after * 1000).toISOString().replace(/\.\d+Z$/, 'Z');
  }

  uid(): string {
    const digits = hexadecimal(this.random, 32);
    const variant = '89ab'[Math.floor(between(this.random, [0, 4]))]!;
    const parts = [digits.slice(0, 8), digits.slice(8, 12), `4${digits.slice(13, 16)}`];
    return [...parts, variant + digits.slice(17, 20), digits.slice(20)].join('-');
  }

  suffix(length: number): string {
    const characters = 'bcdfghjklmnpqrstvwxz2456789';
    return Array.from({ length }, () => characters[Math.floor(this.random() * characters.length)]!).join('');
  }

  /** Out of 10.96.0.0/12, one after the other. */
  clusterIp(): string {
    const number = ++this.addresses;
    return `10.${96 + ((number >> 16) & 15)}.${(number >> 8) & 255}.${number & 255}`;
  }

  /** The highest of those that were given away before this process began. */
  private newestAddress(): number {
    const given = [...this.collection(this.catalog.resource(services)).values()].map(
      (service) => /^10\.(\d+)\.(\d+)\.(\d+)$/.exec(text(at(service, 'spec', 'clusterIP'))) ?? [],
    );
    const numbers = given.map(
      ([, high, middle, low]) => ((Number(high) - 96) << 16) + (Number(middle) << 8) + Number(low),
    );
    return Math.max(0, ...numbers.filter((number) => number > 0));
  }
}

export function keyFor(namespace: string, name: string): string {
  return namespace === '' ? name : `${namespace}/${name}`;
}
