/** What a sync does at the moment, for a person who waits or a log. */
export interface ProgressState {
  readonly phase: 'resolve' | 'list' | 'fetch' | 'link' | 'live' | 'done';
  /** The source that is being asked; absent where none is. */
  readonly source?: string;
  readonly files: number;
  readonly totalFiles: number;
  readonly bytes: number;
  /** Absent while the source has not said it. */
  readonly totalBytes?: number;
}

/** Counts. Whoever shows them looks when it wants to: nothing is printed here. */
export class Progress {
  private current: ProgressState = { phase: 'resolve', files: 0, totalFiles: 0, bytes: 0 };
  /** Over all phases: what came over the network. */
  fetched = { files: 0, bytes: 0 };

  get state(): ProgressState {
    return this.current;
  }

  begin(
    phase: ProgressState['phase'],
    source?: string,
    { files = 0, bytes }: { readonly files?: number; readonly bytes?: number } = {},
  ): void {
    this.current = {
      phase,
      ...(source !== undefined && { source }),
      files: 0,
      totalFiles: files,
      bytes: 0,
      ...(bytes !== undefined && { totalBytes: bytes }),
    };
  }

  /** So many bytes more of files that are not complete. */
  addBytes(bytes: number): void {
    this.current = { ...this.current, bytes: this.current.bytes + bytes };
    if (this.current.phase === 'fetch') this.fetched.bytes += bytes;
  }

  addFile(): void {
    this.current = { ...this.current, files: this.current.files + 1 };
    if (this.current.phase === 'fetch') this.fetched.files++;
  }

  /** What a program that fetches by itself says about how far it is. */
  set(part: Partial<Pick<ProgressState, 'files' | 'totalFiles' | 'bytes' | 'totalBytes'>>): void {
    this.current = { ...this.current, ...part };
  }
}
