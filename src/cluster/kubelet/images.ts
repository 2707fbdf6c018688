import { hash, hexadecimal, random } from '../random.js';

/** Where images are pulled from. */
export interface Registry {
  pull(image: string, request: PullRequest): Pull;
}

export interface PullRequest {
  readonly node: string;
  /** Pulls of this image on this node so far. */
  readonly attempt: number;
}

/** What a pull comes to after so many milliseconds. */
export type Pull =
  | { readonly after: number; readonly digest: string }
  | {
      readonly after: number;
      /** What the registry says. */
      readonly error: string;
    };

export interface RegistryImage {
  /** Tags of one digest are one image. @default one that follows from the name */
  readonly digest?: string;
  /** Milliseconds. @default 1000 */
  readonly after?: number;
  /** Every pull fails with this. */
  readonly error?: string;
}

/** A registry that knows the images it is given, each by its name; they may change while it is in use. Others do not exist. */
export function registryOf(images: Readonly<Record<string, RegistryImage>>): Registry {
  return {
    pull: (image) => {
      const known = images[image];
      if (known === undefined) return { after: 200, error: `failed to resolve reference "${image}": not found` };
      const { after = 1000, digest = digestOf(image), error } = known;
      return error === undefined ? { after, digest } : { after, error };
    },
  };
}

/** A registry that has every image. */
export const boundlessRegistry: Registry = {
  pull: (image) => ({ after: 1000, digest: digestOf(image) }),
};

/** A digest that follows from the name, so that two names are two images; the one in the name where it is pinned. */
export function digestOf(image: string): string {
  const pinned = /@(sha256:[0-9a-f]{64})$/.exec(image);
  return pinned?.[1] ?? `sha256:${hexadecimal(random(hash(image)), 64)}`;
}

/** As a container runtime writes it: `docker.io/library/game:v1` for `game:v1`. */
export function fullName(image: string): string {
  const [name = '', digest] = image.split('@');
  const tagged = /^(.*?)(?::([^/:]+))?$/.exec(name);
  const [, repository = '', tag] = tagged ?? [];
  const [first = '', ...rest] = repository.split('/');
  const hasHost = rest.length > 0 && (first.includes('.') || first.includes(':') || first === 'localhost');
  const path = hasHost ? repository : `docker.io/${rest.length > 0 ? repository : `library/${repository}`}`;
  return digest === undefined ? `${path}:${tag ?? 'latest'}` : `${path}@${digest}`;
}

/** `Always` for the tag latest and for none, else `IfNotPresent`: what the API server fills in. */
export function defaultPullPolicy(image: string): 'Always' | 'IfNotPresent' {
  return image.includes('@') || !fullName(image).endsWith(':latest') ? 'IfNotPresent' : 'Always';
}

interface PresentImage {
  readonly digest: string;
  /** All names it was pulled or imported under, in the order of the alphabet. */
  tags: string[];
  repositories: string[];
}

/** The images of one node. They survive everything but the node. */
export class NodeImages {
  private readonly byName = new Map<string, string>();
  private readonly byDigest = new Map<string, PresentImage>();

  /** Puts an image on the node without a registry, as `ctr images import` does: it has no repository digest. */
  import(image: string, digest = digestOf(image)): void {
    this.add(image, digest, false);
  }

  pulled(image: string, digest: string): void {
    this.add(image, digest, true);
  }

  remove(image: string): void {
    const name = fullName(image);
    const present = this.byDigest.get(this.byName.get(name) ?? '');
    this.byName.delete(name);
    if (present === undefined) return;
    present.tags = present.tags.filter((tag) => tag !== name);
    if (present.tags.length === 0) this.byDigest.delete(present.digest);
  }

  /** The digest, where the image is present under this name. */
  find(image: string): string | undefined {
    return this.byName.get(fullName(image));
  }

  /**
   * What a container status says of a container of this digest: of all tags the one that sorts first, whichever was asked for.
   * The image ID is the repository's digest; of an imported image that of its configuration.
   */
  describe(digest: string): { readonly image: string; readonly imageID: string } {
    const present = this.byDigest.get(digest);
    const configuration = digestOf(`configuration of ${digest}`);
    return { image: present?.tags[0] ?? configuration, imageID: present?.repositories[0] ?? configuration };
  }

  private add(image: string, digest: string, hasRepository: boolean): void {
    const name = fullName(image);
    const before = this.byName.get(name);
    if (before !== undefined && before !== digest) this.remove(image);
    this.byName.set(name, digest);
    const present = this.byDigest.get(digest) ?? { digest, tags: [], repositories: [] };
    this.byDigest.set(digest, present);
    if (!name.includes('@')) present.tags = sorted(present.tags, name);
    if (hasRepository) present.repositories = sorted(present.repositories, `${repositoryOf(name)}@${digest}`);
  }
}

function repositoryOf(name: string): string {
  return name.replace(/(@.*|:[^/:]+)$/, '');
}

function sorted(names: readonly string[], added: string): string[] {
  return [...new Set([...names, added])].sort();
}
