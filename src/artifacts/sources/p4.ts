import { createHash } from 'node:crypto';
import type { Pin } from '../../../constructs/model/release.js';
import type { SourceEntry } from '../entry.js';
import { ArtifactError } from '../error.js';
import { shownPath } from '../printable.js';
import { P4, P4Error } from './p4-command.js';
import type { Marshalled } from './marshal.js';
import type { P4Answer } from './p4-command.js';
import { P4View } from './p4-view.js';
import type { Listing, Sink, Source, SourceContext, Verify } from './source.js';

/** A Perforce source as a zone says it. */
export interface P4SourceOptions {
  readonly server: string;
  /** A depot path or a stream. */
  readonly path: string;
  readonly changelist?: number;
  readonly label?: string;
  readonly revisions?: string;
  readonly charset?: string;
  readonly user?: string;
  readonly subPath?: string;
  readonly credentials: { readonly pwd?: string };
}

/** How many files one `p4 print` is asked for: so many names are written to it before the first is read. */
const FILES_AT_ONCE = 2000;

/** Files of a Perforce depot, as they were at a changelist or as a label names them. */
export class P4Source implements Source {
  readonly name: string;
  private opened: Promise<P4> | undefined;
  private viewed: Promise<P4View> | undefined;
  private readonly path: string;
  private listed: { readonly at: string; readonly files: readonly P4Answer[] } | undefined;
  private readonly digests = new Map<SourceEntry, Verify>();

  constructor(
    private readonly options: P4SourceOptions,
    private readonly context: SourceContext,
  ) {
    this.path = options.path.replace(/\/(\.\.\.)?$/, '');
    this.name = `p4 ${options.server}${this.path}`;
  }

  async resolve(): Promise<Pin> {
    const { changelist, label, revisions } = this.options;
    if (changelist !== undefined) return { changelist };
    if (label !== undefined)
      return { revisions: revisions ?? this.digestOf(await this.files(`@${encodedName(label)}`)) };
    const newest = await this.asked(async (p4) => {
      let found = 0;
      for (const path of (await this.view()).paths)
        for (const { change } of await p4.ask(['changes', '-m', '1', '-s', 'submitted', path])) found = Math.max(found, Number(change)); // prettier-ignore
      return found;
    });
    if (newest > 0) return { changelist: newest };
    throw this.nothingThere('there is no submitted changelist');
  }

  async list(pin: Pin): Promise<Listing> {
    const files = await this.files(
      'changelist' in pin ? `@${pin.changelist}` : `@${encodedName(this.options.label ?? '')}`,
    );
    if ('revisions' in pin && this.digestOf(files) !== pin.revisions)
      throw new ArtifactError(`${this.name}: the label ${shownPath(this.options.label ?? '')} names other revisions than the lock`, {
        fault: 'input',
        hint: 'lock the label on the server, or run `gamezone artifacts lock` to take what it names now',
      }); // prettier-ignore
    const view = await this.view();
    const { subPath } = this.options;
    const entries: SourceEntry[] = [];
    for (const file of files) {
      const place = view.place(String(file['depotFile']));
      if (place === undefined) continue;
      if (subPath === undefined) entries.push(this.entryOf(file, place));
      else if (place.startsWith(`${subPath}/`)) entries.push(this.entryOf(file, place.slice(subPath.length + 1)));
    }
    if (entries.length === 0) throw this.nothingThere(subPath === undefined ? 'there are no files' : `there is no folder ${shownPath(subPath)} (\`subPath\`)`); // prettier-ignore
    return { entries, notes: [] };
  }

  private entryOf(file: P4Answer, path: string): SourceEntry {
    const { depotFile, headRev, headType = 'text', fileSize, digest } = file;
    const type = typeOf(String(headType));
    if (type.special)
      throw new ArtifactError(
        `${this.name}: ${shownPath(path)}: a file of the type ${String(headType)} is no plain file`,
        {
          fault: 'input',
          hint: 'change its type (p4 edit -t), or take a folder without it (`subPath`)',
        },
      );
    const asStored = type.asStored && digest !== undefined;
    const entry: SourceEntry = {
      path,
      kind: type.link ? 'link' : 'file',
      executable: type.executable,
      ...(asStored && fileSize !== undefined && !type.link && { size: Number(fileSize) }),
      identity: asStored
        ? `p4:${String(digest)}:${String(fileSize)}`
        : `p4:${this.options.server}${String(depotFile)}#${String(headRev)}`,
      address: `${String(depotFile)}#${String(headRev)}`,
    };
    if (asStored) this.digests.set(entry, { algorithm: 'md5', digest: String(digest).toLowerCase() });
    return entry;
  }

  private digestOf(files: readonly P4Answer[]): string {
    const revisions = files.map(({ depotFile, headRev }) => `${String(depotFile)}#${String(headRev)}`).sort();
    return createHash('sha256').update(revisions.join('\n')).digest('hex');
  }

  /** What there is, without what was deleted. */
  private async files(at: string): Promise<readonly P4Answer[]> {
    if (this.listed?.at === at) return this.listed.files;
    const files = await this.asked(async (p4) => {
      const found = new Map<string, P4Answer>();
      for (const path of (await this.view()).paths) {
        const fields = 'depotFile,headAction,headRev,headType,fileSize,digest';
        for await (const file of p4.answers(['fstat', '-Ol', '-T', fields, `${path}${at}`])) {
          // prettier-ignore
          if (file['depotFile'] === undefined || /delete|purge|archive/.test(String(file['headAction']))) continue;
          found.set(String(file['depotFile']), file);
          this.context.progress.set({ files: found.size });
        }
      }
      return [...found.values()];
    });
    this.listed = { at, files };
    return files;
  }

  /** That of the stream, where the path is one: what it imports lies elsewhere. */
  private view(): Promise<P4View> {
    return (this.viewed ??= this.asked(async (p4) => {
      const [, depot, stream, more] = /^\/\/([^/]+)\/([^/]+)(\/.*)?$/.exec(this.path) ?? [];
      if (depot === undefined || stream === undefined || more !== undefined) return P4View.below(this.path);
      const streams = await p4.ask(['streams', `//${depot}/${stream}`]).catch((error: unknown) => {
        if (
          error instanceof P4Error &&
          /stream depot|no such stream|unknown|must refer|not a stream/i.test(error.message)
        )
          return [];
        throw error;
      });
      if (!streams.some((found) => found['Stream'] === this.path)) return P4View.below(this.path);
      const [spec = {}] = await p4.ask(['stream', '-o', '-v', this.path]);
      const lines = Object.keys(spec)
        .filter((field) => /^View\d+$/.test(field))
        .sort((a, b) => Number(a.slice(4)) - Number(b.slice(4)))
        .map((field) => String(spec[field]));
      return lines.length === 0 ? P4View.below(this.path) : P4View.parse(lines);
    }));
  }

  async fetch(entries: readonly SourceEntry[], sink: Sink): Promise<void> {
    await this.eachContent(entries, (entry, content) => sink.receive(entry, content, this.digests.get(entry)));
  }

  async readTargets(entries: readonly SourceEntry[]): Promise<ReadonlyMap<SourceEntry, string>> {
    const targets = new Map<SourceEntry, string>();
    await this.eachContent(entries, async (entry, content) => {
      const chunks: Uint8Array[] = [];
      for await (const chunk of content) chunks.push(chunk);
      targets.set(entry, Buffer.concat(chunks).toString('utf8').replace(/\n$/, ''));
    });
    return targets;
  }

  private async eachContent(
    entries: readonly SourceEntry[],
    use: (entry: SourceEntry, content: AsyncIterable<Uint8Array>) => Promise<void>,
  ): Promise<void> {
    for (let start = 0; start < entries.length; start += FILES_AT_ONCE) {
      const some = new Map(entries.slice(start, start + FILES_AT_ONCE).map((entry) => [entry.address, entry]));
      await this.asked(async (p4) => {
        const printed = new Printed(p4.contents([...some.keys()]));
        try {
          for (let file = await printed.next(); file !== undefined; file = await printed.next()) {
            const entry = some.get(file);
            if (!entry) throw new ArtifactError(`${this.name}: p4 printed ${shownPath(file)}, which nobody asked for`);
            some.delete(file);
            await use(entry, printed.content());
          }
        } finally {
          await printed.close();
        }
      });
      const [lost] = some.values();
      if (lost) throw new ArtifactError(`${this.name}: ${shownPath(lost.path)}: the server did not give it out`);
    }
  }

  private nothingThere(what: string): ArtifactError {
    return new ArtifactError(`${this.name}: ${what}`, {
      fault: 'input',
      hint: 'check `path`, and that the user may read it (p4 protect)',
    });
  }

  private async asked<T>(run: (p4: P4) => Promise<T>): Promise<T> {
    try {
      return await run(await (this.opened ??= this.open()));
    } catch (error) {
      if (!(error instanceof P4Error)) throw error;
      throw new ArtifactError(`${this.name}: ${error.message}`, { cause: error, ...(error.hint !== undefined && { hint: error.hint }) }); // prettier-ignore
    }
  }

  private async open(): Promise<P4> {
    const { server, user, charset, credentials } = this.options;
    const { cache, secrets, signal } = this.context;
    return P4.open({
      server,
      cache,
      secrets,
      signal,
      ...(user !== undefined && { user }),
      ...(charset !== undefined && { charset }),
      ...(credentials.pwd !== undefined && { password: credentials.pwd }),
    });
  }

  async close(): Promise<void> {
    await this.opened?.catch(() => undefined);
  }
}

/** Splits what `p4 -G print` says into files. */
class Printed {
  private file: string | undefined;

  constructor(private readonly answers: AsyncIterator<Marshalled, unknown>) {}

  /** The next file, as `//depot/path#revision`. */
  async next(): Promise<string | undefined> {
    while (this.file === undefined) if ((await this.piece()) === undefined) return undefined;
    return this.file;
  }

  /** Its content, which must be read to the end. */
  async *content(): AsyncGenerator<Uint8Array> {
    this.file = undefined;
    for (let piece = await this.piece(); piece !== undefined && piece !== 'file'; piece = await this.piece())
      yield piece;
  }

  /** Ends p4 where it was not read to the end. */
  async close(): Promise<void> {
    await this.answers.return?.(undefined);
  }

  /** A piece of content, or that another file begins; undefined at the end. */
  private async piece(): Promise<Uint8Array | 'file' | undefined> {
    const next = await this.answers.next();
    if (next.done === true) return undefined;
    const file = next.value.get('depotFile');
    if (file !== undefined) {
      this.file = `${String(file)}#${String(next.value.get('rev'))}`;
      return 'file';
    }
    const data = next.value.get('data');
    return Buffer.isBuffer(data) ? data : Buffer.alloc(0);
  }
}

/** A label may have characters that mean something in a revision. */
const encodedName = (name: string): string => name.replaceAll(/[@#*%]/g, (character) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`); // prettier-ignore

/** The words that p4 had for types before it had modifiers, and the modifiers that matter (`p4 help filetypes`). */
function typeOf(text: string): { link: boolean; special: boolean; executable: boolean; asStored: boolean } {
  const [base = '', modifiers = ''] = text.split('+');
  const executable = modifiers.includes('x') || /^(k|c|u)?x(text|binary|ltext|unicode|utf16|tempobj)$/.test(base);
  const expanded = modifiers.includes('k') || /^k/.test(base);
  const converted = /unicode|utf16/.test(base);
  return {
    link: base === 'symlink',
    special: /apple|resource/.test(base),
    executable,
    // Keywords and character sets change what arrives; of everything else the server tells size and MD5.
    asStored: !expanded && !converted,
  };
}
