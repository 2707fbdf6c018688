import type { Construct } from 'constructs';
import { reportProblems } from '../../src/synth/problem-report.js';
import type { ZoneFile as FileText } from '../../src/synth/zone-file/read.js';
import { zoneFromDocument } from '../from-document.js';
import type { GameZone } from '../game-zone.js';
import { parseLock } from '../model/lock.js';
import { readZones } from './read-zones.js';
import { withoutSpelling } from './without-spelling.js';
import { writtenDocument } from './written-document.js';

/** How a text is read. */
export interface ZoneFileOptions {
  /**
   * The name that mistakes are reported under, as `FILE:LINE:COLUMN`.
   *
   * @default 'zone.yaml'
   */
  readonly fileName?: string;

  /**
   * The text of the `gamezone.lock` beside the file: what its moving sources mean. The zones are as if the file pinned them
   * itself.
   *
   * @default - nothing is locked
   */
  readonly artifactsLock?: string;
}

/** Zone files and constructs are two spellings of one model; this is the way from either to the other. */
// eslint-disable-next-line @typescript-eslint/no-extraneous-class -- the shape of jsii: no exported functions
export class ZoneFile {
  /**
   * The zones of a zone file, as constructs: whatever `gamezone synth` accepts is accepted, and the objects are the same.
   * Each service is `zone.node.findChild('<type>')`, so that a program can go on where the file ends. Warnings are told by
   * `warningsOf`.
   *
   * @param scope where the zones are put, usually the App; each has its name for an id (a zone or a service by the name
   * `constructor`, which constructs itself cannot carry, is `constructor.zone` and `constructor.service`)
   * @param text the text of the file, any number of documents
   * @throws Error with every mistake of the file, in the words of `gamezone synth`
   */
  public static fromYaml(scope: Construct, text: string, options: ZoneFileOptions = {}): GameZone[] {
    return readZones(fileOf(text, options)).documents.map((document) => zoneFromDocument(scope, document));
  }

  /**
   * What `gamezone synth` warns of in a zone file, one text for each warning. A warning stops nothing, so `fromYaml` says
   * none; a test may demand that there is none.
   *
   * @param text the text of the file, any number of documents
   * @throws Error with every mistake of the file, as `fromYaml` does
   */
  public static warningsOf(text: string, options: ZoneFileOptions = {}): string[] {
    return readZones(fileOf(text, options)).warnings.map((warning) => reportProblems([warning]));
  }

  /**
   * The zone file that says what a zone says, in as few lines as it takes. The same zone gives the same text. Literals of
   * `Credential.unsafeLiteral` stand in it as literals: keep the text where they may stand.
   *
   * @throws Error naming every construct that a zone file cannot say: objects and constructs that were added to the zone, and
   * objects of the zone that were changed by `addJsonPatch` or through their metadata
   */
  public static toYaml(zone: GameZone): string {
    const stray = withoutSpelling(zone);
    if (stray.length > 0)
      throw new Error(`${zone.node.path}: a zone file cannot say everything that this zone holds\n${stray.join('\n')}`);
    return writtenDocument(zone._document());
  }

  private constructor() {}
}

/** @throws Error when the lock is none */
function fileOf(text: string, { fileName: name = 'zone.yaml', artifactsLock }: ZoneFileOptions): FileText {
  if (artifactsLock === undefined) return { name, text };
  const lock = parseLock(artifactsLock);
  if ('zones' in lock) return { name, text, lock };
  throw new Error(`artifactsLock: ${lock.message}\n  right: ${lock.hint}`);
}
