/**
 * Writes API.md from the declarations of the library. With `--check` it writes nothing and exits 1 when the page is stale.
 * Usage: `tsx scripts/api-page.ts [--check]`.
 */
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { apiPage } from './api-page/page.js';
import { ENTRIES } from './build/entries.js';
import { publicApi } from './build/public-api.js';

const page = apiPage(publicApi(ENTRIES));
const isStale = !existsSync('API.md') || readFileSync('API.md', 'utf8') !== page;
if (!process.argv.includes('--check')) writeFileSync('API.md', page);
else if (isStale) {
  console.error('API.md is stale, run `npx projen api-page`');
  process.exitCode = 1;
}
