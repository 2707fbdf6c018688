import { existsSync, readdirSync } from 'node:fs';
import { rename, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { artifactEntries, declaredSource } from '../../../constructs/model/artifacts.js';
import { artifactVolumes } from '../../../constructs/model/artifacts.js';
import { digestOf } from '../../../constructs/model/digest.js';
import { LOCK_FILE, lockText, movingSources } from '../../../constructs/model/lock.js';
import type { Lock, LockedSource } from '../../../constructs/model/lock.js';
import { pinOf } from '../../../constructs/model/release.js';
import type { ZoneDocument } from '../../../constructs/model/resolve.js';
import { resolvePins } from '../../artifacts/resolve.js';
import { Secrets } from '../../artifacts/secrets.js';
import { UserError } from '../../synth/user-error.js';
import { readLock } from '../../synth/zone-file/locks.js';
import { EXIT } from '../exit-codes.js';
import type { ExitCode } from '../exit-codes.js';
import { withCredentials } from './credentials.js';
import type { SecretPlaces } from './credentials.js';
import { failing } from './failing.js';
import { untilSignal } from './until-signal.js';
import { zonesIn } from './zone.js';

export interface LockOptions {
  readonly check?: boolean;
  readonly credentials?: string;
}

/** Writes down what the moving sources of zones mean now, so that they mean it until the next time. */
export function lockArtifacts(named: readonly string[], options: LockOptions): Promise<ExitCode> {
  const secrets = new Secrets();
  return failing(secrets, async () => {
    const files = named.length > 0 ? named : [onlyZoneHere()];
    const byFolder = new Map<string, ZoneDocument[]>();
    for (const file of files)
      byFolder.set(dirname(file), [...(byFolder.get(dirname(file)) ?? []), ...(await zonesIn(file))]);
    let code: ExitCode = EXIT.done;
    for (const [folder, zones] of byFolder) {
      const before = (await readLock(folder)) ?? { zones: {} };
      if (options.check === true) code = reportCheck(folder, zones, before) ? code : EXIT.failed;
      else await writeLock(folder, before, await resolved(zones, options, secrets));
    }
    return code;
  });
}

/** Each source once, whichever zones have it. */
async function resolved(
  zones: readonly ZoneDocument[],
  { credentials }: LockOptions,
  secrets: Secrets,
): Promise<Lock['zones']> {
  const places: SecretPlaces = { environment: process.env, ...(credentials !== undefined && { folder: credentials }) };
  const locked = new Map<string, LockedSource>();
  const signal = untilSignal();
  try {
    for (const zone of zones) {
      // Of equal sources any has the credentials.
      const sources = artifactVolumes(zone.spec).flatMap((volume) => volume.sources);
      const entries = artifactEntries(zone.spec).map(declaredSource);
      for (const [index, declared] of entries.entries()) {
        const key = digestOf(declared);
        if (pinOf(declared) !== undefined || locked.has(key)) continue;
        const source = sources.find(({ kind, subPath, settings }) => digestOf({ kind, ...(subPath !== undefined && { subPath }), settings }) === key) ?? sources[index]!; // prettier-ignore
        const [pin] = await resolvePins([await withCredentials(source, places)], {
          secrets,
          signal: signal.signal,
          onSource: (name) => process.stderr.write(`asking ${name}\n`),
        });
        locked.set(key, { ...declared, pin: pin! });
      }
    }
  } finally {
    signal.forget();
  }
  return Object.fromEntries(
    zones.map((zone) => [zone.metadata.name, movingSources(zone).map((source) => locked.get(digestOf(source))!)]),
  );
}

async function writeLock(folder: string, before: Lock, zones: Lock['zones']): Promise<void> {
  const path = join(folder, LOCK_FILE);
  const after = { zones: { ...before.zones, ...zones } };
  const moved = Object.entries(zones).flatMap(([zone, sources]) => changes(zone, before.zones[zone] ?? [], sources));
  for (const line of moved) process.stdout.write(`${line}\n`);
  if (existsSync(path) && lockText(before) === lockText(after)) {
    process.stdout.write(`${path} (unchanged)\n`);
    return;
  }
  const partial = `${path}.${process.pid}.tmp`;
  await writeFile(partial, lockText(after));
  await rename(partial, path);
  process.stdout.write(`${path} written; commit it, and run \`gamezone synth\`\n`);
}

function changes(zone: string, before: readonly LockedSource[], after: readonly LockedSource[]): string[] {
  return after.flatMap(({ pin, ...declared }) => {
    const old = before.find(({ pin: _, ...other }) => digestOf(other) === digestOf(declared));
    const shown = ({ pin: value }: Pick<LockedSource, 'pin'>): string => String(Object.values(value)[0]).slice(0, 12);
    if (old && shown(old) === shown({ pin })) return [];
    const name = `${declared.kind} ${String(declared.settings['url'] ?? declared.settings['server'])}`;
    return [`${zone}: ${name}: ${old ? `${shown(old)} -> ` : ''}${shown({ pin })}`];
  });
}

/** Offline: whether every source is in the lock. That a branch has moved meanwhile is what a lock is for. */
function reportCheck(folder: string, zones: readonly ZoneDocument[], { zones: known }: Lock): boolean {
  const path = join(folder, LOCK_FILE);
  const wrong = zones.flatMap((zone) => {
    const { name } = zone.metadata;
    const have = new Set((known[name] ?? []).map(({ pin: _, ...declared }) => digestOf(declared)));
    const want = new Set(movingSources(zone).map((source) => digestOf(source)));
    const missing = [...want].filter((source) => !have.has(source)).length;
    const stray = [...have].filter((source) => !want.has(source)).length;
    return [
      ...(missing > 0 ? [`${path}: zone ${name}: ${missing} of its sources are not in it`] : []),
      ...(stray > 0 ? [`${path}: zone ${name}: ${stray} sources in it are not the zone's any more`] : []),
    ];
  });
  if (wrong.length === 0) {
    process.stderr.write(`${path} covers every source\n`);
    return true;
  }
  process.stderr.write(`${wrong.join('\n')}\n  right: run \`gamezone artifacts lock\` and commit ${LOCK_FILE}\n`);
  return false;
}

function onlyZoneHere(): string {
  const found = readdirSync('.').filter((name) => /^zone\.(yaml|[cm]?[jt]s)$/.test(name));
  if (found.length === 1) return found[0]!;
  throw new UserError(
    found.length === 0 ? 'no zone.yaml or zone.ts here' : `several zones here: ${found.sort().join(', ')}`,
    {
      hint: 'name one: gamezone artifacts lock zone.yaml',
    },
  );
}
