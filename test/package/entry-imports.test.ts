import { build } from 'esbuild';
import { ENTRIES } from '../../scripts/build/entries.js';

/** The modules and packages that an entry loads, as it is built. */
async function loadedBy(specifier: string): Promise<{ ours: string[]; packages: string[]; outside: string[] }> {
  const { source } = ENTRIES.find((entry) => entry.specifier === specifier)!;
  const { metafile } = await build({
    entryPoints: [source],
    outdir: 'dist',
    write: false,
    metafile: true,
    bundle: true,
    platform: 'node',
    format: 'esm',
    external: ['cdk8s', 'constructs'],
  });
  const inputs = Object.keys(metafile.inputs);
  const [output] = Object.values(metafile.outputs);
  return {
    ours: inputs.filter((path) => !path.includes('node_modules/')),
    packages: inputs.filter((path) => path.includes('node_modules/')),
    outside: [...new Set(output!.imports.map(({ path }) => path))].sort(),
  };
}

test('gamezone loads cdk8s, constructs and pure code', async () => {
  const { ours, packages, outside } = await loadedBy('gamezone');
  expect(outside).toEqual(['cdk8s', 'constructs', 'node:crypto']);
  expect(packages).toEqual([]);
  expect(ours.filter((path) => !/^(constructs|src\/api)\//.test(path))).toEqual([]);
  expect(ours.filter((path) => path.startsWith('constructs/zone-file/'))).toEqual([]);
});

test('gamezone/plus loads no cdk8s-plus', async () => {
  const { packages, outside } = await loadedBy('gamezone/plus');
  expect(outside.filter((name) => name.startsWith('cdk8s-plus'))).toEqual([]);
  expect(packages).toEqual([]);
});

test('gamezone/zone-file reads no file and opens no connection', async () => {
  const { outside } = await loadedBy('gamezone/zone-file');
  expect(outside.filter((name) => /^(node:)?(fs|http|https|child_process|dns|tls)(\/|$)/.test(name))).toEqual([]);
});
