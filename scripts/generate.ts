/**
 * Writes everything that follows from src/api/schemas, and the table of the README that follows from src/api/unsupported.ts.
 * With `--check` it writes nothing and exits 1 with the names of the files that are stale.
 * Usage: `tsx scripts/generate.ts [--check]`.
 */
import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { generate } from './generate/generate.js';
import { stale, write } from './generate/outputs.js';
import { withUnsupportedTable } from './generate/unsupported-table.js';

const root = join(dirname(fileURLToPath(import.meta.url)), '..');
const folders = ['src/api/generated', 'docs/reference'];

const outputs = await generate(join(root, 'src/api/schemas'), readdirSync(join(root, 'src/api/schemas')));
outputs.set('README.md', withUnsupportedTable(readFileSync(join(root, 'README.md'), 'utf8')));
if (process.argv.includes('--check')) {
  const files = stale(root, outputs, folders);
  if (files.length > 0) {
    console.error(`Stale, run \`npx projen generate\`:\n${files.map((file) => `  ${file}`).join('\n')}`);
    process.exitCode = 1;
  }
} else {
  for (const file of write(root, outputs, folders)) console.log(file);
}
