import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parse } from 'yaml';

export const root = join(dirname(fileURLToPath(import.meta.url)), '../..');

export function readYaml<T = unknown>(path: string): T {
  return parse(readFileSync(join(root, path), 'utf8')) as T;
}
