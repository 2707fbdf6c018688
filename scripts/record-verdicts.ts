/**
 * Asks a real kube-apiserver about every manifest in test/kubernetes/verdicts and writes what it said to verdicts.json.
 *
 *     npx tsx scripts/record-verdicts.ts
 *
 * Needs Go: test/control-plane is built on first use. Verdicts are never written by hand.
 */
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parse } from 'yaml';
import { Asker } from '../test/control-plane/ask.js';
import { pinnedVersion } from '../test/control-plane/pins.js';
import { startApiServer } from '../test/control-plane/start.js';

const folder = fileURLToPath(new URL('../test/kubernetes/verdicts/', import.meta.url));

const server = await startApiServer();
try {
  const asker = new Asker(server);
  const verdicts = [];
  for (const file of readdirSync(folder)
    .filter((name) => name.endsWith('.yaml'))
    .sort()) {
    verdicts.push({ file, ...(await asker.ask(parse(readFileSync(join(folder, file), 'utf8')))) });
  }
  const record = { kubernetes: pinnedVersion(), verdicts };
  writeFileSync(join(folder, 'verdicts.json'), `${JSON.stringify(record, undefined, 2)}\n`);
  const accepted = verdicts.filter((verdict) => verdict.accepted).length;
  process.stdout.write(`${verdicts.length} manifests: ${accepted} accepted, ${verdicts.length - accepted} refused\n`);
  for (const { file, accepted } of verdicts) {
    const expected = file.includes('-good');
    if (accepted !== expected)
      process.stdout.write(
        `${file} is named otherwise than the server judges it: ${accepted ? 'accepted' : 'refused'}\n`,
      );
  }
} finally {
  await server.stop();
}
