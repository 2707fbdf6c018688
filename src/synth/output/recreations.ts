import { join } from 'node:path';
import { loadAll } from 'js-yaml';
import { renamedZones, ZonePods } from '../recreate.js';
import type { RecreatedPods, SourcedZone } from '../recreate.js';
import type { OutputFile } from './files.js';
import { contentOf } from './folder.js';
import type { FolderChange } from './folder.js';

/** Pods of a zone in the output folder that would be recreated. */
export interface Recreation extends RecreatedPods {
  /** The zone that they are of. */
  readonly zone: string;
  /** Its name from now on. */
  readonly zoneAfter: string;
}

export interface Recreations {
  readonly pods: readonly Recreation[];
  /** Files whose pods nobody can tell, since somebody has made something else of them. */
  readonly unreadable: readonly string[];
}

/** A zone as it is to be written. */
interface NewZone {
  readonly name: string;
  readonly files: readonly OutputFile[];
  readonly pods: ZonePods;
}

/**
 * Which pods would be recreated against what an earlier synth wrote to `folder`: those whose workload has another name or is
 * of another kind, of the same zone or of one that has another name now.
 */
export function recreations(folder: string, zones: readonly NewZone[], change: FolderChange): Recreations {
  const written = new WrittenZones(folder);
  const pods: Recreation[] = [];
  const come: SourcedZone[] = [];
  for (const zone of zones) {
    const files = written.filesOf(zone.name);
    const source = change.index[zone.files[0]?.name ?? ''];
    if (files.length === 0 && source !== undefined) come.push({ ...zone, source });
    for (const { path, content } of files) {
      if (zone.files.some((file) => join(folder, file.name) === path && content.equals(file.content))) continue;
      pods.push(...recreated(zone.name, written.podsIn(path, content), zone));
    }
  }
  for (const [before, after] of renamedZones(come.length > 0 ? written.gone(zones, change) : [], come))
    pods.push(...recreated(before.name, before.pods, after));
  return { pods, unreadable: written.unreadable };
}

const recreated = (zone: string, before: ZonePods, { name, pods }: Pick<SourcedZone, 'name' | 'pods'>): Recreation[] =>
  before.recreatedBy(pods).map((recreation) => ({ ...recreation, zone, zoneAfter: name }));

/** The zones of earlier synths, as their files say them. */
class WrittenZones {
  readonly unreadable: string[] = [];

  constructor(private readonly folder: string) {}

  /** What is there of a zone, in either format. */
  filesOf(zone: string): { readonly path: string; readonly content: Buffer }[] {
    const paths = ['yaml', 'json'].map((extension) => join(this.folder, `${zone}.${extension}`));
    const files = paths.map((path) => ({ path, content: contentOf(path) }));
    return files.flatMap(({ path, content }) => (content ? [{ path, content }] : []));
  }

  /** The zones whose files are stale, unless they only change their format. */
  gone(zones: readonly NewZone[], { stale }: FolderChange): SourcedZone[] {
    const kept = new Set(zones.map(({ name }) => name));
    const found: SourcedZone[] = [];
    for (const { name: file, source } of stale) {
      const [, name] = /^([^.]+)\.(?:yaml|json)$/.exec(file) ?? [];
      if (name === undefined || kept.has(name)) continue;
      const path = join(this.folder, file);
      const content = contentOf(path);
      if (content) found.push({ name, source, pods: this.podsIn(path, content) });
    }
    return found;
  }

  podsIn(path: string, content: Buffer): ZonePods {
    const pods = new ZonePods();
    const objects = objectsIn(content.toString());
    if (!objects) this.unreadable.push(path);
    for (const object of objects ?? []) pods.add(object);
    return pods;
  }
}

/** The objects in a file that synth wrote; undefined when its text is not readable any more. */
function objectsIn(text: string): unknown[] | undefined {
  try {
    return loadAll(text).flatMap((document) => {
      const items = (document as { readonly items?: unknown } | null)?.items;
      return Array.isArray(items) ? (items as unknown[]) : [document];
    });
  } catch {
    return undefined;
  }
}
