import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { UserError } from '../user-error.js';

/**
 * Beside the manifests: which of the files here are ours, and which zone file each comes from. Its name has no ending that
 * `kubectl apply -f FOLDER` or Argo CD would take for a manifest's.
 */
export const INDEX_FILE = '.gamezone-index';

/** Output files by name, with the zone file each comes from, relative to the output folder. */
export type OutputIndex = Readonly<Record<string, string>>;

/** Only such names are ever removed, whatever an index says. */
export const isOwnName = (name: string): boolean => /^[a-z][-a-z0-9]*(\.secret)?\.(yaml|json)$/.test(name);

/** @throws UserError when the file is there and is no index */
export function readIndex(folder: string): OutputIndex {
  const path = join(folder, INDEX_FILE);
  let text: string;
  try {
    text = readFileSync(path, 'utf8');
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'ENOENT') return {};
    if (code !== 'EISDIR') throw error;
    text = '';
  }
  const files = parsed(text);
  if (!files) {
    throw new UserError(`${path}:1:1: not an index of gamezone synth`, {
      hint: 'remove it (files that an earlier synth wrote then stay where they are) and run synth again',
    });
  }
  return Object.fromEntries(Object.entries(files).filter(([name]) => isOwnName(name)));
}

function parsed(text: string): OutputIndex | undefined {
  try {
    const { files } = JSON.parse(text) as { readonly files?: unknown };
    const isIndex =
      typeof files === 'object' && files !== null && Object.values(files).every((source) => typeof source === 'string');
    return isIndex ? (files as OutputIndex) : undefined;
  } catch {
    return undefined;
  }
}

export const indexText = (files: OutputIndex): string =>
  `${JSON.stringify({ files: Object.fromEntries(Object.entries(files).sort(([a], [b]) => (a < b ? -1 : 1))) }, undefined, 2)}\n`;
