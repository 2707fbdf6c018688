import { readFileSync } from 'node:fs';
import { Testing } from 'cdk8s';
import { load, loadAll } from 'js-yaml';
import { GameZone } from '../../constructs/game-zone.js';
import type { ZoneDocument } from '../../constructs/model/resolve.js';
import { synthesize } from '../../src/synth/synth.js';

const examples = ['seed-zone', 'in-place-canary', 'native'].map((name) => `examples/${name}/zone.yaml`);

test.each(examples)('the chart of %s holds the objects that synth writes, in their order', async (file) => {
  const { zones } = await synthesize({ files: [file], format: 'yaml', secrets: 'inline' });
  const document = load(readFileSync(file, 'utf8').replace(/secretKey: (\d+)$/m, "secretKey: '$1'")) as ZoneDocument;
  const chart = GameZone.fromDocument(Testing.app(), document);
  expect(Testing.synth(chart) as unknown[]).toEqual(loadAll(zones[0]!.files[0]!.content.toString()));
});
