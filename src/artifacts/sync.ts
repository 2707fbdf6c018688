import { readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { pinnedSettings, releaseOf } from '../../constructs/model/release.js';
import type { Pin } from '../../constructs/model/release.js';
import { Contents, journalOf } from './contents.js';
import type { SourceEntry } from './entry.js';
import { ArtifactError } from './error.js';
import { Journal } from './journal.js';
import { updateLive } from './live.js';
import type { LiveChange } from './live.js';
import { checkLink, overlay } from './overlay.js';
import type { Overlay, Placed } from './overlay.js';
import { shownPath } from './printable.js';
import type { Progress } from './progress.js';
import { ByteLimit, Receiving } from './receiving.js';
import type { IndexEntry } from './release-index.js';
import type { Secrets } from './secrets.js';
import { openSource } from './sources/open.js';
import { PrivateFolder } from './sources/private-folder.js';
import type { SourceSpec } from './sources/open.js';
import type { Source, SourceContext } from './sources/source.js';
import { publish } from './stage.js';
import { readMarker, writeState } from './state.js';
import type { ReleaseInfo } from './state.js';
import { Store } from './store.js';
import { VolumeLock } from './volume-lock.js';
import { onVolume } from './volume.js';
import type { Volume } from './volume.js';

export interface SyncRequest {
  readonly volume: Volume;
  /** Laid over each other in this order. */
  readonly sources: readonly SourceSpec[];
  /** The release that is expected; something else is an error. */
  readonly release?: string;
  /** Whether `live` follows. */
  readonly live: boolean;
  /** In bytes. */
  readonly maxBytes?: number;
  readonly concurrency: number;
  readonly secrets: Secrets;
  readonly progress: Progress;
  readonly signal: AbortSignal;
  /** The time that the release carries. */
  readonly now: () => Date;
  /** Told when another process works on the volume, and is waited for. */
  readonly onWait: (holder: string) => void;
}

export interface SyncResult {
  readonly release: ReleaseInfo;
  /** Whether the release was on the volume already. */
  readonly wasThere: boolean;
  readonly fetched: { readonly files: number; readonly bytes: number };
  readonly live?: LiveChange;
  readonly notes: readonly string[];
}

/**
 * Brings a release onto a volume, and `live` up to it. Can be killed at any moment: what was there stays, and the next sync
 * goes on where this one stopped.
 *
 * @throws ArtifactError with what is wrong, and what would be right
 */
export async function sync(request: SyncRequest): Promise<SyncResult> {
  const { volume, signal, onWait } = request;
  try {
    await PrivateFolder.removeAbandoned();
    await volume.prepare();
    const lock = await VolumeLock.take(volume, signal, onWait);
    try {
      return await new Sync(request).run();
    } finally {
      await lock.release();
    }
  } catch (error) {
    throw onVolume(error, volume.folder);
  }
}

/** A source, and what it was resolved to. */
interface Resolved {
  readonly spec: SourceSpec;
  readonly source: Source;
  readonly pin: Pin;
}

class Sync {
  private readonly store: Store;

  constructor(private readonly request: SyncRequest) {
    this.store = new Store(request.volume.store, request.volume.work);
  }

  async run(): Promise<SyncResult> {
    const { volume, sources, secrets, progress, signal, concurrency } = this.request;
    const context: SourceContext = { secrets, progress, signal, cache: join(volume.work, 'cache'), concurrency };
    const opened: Source[] = [];
    await removeFromWork(volume, NEVER_USED_AGAIN);
    try {
      for (const spec of sources) opened.push(openSource(spec, context));
      const resolved: Resolved[] = [];
      for (const [index, source] of opened.entries()) {
        progress.begin('resolve', source.name);
        resolved.push({ spec: sources[index]!, source, pin: await source.resolve() });
      }
      return await this.withPins(resolved);
    } finally {
      for (const source of opened) await source.close();
    }
  }

  private async withPins(resolved: readonly Resolved[]): Promise<SyncResult> {
    const { volume, progress, live, release: expected } = this.request;
    const release = releaseOf(resolved.map(({ spec, pin }) => ({ ...spec, settings: pinnedSettings(spec, pin) })))!;
    if (expected !== undefined && release !== expected)
      throw new ArtifactError(`the sources come to the release ${release}, and ${expected} is wanted`, {
        fault: 'input',
        hint: 'run `gamezone synth` again with the gamezone that runs here, and apply what it writes',
      });
    const there = await readMarker(volume, release);
    const { info, notes } = there ? { info: there, notes: [] } : await this.make(release, resolved);
    progress.begin('live');
    const change = live ? await updateLive(volume, info, progress) : undefined;
    await writeState(volume, {
      fetching: undefined,
      ...(change && { live: { release, at: this.request.now().toISOString() } }),
    });
    await removeFromWork(volume, LEFTOVERS);
    progress.begin('done');
    return {
      release: info,
      wasThere: there !== undefined,
      fetched: progress.fetched,
      notes,
      ...(change && { live: change }),
    };
  }

  private async make(
    release: string,
    resolved: readonly Resolved[],
  ): Promise<{ readonly info: ReleaseInfo; readonly notes: readonly string[] }> {
    const { volume, progress, now } = this.request;
    await writeState(volume, { fetching: { release, since: now().toISOString() } });
    const notes: string[] = [];
    const laid = overlay(await this.list(resolved, notes));
    notes.push(...laid.notes);
    const contents = await Contents.load(volume, this.store);
    const links = await this.fetch(release, resolved, laid, contents);
    const entries = indexOf(laid, links, contents);
    const info: ReleaseInfo = {
      release,
      made: now().toISOString(),
      files: entries.length,
      bytes: entries.reduce((sum, entry) => sum + (entry.kind === 'file' ? entry.size : 0), 0),
      sources: resolved.map(({ source, pin }) => ({ name: source.name, pin })),
    };
    new ByteLimit(this.request.maxBytes).check(info.bytes);
    progress.begin('link', undefined, { files: entries.length });
    await publish(volume, this.store, info, entries, progress);
    await rm(journalOf(volume, release), { force: true });
    return { info, notes };
  }

  private async list(resolved: readonly Resolved[], notes: string[]) {
    const layers = [];
    for (const { spec, source, pin } of resolved) {
      this.request.progress.begin('list', source.name);
      const listing = await source.list(pin);
      notes.push(...listing.notes);
      layers.push({ name: source.name, entries: listing.entries, ...(spec.into !== undefined && { into: spec.into }) });
    }
    return layers;
  }

  /** Fetches what the volume does not have yet; the targets of the links by their path. */
  private async fetch(
    release: string,
    resolved: readonly Resolved[],
    laid: Overlay,
    contents: Contents,
  ): Promise<ReadonlyMap<string, string>> {
    const { volume, progress, maxBytes } = this.request;
    const bySource = resolved.map((): Placed[] => []);
    for (const placed of laid.files.values()) bySource[placed.layer]!.push(placed);
    const limit = new ByteLimit(maxBytes);
    limit.check(saidBytes([...laid.files.values()].map(({ entry }) => entry)) ?? 0);
    const targets = new Map<SourceEntry, string>();
    const journal = await Journal.open(journalOf(volume, release));
    try {
      for (const [index, { source }] of resolved.entries()) {
        const entries = bySource[index]!.map(({ entry }) => entry);
        const missing = await this.missing(entries, contents);
        const bytes = saidBytes(missing);
        progress.begin('fetch', source.name, { files: missing.length, ...(bytes !== undefined && { bytes }) });
        const sink = new Receiving(source.name, this.store, contents, journal, progress, limit, volume.work);
        if (missing.length > 0) await source.fetch(missing, sink);
        const links = entries.filter(({ kind }) => kind === 'link');
        if (links.length > 0) for (const [entry, target] of await source.readTargets(links)) targets.set(entry, target);
      }
    } finally {
      await journal.close();
    }
    return this.checkedLinks(resolved, laid, targets);
  }

  /** Each content once, and none that is there. */
  private async missing(entries: readonly SourceEntry[], contents: Contents): Promise<SourceEntry[]> {
    const wanted = new Map<string, SourceEntry>();
    for (const entry of entries)
      if (entry.kind === 'file' && !wanted.has(entry.identity) && (await contents.find(entry.identity)) === undefined)
        wanted.set(entry.identity, entry);
    return [...wanted.values()];
  }

  private checkedLinks(
    resolved: readonly Resolved[],
    laid: Overlay,
    targets: ReadonlyMap<SourceEntry, string>,
  ): ReadonlyMap<string, string> {
    const links = new Map<string, string>();
    for (const [path, { entry }] of laid.files)
      if (entry.kind === 'link') links.set(path, entry.target ?? targets.get(entry)!);
    for (const path of links.keys()) checkLink(path, links, resolved[laid.files.get(path)!.layer]!.source.name);
    return links;
  }
}

/** Undefined where a source does not say it of some file. */
function saidBytes(entries: readonly SourceEntry[]): number | undefined {
  let sum = 0;
  for (const { kind, size } of entries) {
    if (kind === 'link') continue;
    if (size === undefined) return undefined;
    sum += size;
  }
  return sum;
}

function indexOf({ files }: Overlay, links: ReadonlyMap<string, string>, contents: Contents): IndexEntry[] {
  const entries = [...files].map(([path, { entry }]): IndexEntry => {
    if (entry.kind === 'link') return { path, kind: 'link', target: links.get(path)! };
    const stored = contents.get(entry.identity);
    if (!stored) throw new Error(`${shownPath(path)} was not fetched`);
    return { path, kind: 'file', executable: entry.executable, identity: entry.identity, ...stored };
  });
  return entries.sort((a, b) => (a.path < b.path ? -1 : 1));
}

/**
 * Files that were being written. A process may well have the id of the one that was killed (in a container it does), and so the
 * same names for its own.
 */
const NEVER_USED_AGAIN = /^(live|\d+)-\d+\.part/;

/** Journals too: what they tell is in the index now, or of a release that nobody wants any more. */
const LEFTOVERS = /\.(part|stage|trash|ranges|journal)$|^lock\./;

/** What a sync that was killed left in `work`; who holds the lock is alone there. */
async function removeFromWork(volume: Volume, names: RegExp): Promise<void> {
  for (const name of await readdir(volume.work))
    if (names.test(name)) await rm(join(volume.work, name), { recursive: true, force: true });
}
