import { lstatSync, readdirSync, readFileSync, readlinkSync } from 'node:fs';
import { join } from 'node:path';
import { folderWith, gamezone } from '../cli/command-line.js';
import type { Outcome } from '../cli/command-line.js';

/** A zone file with these entries of `artifacts`. */
export const zoneWith = (artifacts: readonly object[], volumes: readonly object[] = []): string =>
  JSON.stringify({
    apiVersion: 'gamezone.dev/v1alpha1',
    kind: 'GameZone',
    metadata: { name: 'zone1' },
    spec: { gameZone: { zoneId: 1, defaultImage: 'registry.example.com/game:1', serviceConfig: [{ type: 'game', id: 1 }] }, artifacts, volumes },
  }); // prettier-ignore

/** What `gamezone artifacts sync` tells programs. */
export interface Done {
  readonly release: string;
  readonly wasThere: boolean;
  readonly files: number;
  readonly bytes: number;
  readonly fetched: { readonly files: number; readonly bytes: number };
  readonly live?: {
    readonly written: number;
    readonly removed: number;
    readonly kept: number;
    readonly setAside: string[];
  };
  readonly notes: readonly string[];
  readonly sources: readonly { readonly name: string; readonly pin: Readonly<Record<string, unknown>> }[];
}

/** A folder with a zone file and a volume. */
export class Laboratory {
  readonly folder: string;
  readonly volume: string;
  readonly zone: string;

  constructor(text: string) {
    this.folder = folderWith({ 'zone.yaml': text });
    this.volume = join(this.folder, 'volume');
    this.zone = join(this.folder, 'zone.yaml');
  }

  async run(...options: readonly string[]): Promise<Outcome> {
    const outcome = await gamezone('artifacts', 'sync', this.zone, '--to', this.volume, ...options);
    return { ...outcome, err: outcome.err.replaceAll(`${this.folder}/`, '') };
  }

  /** Syncs, and demands that it goes well. */
  async sync(...options: readonly string[]): Promise<Done> {
    const { code, out, err } = await this.run('--output', 'json', ...options);
    if (code !== 0) throw new Error(`exit code ${code}\n${err}`);
    return JSON.parse(out) as Done;
  }

  release(id: string): Record<string, string> {
    return tree(join(this.volume, 'releases', id));
  }

  live(): Record<string, string> {
    return tree(join(this.volume, 'live'));
  }
}

/** Every file below a folder: its content, `x:` before that of a program, `-> target` for a link. */
export function tree(folder: string): Record<string, string> {
  const names = readdirSync(folder, { recursive: true, encoding: 'utf8' }).sort();
  return Object.fromEntries(
    names.flatMap((name) => {
      const path = join(folder, name);
      const stats = lstatSync(path);
      if (stats.isDirectory() || name === '.gamezone-release') return [];
      if (stats.isSymbolicLink()) return [[name, `-> ${readlinkSync(path)}`]];
      return [[name, `${(stats.mode & 0o100) === 0 ? '' : 'x:'}${readFileSync(path, 'utf8')}`]];
    }),
  );
}
