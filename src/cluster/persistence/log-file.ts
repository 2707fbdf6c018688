import { constants } from 'node:fs';
import { PRIVATE, writeAll, type Files } from './files.js';

/** A file that only grows, by whole records. */
export class LogFile {
  /** The rest of a record that could not be written may stand behind the last whole one. */
  private isRagged = false;

  private constructor(
    private readonly files: Files,
    private readonly descriptor: number,
    private length: number,
  ) {}

  /** What stands behind `length` bytes goes. */
  static open(files: Files, path: string, length: number): LogFile {
    const log = new LogFile(files, files.openSync(path, constants.O_RDWR | constants.O_CREAT, PRIVATE), length);
    log.isRagged = true;
    log.trim();
    return log;
  }

  /** Bytes. */
  get size(): number {
    return this.length;
  }

  /** Written when it returns, to the operating system. @throws where it was not; whatever stands of it goes before the next one */
  append(record: Buffer): void {
    this.trim();
    this.isRagged = true;
    writeAll(this.files, this.descriptor, record, this.length);
    this.isRagged = false;
    this.length += record.length;
  }

  close(): void {
    this.files.closeSync(this.descriptor);
  }

  private trim(): void {
    if (!this.isRagged) return;
    this.files.ftruncateSync(this.descriptor, this.length);
    this.isRagged = false;
  }
}
