import { chmodSync, copyFileSync, writeFileSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { folderWith } from '../cli/command-line.js';
import { Laboratory, zoneWith } from './laboratory.js';

/** A path with the stand-in for the p4 client (p4/p4.js) on it: the real one cannot be redistributed. */
export function pathWithP4(): string {
  // Without an ending a file is CommonJS, unless a package.json says otherwise.
  const bin = folderWith({ 'package.json': '{"type":"module"}' });
  copyFileSync('test/artifacts/p4/p4.js', join(bin, 'p4'));
  chmodSync(join(bin, 'p4'), 0o755);
  return `${bin}${delimiter}${process.env['PATH'] ?? ''}`;
}

export interface Revision {
  readonly rev: number;
  readonly change: number;
  readonly action?: string;
  readonly type?: string;
  readonly content?: string | Buffer;
}

export type DepotFiles = Readonly<Record<string, readonly Revision[]>>;

/** The depot that the stand-in serves. */
export class Depot {
  readonly file = join(folderWith(), 'depot.json');
  readonly log = join(folderWith({ log: '' }), 'log');

  constructor(
    private readonly files: DepotFiles,
    private readonly more: object = {},
  ) {
    this.write();
  }

  write(more: object = {}, files = this.files): void {
    const encoded = Object.fromEntries(
      Object.entries(files).map(([name, all]) => [name, all.map(({ content, ...one }) => ({ ...one, content: Buffer.from(content ?? '').toString('base64') }))]),
    ); // prettier-ignore
    writeFileSync(this.file, JSON.stringify({ files: encoded, log: this.log, ...this.more, ...more }));
  }

  source(p4: object = {}, entry: object = {}): Laboratory {
    return new Laboratory(zoneWith([{ path: '/app/artifacts', ...entry, p4: { server: `rsh:${this.file}`, path: '//depot/data', ...p4 } }])); // prettier-ignore
  }
}
