import type { Contents } from './contents.js';
import type { SourceEntry } from './entry.js';
import { ArtifactError, NotWhole } from './error.js';
import type { Journal } from './journal.js';
import { shownPath } from './printable.js';
import type { Progress } from './progress.js';
import type { Sink, Verify } from './sources/source.js';
import type { Store, Stored } from './store.js';

/** Bytes that a release may have at most, counted while they arrive: what a source says beforehand may be wrong. */
export class ByteLimit {
  private received = 0;

  constructor(private readonly most: number | undefined) {}

  add(bytes: number): void {
    this.received += bytes;
    this.check(this.received);
  }

  /** @throws ArtifactError when the bytes are too many */
  check(bytes: number): void {
    if (this.most === undefined || bytes <= this.most) return;
    throw new ArtifactError(`the sources have more than ${this.most} bytes, which is the limit`, {
      fault: 'input',
      hint: 'raise --max-bytes, or take less of the sources (`subPath`)',
    });
  }
}

/** Takes the files of one source into the store. */
export class Receiving implements Sink {
  constructor(
    private readonly source: string,
    private readonly store: Store,
    private readonly contents: Contents,
    private readonly journal: Journal,
    private readonly progress: Progress,
    private readonly limit: ByteLimit,
    readonly folder: string,
  ) {}

  async receive(entry: SourceEntry, content: AsyncIterable<Uint8Array>, verify?: Verify): Promise<void> {
    const incoming = this.store.receive();
    let stored: Stored;
    try {
      const hash = verify && incoming.also(verify.algorithm);
      for await (const chunk of content) {
        this.limit.add(chunk.byteLength);
        await incoming.write(chunk);
        this.progress.addBytes(chunk.byteLength);
      }
      this.checkSize(entry, incoming.size);
      if (verify && hash!.digest('hex') !== verify.digest)
        throw this.notWhole(entry, `its ${verify.algorithm} is not ${verify.digest}`);
      stored = await incoming.keep();
    } catch (error) {
      await incoming.abandon();
      this.progress.addBytes(-incoming.size);
      this.limit.add(-incoming.size);
      throw error;
    }
    this.done(entry, stored);
  }

  async adopt(entry: SourceEntry, path: string, stored: Stored): Promise<void> {
    this.checkSize(entry, stored.size);
    await this.store.adopt(path, stored.sha256);
    this.done(entry, stored);
  }

  private done(entry: SourceEntry, stored: Stored): void {
    this.contents.add(entry.identity, stored);
    this.journal.add(entry.identity, stored);
    this.progress.addFile();
  }

  private checkSize(entry: SourceEntry, size: number): void {
    if (entry.size !== undefined && size !== entry.size)
      throw this.notWhole(entry, `${size} of ${entry.size} bytes arrived`);
  }

  private notWhole({ path }: SourceEntry, why: string): NotWhole {
    return new NotWhole(`${this.source}: ${shownPath(path)}: ${why}`, {
      hint: 'run the command again; where it happens again, the source itself is damaged',
    });
  }
}
