import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Metafile } from 'esbuild';

interface Manifest {
  readonly name: string;
  readonly version: string;
  readonly license?: string;
}

/**
 * The licenses of all packages that parts of are in these bundles: most ask for their text to go where the code goes.
 *
 * @throws Error when a package comes without a license text
 */
export function licenseTexts(bundles: readonly Metafile[]): string {
  const folders = new Set(bundles.flatMap(({ inputs }) => Object.keys(inputs)).flatMap(packageFolder));
  const sections = [...folders].sort().map((folder) => {
    const { name, version, license } = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')) as Manifest;
    const file = readdirSync(folder).find((entry) => /^((un)?licen[cs]e|copying)/i.test(entry));
    if (!file) throw new Error(`${name} ${version} has no license text; it cannot be bundled`);
    return `${name} ${version} (${license ?? 'see below'})\n\n${readFileSync(join(folder, file), 'utf8').trim()}\n`;
  });
  return `Parts of these packages are in this one.\n\n${sections.join(`\n${'-'.repeat(80)}\n\n`)}`;
}

/** The folder of the package that a bundled file belongs to; none for a file of ours. */
function packageFolder(input: string): string[] {
  const inside = /^.*node_modules\/(?:@[^/]+\/)?[^/]+/.exec(input)?.[0];
  return inside !== undefined && existsSync(join(inside, 'package.json')) ? [inside] : [];
}
