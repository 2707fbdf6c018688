import type { SourceEntry } from './entry.js';
import { checkPath, isGitFolder, MARKER } from './entry.js';
import { ArtifactError } from './error.js';
import { shownPath } from './printable.js';

/** The entries of one source, and where in the release they go. */
export interface Layer {
  /** The source, as messages call it. */
  readonly name: string;
  /** The folder of the release; the root where absent. */
  readonly into?: string;
  readonly entries: Iterable<SourceEntry>;
}

/** An entry at its place. */
export interface Placed {
  readonly entry: SourceEntry;
  /** Which layer it comes from. */
  readonly layer: number;
}

export interface Overlay {
  /** By the path in the release. */
  readonly files: ReadonlyMap<string, Placed>;
  /** How many entries of earlier layers a later one took the place of. */
  readonly replaced: number;
  /** What a person should know and nothing else says. */
  readonly notes: readonly string[];
}

/**
 * Lays sources over each other: a later file wins over an earlier one of the same path, and over a folder or a link of that
 * path too.
 *
 * @throws ArtifactError for a path that leaves the release, or that one source has twice
 */
export function overlay(layers: readonly Layer[]): Overlay {
  const draft = new Draft();
  layers.forEach((layer, index) => draft.add(layer, index));
  return { files: draft.files, replaced: draft.replaced, notes: [...draft.notes(), ...caseConflicts(draft.files)] };
}

class Draft {
  readonly files = new Map<string, Placed>();
  /** How many files lie below a folder. */
  private readonly folders = new Map<string, number>();
  private readonly leftOut = new Map<string, number>();
  replaced = 0;

  add({ name, into, entries }: Layer, layer: number): void {
    for (const entry of entries) {
      checkPath(entry.path, name);
      if (isGitFolder(entry.path)) {
        this.leftOut.set(name, (this.leftOut.get(name) ?? 0) + 1);
        continue;
      }
      const path = into === undefined ? entry.path : `${into}/${entry.path}`;
      if (path === MARKER)
        throw new ArtifactError(`${name}: ${MARKER}: the name is that of the marker of a release`, {
          fault: 'input',
          hint: 'rename it in the source',
        });
      this.place(path, { entry, layer }, name);
    }
  }

  private place(path: string, placed: Placed, name: string): void {
    const before = this.files.get(path);
    if (before) {
      if (before.layer === placed.layer) throw twice(name, path);
      this.replaced++;
      this.files.set(path, placed);
      return;
    }
    for (const parent of parentsOf(path)) {
      const file = this.files.get(parent);
      if (!file) continue;
      if (file.layer === placed.layer) throw fileAndFolder(name, parent);
      this.remove(parent);
    }
    if (this.folders.has(path)) this.removeBelow(path, placed.layer, name);
    this.files.set(path, placed);
    for (const parent of parentsOf(path)) this.folders.set(parent, (this.folders.get(parent) ?? 0) + 1);
  }

  private remove(path: string): void {
    this.files.delete(path);
    this.replaced++;
    for (const parent of parentsOf(path)) {
      const left = this.folders.get(parent)! - 1;
      if (left > 0) this.folders.set(parent, left);
      else this.folders.delete(parent);
    }
  }

  private removeBelow(folder: string, layer: number, name: string): void {
    for (const [path, placed] of this.files) {
      if (!path.startsWith(`${folder}/`)) continue;
      if (placed.layer === layer) throw fileAndFolder(name, folder);
      this.remove(path);
    }
  }

  *notes(): Generator<string> {
    for (const [name, count] of this.leftOut) yield `${name}: left out ${count} files in .git folders`;
  }
}

const twice = (name: string, path: string): ArtifactError =>
  new ArtifactError(`${name}: ${shownPath(path)}: the source has it twice`, {
    fault: 'input',
    hint: 'remove one of them from the source',
  });

const fileAndFolder = (name: string, path: string): ArtifactError =>
  new ArtifactError(`${name}: ${shownPath(path)}: the source has a file and a folder of this name`, {
    fault: 'input',
    hint: 'rename one of them in the source',
  });

/** `a/b/c` to `a/b` and `a`. */
export function* parentsOf(path: string): Generator<string> {
  for (let at = path.lastIndexOf('/'); at > 0; at = path.lastIndexOf('/', at - 1)) yield path.slice(0, at);
}

const SHOWN_CONFLICTS = 10;

/** Names that differ in case only: of two such files, Windows and the SMB share show one. */
function caseConflicts(files: ReadonlyMap<string, Placed>): string[] {
  const spellings = new Map<string, string>();
  const conflicts: [string, string][] = [];
  for (const path of files.keys()) {
    for (const part of [path, ...parentsOf(path)]) {
      const folded = part.toLowerCase();
      const known = spellings.get(folded);
      if (known === part) break; // and so are its parents
      if (known === undefined) spellings.set(folded, part);
      else conflicts.push([known, part]);
    }
  }
  const shown = [...new Map(conflicts.map((pair) => [pair.join('\0'), pair])).values()];
  const notes = shown
    .slice(0, SHOWN_CONFLICTS)
    .map(
      ([one, other]) =>
        `${shownPath(one)} and ${shownPath(other)} differ in case only: Windows and SMB show one of them`,
    );
  if (shown.length > SHOWN_CONFLICTS)
    notes.push(`... and ${shown.length - SHOWN_CONFLICTS} more that differ in case only`);
  return notes;
}

const MOST_HOPS = 40;

/**
 * Refuses a link that could lead out of the release. Other links on its way are followed, since `a/../..` means another
 * folder where `a` is a link.
 *
 * @param links the targets of all links, by path
 * @throws ArtifactError naming the source, the link and its target
 */
export function checkLink(path: string, links: ReadonlyMap<string, string>, source: string): void {
  const target = links.get(path)!;
  const refuse = (why: string): never => {
    throw new ArtifactError(`${source}: ${shownPath(path)}: the link to ${shownPath(target)} ${why}`, {
      fault: 'input',
      hint: 'make it a relative link to something in the same release',
    });
  };
  if (target === '' || target.includes('\0')) refuse('has no target that a file system takes');
  if (target.startsWith('/')) refuse('is absolute');
  if (target.length > 4000) refuse('is too long');
  const here = path.split('/').slice(0, -1);
  const todo = target.split('/').reverse();
  for (let hops = 0; todo.length > 0;) {
    const part = todo.pop()!;
    if (part === '' || part === '.') continue;
    if (part === '..') {
      if (here.pop() === undefined) refuse('leaves the release');
      continue;
    }
    here.push(part);
    const next = links.get(here.join('/'));
    if (next === undefined) continue;
    if (++hops > MOST_HOPS) refuse('leads in a circle');
    if (next.startsWith('/')) refuse('leads over an absolute one');
    here.pop();
    todo.push(...next.split('/').reverse());
  }
}
