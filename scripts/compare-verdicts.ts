/**
 * Changes each good manifest in test/kubernetes/verdicts at random, asks a real kube-apiserver and the offline check about every
 * result, and prints where the two disagree.
 *
 *     npx tsx scripts/compare-verdicts.ts [seed] [changes per manifest] [part of a file name]
 *
 * The same seed makes the same changes. A disagreement is a bug of the check, or something that only a cluster can know.
 */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parse } from 'yaml';
import { checkObject } from '../src/kubernetes/index.js';
import { Asker } from '../test/control-plane/ask.js';
import { startApiServer } from '../test/control-plane/start.js';
import { Mutator, randomFrom } from './mutate-manifest.js';

const folder = fileURLToPath(new URL('../test/kubernetes/verdicts/', import.meta.url));
const seed = Number(process.argv[2] ?? Date.now() % 1_000_000);
const perManifest = Number(process.argv[3] ?? 200);
const only = process.argv[4] ?? '';

process.stdout.write(`seed ${seed}, ${perManifest} changes per manifest\n`);
const files = readdirSync(folder).filter(
  (name) => name.endsWith('.yaml') && name.includes('-good') && name.includes(only),
);
const server = await startApiServer();
const byFile = new Map<string, { asked: number; wrong: number }>();
const count = (file: string): { asked: number; wrong: number } => byFile.get(file) ?? { asked: 0, wrong: 0 };
const tally = { asked: 0, accepted: 0, tooStrict: 0, tooLax: 0 };
try {
  const asker = new Asker(server);
  const mutator = new Mutator(randomFrom(seed));
  for (const file of files.sort()) {
    const good = parse(readFileSync(join(folder, file), 'utf8')) as Record<string, unknown>;
    const changes = Array.from({ length: perManifest }, () => mutator.change(good));
    for (let start = 0; start < changes.length; start += 8) {
      await Promise.all(changes.slice(start, start + 8).map((change) => compare(file, change.object, change.what)));
    }
  }

  async function compare(file: string, object: unknown, what: string): Promise<void> {
    const verdict = await asker.ask(object);
    const problems = checkObject(object);
    tally.asked++;
    byFile.set(file, { ...count(file), asked: count(file).asked + 1 });
    if (verdict.accepted) tally.accepted++;
    if (verdict.accepted === (problems.length === 0)) return;
    byFile.set(file, { ...count(file), wrong: count(file).wrong + 1 });
    if (verdict.accepted) {
      tally.tooStrict++;
      process.stdout.write(
        `too strict  ${file}: ${what}\n            here: ${problems.map((one) => `${one.path} ${one.message}`).join('; ')}\n`,
      );
    } else {
      tally.tooLax++;
      process.stdout.write(`too lax     ${file}: ${what}\n            server: ${verdict.message.slice(0, 400)}\n`);
    }
  }
} finally {
  await server.stop();
}
for (const [file, { asked, wrong }] of byFile) {
  if (wrong > 0) process.stdout.write(`${String(wrong).padStart(4)} of ${asked}  ${file}\n`);
}
const wrong = tally.tooStrict + tally.tooLax;
process.stdout.write(
  `${tally.asked} asked, ${tally.accepted} accepted by the server; ${wrong} disagreements (${((100 * wrong) / tally.asked).toFixed(2)} %): ` +
    `${tally.tooLax} too lax, ${tally.tooStrict} too strict\n`,
);
