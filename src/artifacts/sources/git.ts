import { createHash } from 'node:crypto';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { Pin } from '../../../constructs/model/release.js';
import type { SourceEntry } from '../entry.js';
import { ArtifactError } from '../error.js';
import { makeFolder } from '../make-folder.js';
import { shownPath } from '../printable.js';
import { ByteReader, linesOf } from './byte-reader.js';
import { Git, GitError } from './git-command.js';
import { GitAccess } from './git-access.js';
import type { GitCredentials } from './git-access.js';
import { isPointer, LfsFiles, POINTER_LIMIT } from './git-lfs.js';
import { readSubmodules } from './git-submodules.js';
import type { Listing, Sink, Source, SourceContext } from './source.js';

/** A git source as a zone says it. */
export interface GitOptions {
  readonly url: string;
  readonly branch?: string;
  readonly tag?: string;
  readonly commit?: string;
  readonly submodules: boolean;
  readonly subPath?: string;
  readonly credentials: GitCredentials;
}

/** How many missing files are asked for at once: what a kill loses, and what a server must answer in one go. */
const FILES_AT_ONCE = 2000;

/**
 * A folder of a git repository. Only the trees of one commit are fetched, and then the files that nobody has yet, where the
 * server can do so (partial clone); else the commit as a whole. There is no checkout, so that nothing that a repository
 * brings (attributes, filters, hooks, links) acts on this machine.
 */
export class GitSource implements Source {
  readonly name: string;
  private opened: Promise<Git> | undefined;
  private access: GitAccess | undefined;
  private readonly folder: string;
  private readonly submodules = new Map<SourceEntry, { readonly source: GitSource; readonly entry: SourceEntry }>();
  private readonly inner: GitSource[] = [];

  constructor(
    private readonly options: GitOptions,
    private readonly context: SourceContext,
    private readonly depth = 0,
  ) {
    this.name = `git ${context.secrets.mask(options.url)}`;
    this.folder = join(context.cache, 'git', createHash('sha256').update(options.url).digest('hex').slice(0, 16));
  }

  async resolve(): Promise<Pin> {
    const { commit, branch, tag } = this.options;
    if (commit !== undefined) return { commit };
    const wanted =
      branch !== undefined
        ? [`refs/heads/${branch}`]
        : tag !== undefined
          ? [`refs/tags/${tag}`, `refs/tags/${tag}^{}`]
          : ['HEAD'];
    const git = await this.git();
    const printed = await this.asked(() => git.run(['ls-remote', '--quiet', 'origin', ...wanted]));
    const found = new Map(
      printed
        .split('\n')
        .filter((line) => line !== '')
        .map((line) => line.split('\t').reverse() as [string, string]),
    );
    // Of an annotated tag the commit that it names, not the tag object.
    const id = wanted.map((name) => found.get(name)).findLast((value) => value !== undefined);
    if (id !== undefined && /^([0-9a-f]{40}|[0-9a-f]{64})$/.test(id)) return { commit: id };
    const said = branch !== undefined ? `branch ${branch}` : tag !== undefined ? `tag ${tag}` : 'default branch';
    throw new ArtifactError(`${this.name}: there is no ${shownPath(said)}`, {
      fault: 'input',
      hint: 'name a branch, a tag or a commit that the repository has',
    });
  }

  async list(pin: Pin): Promise<Listing> {
    const { commit } = pin as { readonly commit: string };
    const git = await this.git();
    await this.asked(() => this.fetchCommit(git, commit));
    const tree = await this.treeOf(git, commit);
    const entries: SourceEntry[] = [];
    const links: { readonly path: string; readonly commit: string }[] = [];
    for await (const line of linesOf(git.output(['ls-tree', '-r', '-z', '--full-tree', tree]), 0)) {
      const tab = line.indexOf(9);
      const [mode = '', , id = ''] = line.subarray(0, tab).toString('latin1').split(' ');
      const path = this.pathOf(line.subarray(tab + 1));
      if (mode === '160000') links.push({ path, commit: id });
      else if (/^(100[0-7]{3}|120000)$/.test(mode))
        entries.push({
          path,
          kind: mode === '120000' ? 'link' : 'file',
          executable: mode === '100755',
          identity: `git:${id}`,
          address: id,
        });
      else
        throw new ArtifactError(`${this.name}: ${shownPath(path)}: neither a file nor a link (mode ${mode})`, {
          fault: 'input',
          hint: 'remove it from the repository',
        });
    }
    const notes = this.options.submodules
      ? await this.addSubmodules(git, commit, links, entries)
      : links.map(
          ({ path }) => `${this.name}: left out the submodule ${shownPath(path)} (\`submodules: true\` fetches it)`,
        );
    if (entries.length > 0) return { entries, notes };
    throw this.nothingThere(commit);
  }

  private pathOf(bytes: Buffer): string {
    const path = bytes.toString('utf8');
    if (Buffer.from(path).equals(bytes)) return path;
    throw new ArtifactError(`${this.name}: ${shownPath(bytes.toString('latin1'))}: the name is not UTF-8`, {
      fault: 'input',
      hint: 'rename it in the repository, or take a folder without it (`subPath`)',
    });
  }

  /** The tree of `subPath`. */
  private async treeOf(git: Git, commit: string): Promise<string> {
    const { subPath } = this.options;
    if (subPath === undefined) return commit;
    const printed = await git.run(['ls-tree', '-d', '-z', '--full-tree', commit, '--', subPath]);
    const [, id] = /^040000 tree ([0-9a-f]+)\t/.exec(printed) ?? [];
    if (id !== undefined) return id;
    throw this.nothingThere(commit);
  }

  private nothingThere(commit: string): ArtifactError {
    const { subPath } = this.options;
    const where = subPath === undefined ? 'no files' : `no folder ${shownPath(subPath)} (\`subPath\`)`;
    return new ArtifactError(`${this.name}: commit ${commit.slice(0, 12)} has ${where}`, {
      fault: 'input',
      hint: 'name a folder that the repository has at that commit',
    });
  }

  /** The ways to a commit, from the cheapest on: not every server can do everything. */
  private async fetchCommit(git: Git, commit: string): Promise<void> {
    const ref = `refs/gamezone/${commit}`;
    if (await hasRef(git, ref)) return;
    const { branch, tag } = this.options;
    const named = branch !== undefined ? `refs/heads/${branch}` : tag !== undefined ? `refs/tags/${tag}` : 'HEAD';
    const fetch = ['fetch', '--progress', '--no-tags', '--no-write-fetch-head', '--force'];
    const partial = [...fetch, '--depth=1', '--filter=blob:none', 'origin'];
    const attempts = [
      [...partial, `+${commit}:${ref}`],
      ...(this.options.commit === undefined ? [[...partial, `+${named}:${ref}`]] : []),
      [...fetch, '--filter=blob:none', 'origin', '+refs/heads/*:refs/all/heads/*', '+refs/tags/*:refs/all/tags/*'],
    ];
    let first: GitError | undefined;
    for (const args of attempts) {
      try {
        await git.run(args);
        const id = await git.run(['rev-parse', '--verify', '--quiet', '--end-of-options', `${commit}^{commit}`]);
        if (id.trim() !== commit) continue;
        await git.run(['update-ref', ref, commit]);
        return;
      } catch (error) {
        if (!(error instanceof GitError)) throw error;
        first ??= error;
      }
    }
    throw first ?? new ArtifactError(`${this.name}: there is no commit ${commit} any more`, { hint: 'run the command again: the branch moved meanwhile' }); // prettier-ignore
  }

  async readTargets(entries: readonly SourceEntry[]): Promise<ReadonlyMap<SourceEntry, string>> {
    const targets = new Map<SourceEntry, string>();
    await this.eachContent(entries, async (entry, size, content) => {
      if (size > POINTER_LIMIT * 4)
        throw new ArtifactError(`${this.name}: ${shownPath(entry.path)}: a link of ${size} bytes`, { fault: 'input' });
      targets.set(entry, this.pathOf(await whole(content)));
    });
    return targets;
  }

  async fetch(entries: readonly SourceEntry[], sink: Sink): Promise<void> {
    const pointers = new LfsFiles(await this.git(), this.name);
    await this.eachContent(entries, async (entry, size, content) => {
      if (size > POINTER_LIMIT) return sink.receive(entry, content);
      const bytes = await whole(content);
      const pointer = isPointer(bytes);
      if (pointer) pointers.add(entry, pointer, bytes);
      else await sink.receive(entry, one(bytes));
    });
    await this.asked(() => pointers.fetch(sink));
  }

  /** Reads contents one after the other, fetching those that are not here. */
  private async eachContent(
    entries: readonly SourceEntry[],
    use: (entry: SourceEntry, size: number, content: AsyncIterable<Uint8Array>) => Promise<void>,
  ): Promise<void> {
    const own: SourceEntry[] = [];
    const others = new Map<GitSource, Map<SourceEntry, SourceEntry>>();
    for (const entry of entries) {
      const inner = this.submodules.get(entry);
      if (!inner) own.push(entry);
      else
        others.set(
          inner.source,
          (others.get(inner.source) ?? new Map<SourceEntry, SourceEntry>()).set(inner.entry, entry),
        );
    }
    const git = await this.git();
    for (let start = 0; start < own.length; start += FILES_AT_ONCE)
      await this.asked(() => this.readSome(git, own.slice(start, start + FILES_AT_ONCE), use));
    for (const [source, outer] of others)
      await source.eachContent([...outer.keys()], (entry, size, content) => use(outer.get(entry)!, size, content));
  }

  private async readSome(
    git: Git,
    entries: readonly SourceEntry[],
    use: (entry: SourceEntry, size: number, content: AsyncIterable<Uint8Array>) => Promise<void>,
  ): Promise<void> {
    const ids = [...new Set(entries.map(({ address }) => address))];
    const missing = await this.missing(git, ids);
    if (missing.length > 0)
      await git.run(
        ['-c', 'fetch.negotiationAlgorithm=noop', 'fetch', '--progress', '--no-tags', '--no-write-fetch-head', '--filter=blob:none', '--stdin', 'origin'],
        Buffer.from(`${missing.join('\n')}\n`),
      ); // prettier-ignore
    const reader = new ByteReader(
      git.output(['cat-file', '--batch'], `${entries.map(({ address }) => address).join('\n')}\n`),
    );
    try {
      for (const entry of entries) {
        const header = (await reader.until(10))?.toString('latin1') ?? '';
        const [, kind, length] = header.split(' ');
        if (kind !== 'blob') throw new ArtifactError(`${this.name}: ${shownPath(entry.path)}: the server does not give it out (${header})`); // prettier-ignore
        await use(entry, Number(length), reader.stretch(Number(length)));
        await reader.exactly(1);
      }
      if (!(await reader.ended())) throw new Error('git cat-file printed more than it was asked for');
    } finally {
      await reader.close();
    }
  }

  /** Which of these objects are not in the repository; git itself would fetch them one by one. */
  private async missing(git: Git, ids: readonly string[]): Promise<string[]> {
    const args = ['rev-list', '--objects', '--no-object-names', '--missing=print', '--ignore-missing', '--stdin'];
    const here = new Set<string>();
    for await (const line of linesOf(git.output(args, `${ids.join('\n')}\n`), 10)) {
      const text = line.toString('latin1');
      if (!text.startsWith('?')) here.add(text);
    }
    return ids.filter((id) => !here.has(id));
  }

  private async addSubmodules(
    git: Git,
    commit: string,
    links: readonly { readonly path: string; readonly commit: string }[],
    entries: SourceEntry[],
  ): Promise<string[]> {
    if (links.length === 0) return [];
    const notes: string[] = [];
    const { url, credentials, subPath } = this.options;
    for (const link of await readSubmodules(git, commit, {
      url,
      links,
      depth: this.depth,
      name: this.name,
      ...(subPath !== undefined && { subPath }),
    })) {
      const options: GitOptions = { url: link.url, commit: link.commit, submodules: true, credentials };
      const source = new GitSource(options, this.context, this.depth + 1);
      this.inner.push(source);
      const listing = await source.list({ commit: link.commit });
      notes.push(...listing.notes);
      for (const entry of listing.entries) {
        const outer = { ...entry, path: `${link.path}/${entry.path}` };
        this.submodules.set(outer, { source, entry });
        entries.push(outer);
      }
    }
    return notes;
  }

  private git(): Promise<Git> {
    return (this.opened ??= this.open());
  }

  private async open(): Promise<Git> {
    const { url, credentials } = this.options;
    const { secrets, signal, progress } = this.context;
    await makeFolder(this.folder);
    this.access = await GitAccess.open(url, credentials);
    const git = new Git(this.folder, {
      config: [['remote.origin.url', url], ...this.access.config],
      environment: this.access.environment,
      signal,
      secrets,
      onProgress: ({ processed, total }) => progress.set({ files: processed, totalFiles: total }),
    });
    if (!(await isRepository(git))) {
      await rm(this.folder, { recursive: true, force: true });
      await makeFolder(this.folder);
      await git.run(['init', '--quiet', '--bare', '.']);
    }
    return git;
  }

  /** Errors of git name the source, and say what usually helps. */
  private async asked<T>(run: () => Promise<T>): Promise<T> {
    try {
      return await run();
    } catch (error) {
      if (!(error instanceof GitError)) throw error;
      const hint = error.hint ?? hintFor(error.message);
      throw new ArtifactError(`${this.name}: ${error.message}`, { ...(hint !== undefined && { hint }), cause: error });
    }
  }

  async close(): Promise<void> {
    await this.opened?.catch(() => undefined);
    await this.access?.close();
    for (const source of this.inner) await source.close();
  }
}

const HINTS: readonly (readonly [RegExp, string])[] = [
  [/No space left on device|Disk quota exceeded/i, 'make the volume larger, or free space with `gamezone artifacts gc`'],
  [/could not read (Username|Password)|Authentication failed|HTTP.* (401|403)|Invalid username or/i, 'give a token that may read the repository (`tokenSecretRef`), or check the one that is given'],
  [/REMOTE HOST IDENTIFICATION|Host key for .* has changed/i, 'the key of the host is another one than `knownHostsSecretRef` (or known_hosts here) says: find out why before you believe it'],
  [/Host key verification failed|host key is known/i, 'nobody has said yet what key the host has: put what `ssh-keyscan HOST` prints, compared with what the host publishes, into the Secret of `knownHostsSecretRef`'],
  [/invalid format|error in libcrypto/i, 'the Secret of `sshKeySecretRef` holds no private key that ssh can read: give the file as ssh-keygen wrote it'],
  [/No user exists for uid/i, 'ssh wants the user of this process in /etc/passwd: add it to the image, as ours does'],
  [/Permission denied \(|publickey/i, 'give a key that may read the repository (`sshKeySecretRef`)'],
  [/not found|does not exist|does not appear to be a git repository/i, 'check the address; where it is right, the credential may not see the repository'],
  [/Could not resolve host|Connection refused|timed out|unable to access/i, 'check the address, and that this network reaches it'],
  [/transport '\w+' not allowed/i, 'use an https, http, ssh or git address'],
]; // prettier-ignore

const hintFor = (message: string): string | undefined => HINTS.find(([pattern]) => pattern.test(message))?.[1];

async function hasRef(git: Git, ref: string): Promise<boolean> {
  try {
    return (await git.run(['rev-parse', '--verify', '--quiet', '--end-of-options', ref])).trim() !== '';
  } catch (error) {
    if (error instanceof GitError) return false;
    throw error;
  }
}

/** Whether the folder holds one that a kill did not leave half made. */
async function isRepository(git: Git): Promise<boolean> {
  try {
    return (await git.run(['rev-parse', '--git-dir'])).trim() === '.';
  } catch (error) {
    if (error instanceof GitError && error.hint === undefined) return false;
    throw error;
  }
}

async function whole(content: AsyncIterable<Uint8Array>): Promise<Buffer> {
  const chunks: Uint8Array[] = [];
  for await (const chunk of content) chunks.push(chunk);
  return Buffer.concat(chunks);
}

// eslint-disable-next-line @typescript-eslint/require-await -- what a sink takes
async function* one(bytes: Uint8Array): AsyncGenerator<Uint8Array> {
  yield bytes;
}
