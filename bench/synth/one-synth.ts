import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { loadAll } from 'js-yaml';
import type { Manifest } from '../../constructs/manifests/manifest.js';
import { emit } from '../../src/synth/emit.js';
import { applyChange, compareFolder } from '../../src/synth/output/folder.js';
import { synthesize } from '../../src/synth/synth.js';

// One measurement in a fresh process: `synth FILE OBJECTS` synthesizes a zone file into an empty folder and leaves its
// objects behind, `dump OBJECTS` writes those objects with the same emitter and does nothing else.
const [what, file, objects] = process.argv.slice(2);
const folder = mkdtempSync(join(tmpdir(), 'gamezone-bench-'));
const result = what === 'synth' ? await synthTime(file!, objects!) : dumpTime(file!);
rmSync(folder, { recursive: true });
console.log(JSON.stringify(result));

interface Result {
  readonly ms: number;
  readonly maxRssMb: number;
  readonly objects: number;
}

async function synthTime(zoneFile: string, objectsFile: string): Promise<Result> {
  const start = performance.now();
  const { zones } = await synthesize({ files: [zoneFile], format: 'yaml', secrets: 'separate' });
  const files = zones.flatMap((zone) => zone.files);
  applyChange(folder, compareFolder(folder, files, [zoneFile]));
  const ms = performance.now() - start;
  const maxRssMb = process.resourceUsage().maxRSS / 1024;
  writeFileSync(objectsFile, JSON.stringify(loadAll(files[0]!.content.toString())));
  return { ms, maxRssMb, objects: zones[0]!.objects };
}

function dumpTime(objectsFile: string): Result {
  const start = performance.now();
  const manifests = JSON.parse(readFileSync(objectsFile, 'utf8')) as Manifest[];
  writeFileSync(join(folder, 'world.yaml'), emit(manifests, 'yaml'));
  const ms = performance.now() - start;
  return { ms, maxRssMb: process.resourceUsage().maxRSS / 1024, objects: manifests.length };
}
