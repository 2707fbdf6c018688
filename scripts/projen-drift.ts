import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';

// Runs projen's own program without its installation step, and fails when a file that it manages is not what it writes.
const { files } = JSON.parse(readFileSync('.projen/files.json', 'utf8')) as { readonly files: readonly string[] };
const managed = [...files, 'package.json'];
const before = new Map(managed.map((file) => [file, readFileSync(file, 'utf8')]));
execFileSync(process.execPath, ['--import', 'tsx', '.projenrc.ts'], {
  env: { ...process.env, PROJEN_DISABLE_POST: '1' },
  stdio: 'inherit',
});
const stale = managed.filter((file) => readFileSync(file, 'utf8') !== before.get(file));
if (stale.length > 0) {
  console.error(
    `stale, now written anew by projen: ${stale.join(', ')}\nCommit them; .projenrc.ts is where they come from.`,
  );
  process.exitCode = 1;
}
