import { join } from 'node:path';
import type { Stored } from '../../kube/objects.js';
import { keyOfStored } from '../api-server/storage/collection.js';
import type { Contents, Journal, Kept } from '../api-server/storage/journal.js';
import { codeOf, DataError } from './data-error.js';
import { realFiles, syncFolder, writeWhole, type Files } from './files.js';
import { LogFile } from './log-file.js';
import { decode, encode, type Decoded } from './record.js';
import { readSnapshot, snapshotParts } from './snapshot.js';

export interface FolderJournalOptions {
  /** Bytes of log from which on a snapshot takes its place; where the last snapshot is longer, that length. @default 4 MiB */
  readonly compactAt?: number;
  /** Something could not be kept, or can be again: undefined. @default ignored; whoever writes is told in any case */
  readonly onTrouble?: (error: DataError | undefined) => void;
  readonly files?: Files;
}

type Collections = Map<string, Map<string, Stored>>;

/**
 * A journal in a folder: `snapshot-N`, and in `log-N` what was written since. A write is in the file, though not on the disk, before it
 * is done: it outlives this process, however that ends, and not always a power cut. A later N takes over at the moment at which its
 * snapshot gets its name; whatever else is there of other numbers is left from before, or was never finished.
 */
export class FolderJournal implements Journal {
  /** Of the newest write that was found. */
  readonly revision: number;
  /** The time of the newest write that was found, milliseconds since 1970. */
  readonly at: number;
  private found: Collections | undefined;
  private isTroubled = false;
  private compactAt: number;

  private constructor(
    private readonly folder: string,
    private readonly options: FolderJournalOptions,
    private number: number,
    private log: LogFile,
    state: { readonly revision: number; readonly at: number; readonly collections: Collections; snapshot: number },
  ) {
    this.revision = state.revision;
    this.at = state.at;
    this.found = state.collections;
    this.compactAt = this.thresholdAfter(state.snapshot);
  }

  /** @throws DataError where a file is damaged; nothing is changed then */
  static open(folder: string, options: FolderJournalOptions = {}): FolderJournal {
    const { files = realFiles } = options;
    const names = files.readdirSync(folder);
    const number = Math.max(0, ...names.map((name) => Number(/^snapshot-(\d+)$/.exec(name)?.[1] ?? 0)));
    const [snapshot, log] = [join(folder, `snapshot-${number}`), join(folder, `log-${number}`)];
    const state = { revision: 0, at: 0, collections: new Map() as Collections, snapshot: 0 };
    if (number > 0) state.snapshot = restoreSnapshot(snapshot, files.readFileSync(snapshot), state);
    const decoded = names.includes(`log-${number}`) ? decode(files.readFileSync(log)) : { records: [], whole: 0 };
    replay(log, decoded, state);
    for (const name of names.filter((one) => isLeftover(one, number)))
      files.rmSync(join(folder, name), { force: true });
    return new FolderJournal(folder, options, number, LogFile.open(files, log, decoded.whole), state);
  }

  restore(): Contents {
    const { revision, at, found } = this;
    if (found === undefined) throw new Error('a journal is restored once');
    this.found = undefined;
    return { revision, at, collections: [...found].map(([of, objects]) => [of, objects.values()] as const) };
  }

  keep(write: Kept, contents: () => Contents): void {
    try {
      if (this.log.size > this.compactAt) this.compact(contents());
      this.log.append(encode(write));
    } catch (cause) {
      const error = new DataError(`${this.folder}: ${messageOf(cause)}`, { hint: hintOf(cause), cause });
      if (!this.isTroubled) this.options.onTrouble?.(error);
      this.isTroubled = true;
      throw error;
    }
    if (this.isTroubled) this.options.onTrouble?.(undefined);
    this.isTroubled = false;
  }

  close(): void {
    this.log.close();
  }

  /** A snapshot in the place of the log. At every moment in it, either the old pair of files is valid or the new one. */
  private compact(contents: Contents): void {
    const { files = realFiles } = this.options;
    const number = this.number + 1;
    const [snapshot, path] = [join(this.folder, `snapshot-${number}`), join(this.folder, `log-${number}`)];
    const log = LogFile.open(files, path, 0);
    let length: number;
    try {
      length = writeWhole(files, snapshot, snapshotParts(contents));
    } catch (error) {
      // Whether or not the snapshot is there: nothing is written to the old log any more before one is.
      log.close();
      throw error;
    }
    const [before, old] = [this.number, this.log];
    [this.number, this.log] = [number, log];
    this.compactAt = this.thresholdAfter(length);
    old.close();
    syncFolder(files, this.folder);
    for (const name of [`log-${before}`, `snapshot-${before}`]) files.rmSync(join(this.folder, name), { force: true });
  }

  private thresholdAfter(snapshot: number): number {
    return Math.max(this.options.compactAt ?? 4 << 20, snapshot);
  }
}

/** Its length. */
function restoreSnapshot(
  path: string,
  bytes: Buffer,
  state: { revision: number; at: number; readonly collections: Collections },
): number {
  const { records, whole, damaged } = decode(bytes);
  const found = damaged ? undefined : readSnapshot(records.map(({ value }) => value));
  if (found === undefined)
    throw damagedFile(
      path,
      damaged ?? { offset: whole, why: 'the snapshot has no end' },
      'put back a copy of the folder, or take another folder',
    );
  Object.assign(state, { revision: found.revision, at: found.at });
  for (const { of, object } of found.items) collection(state.collections, of).set(keyOfStored(object), object);
  return bytes.length;
}

function replay(
  path: string,
  { records, damaged }: Decoded,
  state: { revision: number; at: number; readonly collections: Collections },
): void {
  const hintAt = (offset: number): string =>
    `put back a copy of the folder; or give up this write and all later ones: truncate -s ${offset} '${path}'`;
  if (damaged) throw damagedFile(path, damaged, hintAt(damaged.offset));
  for (const { value, offset } of records) {
    const write = value as Kept;
    if (write.revision !== state.revision + 1) {
      const why = `write ${write.revision} stands behind write ${state.revision}`;
      throw damagedFile(path, { offset, why }, hintAt(offset));
    }
    for (const id of write.dropped ?? []) state.collections.delete(id);
    const objects = collection(state.collections, write.of);
    if ('object' in write) objects.set(keyOfStored(write.object), write.object);
    else objects.delete(write.key);
    state.revision = write.revision;
    state.at = Math.max(state.at, write.at);
  }
}

function collection(collections: Collections, of: string): Map<string, Stored> {
  const objects = collections.get(of) ?? new Map<string, Stored>();
  collections.set(of, objects);
  return objects;
}

function damagedFile(path: string, { offset, why }: { offset: number; why: string }, hint: string): DataError {
  return new DataError(`${path}: byte ${offset}: this record is damaged: ${why}`, { hint });
}

function isLeftover(name: string, number: number): boolean {
  const [, found, temporary] = /^(?:snapshot|log)-(\d+)(\.tmp)?$/.exec(name) ?? [];
  return found !== undefined && (temporary !== undefined || Number(found) !== number);
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

function hintOf(error: unknown): string {
  switch (codeOf(error)) {
    case 'ENOSPC':
    case 'EDQUOT':
      return 'make room on its disk; writes are refused until then, and nothing that was answered is lost';
    case 'EACCES':
    case 'EPERM':
    case 'EROFS':
      return 'let this user write there; writes are refused until then, and nothing that was answered is lost';
    default:
      return 'writes are refused until it is well again, and nothing that was answered is lost';
  }
}
