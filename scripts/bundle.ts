import { chmod, rm } from 'node:fs/promises';
import { build } from 'esbuild';

// Commands become chunks of their own, so that `--help` loads only the command line itself.
await rm('dist', { recursive: true, force: true });
await build({
  entryPoints: { 'bin/gamezone': 'bin/gamezone.ts' },
  outdir: 'dist',
  bundle: true,
  splitting: true,
  chunkNames: 'chunks/[name]-[hash]',
  platform: 'node',
  format: 'esm',
  target: 'node20.19',
  minify: true,
  keepNames: true,
  legalComments: 'external',
  logLevel: 'warning',
  banner: {
    js: "import{createRequire as gamezoneRequire}from'node:module';const require=gamezoneRequire(import.meta.url);",
  },
});
await chmod('dist/bin/gamezone.js', 0o755);
