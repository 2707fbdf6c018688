import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Manifest } from '../../constructs/manifests/manifest.js';
import { zoneManifests } from '../../constructs/manifests/zone.js';
import { resolveZone } from '../../constructs/model/resolve.js';
import { findUnsupported } from '../api/unsupported.js';
import { isKind } from '../api/check.js';
import type { Problem } from '../api/problem.js';
import { checkManifests } from './check-objects.js';
import type { Format } from './emit.js';
import { filesOfZone } from './output/files.js';
import type { OutputFile, SecretsMode } from './output/files.js';
import { textOf } from './output/folder.js';
import { reportProblems } from './problem-report.js';
import type { LocatedProblem } from './problem-report.js';
import { movedIds, objectsIn } from './recreate.js';
import type { MovedId } from './recreate.js';
import { UserError } from './user-error.js';
import { readZoneFiles } from './zone-file/read.js';
import type { ReadZone } from './zone-file/read.js';

export interface SynthSettings {
  /** Paths of zone files. */
  readonly files: readonly string[];
  readonly format: Format;
  readonly secrets: SecretsMode;
  /** Takes the place of the zones' own. */
  readonly namespace?: string;
}

/** One zone, synthesized. */
export interface SynthesizedZone {
  readonly name: string;
  readonly manifests: readonly Manifest[];
  readonly files: readonly OutputFile[];
}

export interface Synthesis {
  readonly zones: readonly SynthesizedZone[];
  readonly warnings: readonly LocatedProblem[];
}

/**
 * Zone files to manifests. Touches neither the network nor the output folder.
 *
 * @throws UserError with every mistake of every file
 */
export async function synthesize(settings: SynthSettings): Promise<Synthesis> {
  const files = await Promise.all(settings.files.map(async (name) => ({ name, text: await readZoneText(name) })));
  const { zones, problems } = await readZoneFiles(files);
  refuse(problems);
  const warnings = [...problems];
  const synthesized: SynthesizedZone[] = [];
  for (const zone of zones) {
    const manifests = manifestsOf(zone, settings.namespace);
    const found = [...(await checkManifests(zone, manifests)), ...unsupportedIn(manifests)];
    const located = found.map((problem) => ({ ...problem, file: zone.file, position: zone.locate(problem.path) }));
    refuse(located);
    warnings.push(...located);
    const { name } = zone.document.metadata;
    synthesized.push({ name, manifests, files: filesOfZone(name, zone.file, manifests, settings) });
  }
  return { zones: synthesized, warnings };
}

function manifestsOf({ document }: ReadZone, namespace: string | undefined): Manifest[] {
  const zone = resolveZone(document);
  return zoneManifests(namespace === undefined ? zone : { ...zone, namespace });
}

/** What reaches the wire but is not acted on yet: one warning for each reason, not for each object or kind. */
function unsupportedIn(manifests: readonly Manifest[]): Problem[] {
  const found = manifests.flatMap(({ kind, ...manifest }) =>
    isKind(kind) ? findUnsupported(kind, manifest).map((problem) => ({ kind, problem })) : [],
  );
  const ofWholeKinds = found.filter(({ problem }) => problem.path[0] === 'kind');
  const kinds = [...new Set(ofWholeKinds.map(({ kind }) => kind))];
  const first = ofWholeKinds[0]?.problem;
  const message = first?.message.replace(/(?<=^nothing acts on a )\w+/, kinds.join(', '));
  const whole = first && message !== undefined ? [{ ...first, message }] : [];
  const others = found.filter((one) => !ofWholeKinds.includes(one)).map(({ problem }) => problem);
  const byMessage = new Map([...whole, ...others].map((problem) => [problem.message, problem]));
  return [...byMessage.values()].map((problem) => ({ ...problem, path: ['metadata', 'name'] }));
}

function refuse(problems: readonly LocatedProblem[]): void {
  if (problems.some(({ severity }) => severity !== 'warning')) throw new UserError(reportProblems(problems));
}

async function readZoneText(file: string): Promise<string> {
  try {
    return await readFile(file, 'utf8');
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'ENOENT') throw new UserError(`${file}: no such file`, { hint: 'give the path of a zone file' });
    if (code === 'EISDIR')
      throw new UserError(`${file}: is a folder`, { hint: `give a file, such as ${join(file, 'zone.yaml')}` });
    throw new UserError(`${file}: cannot be read (${code ?? String(error)})`);
  }
}

/** Ids that would change their workload against what an earlier synth wrote to `folder`. */
export async function recreatedIds(
  folder: string,
  zones: readonly SynthesizedZone[],
): Promise<(MovedId & { zone: string })[]> {
  const moved: (MovedId & { zone: string })[] = [];
  for (const { name, manifests, files } of zones) {
    for (const extension of ['yaml', 'json']) {
      const path = join(folder, `${name}.${extension}`);
      const text = await textOf(path);
      if (text === undefined || files.some((file) => file.name === `${name}.${extension}` && file.text === text))
        continue;
      const before = objectsIn(text);
      if (!before) {
        throw new UserError(
          `${path}:1:1: not readable any more, so that no one can tell which ids would be recreated`,
          {
            hint: 'restore the file, or remove it',
          },
        );
      }
      moved.push(...movedIds(before, manifests).map((id) => ({ ...id, zone: name })));
    }
  }
  return moved;
}
