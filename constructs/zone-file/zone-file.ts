import type { Construct } from 'constructs';
import { zoneFromDocument } from '../from-document.js';
import type { GameZone } from '../game-zone.js';
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
}

/** Zone files and constructs are two spellings of one model; this is the way from either to the other. */
// eslint-disable-next-line @typescript-eslint/no-extraneous-class -- the shape of jsii: no exported functions
export class ZoneFile {
  /**
   * The zones of a zone file, as constructs: whatever `gamezone synth` accepts is accepted, and the objects are the same.
   * Each service is `zone.node.findChild('<type>')`, so that a program can go on where the file ends.
   *
   * @param scope where the zones are put, usually the App; each has its name for an id
   * @param text the text of the file, any number of documents
   * @throws Error with every mistake of the file, in the words of `gamezone synth`
   */
  public static fromYaml(scope: Construct, text: string, options: ZoneFileOptions = {}): GameZone[] {
    return readZones({ name: options.fileName ?? 'zone.yaml', text }).map((document) =>
      zoneFromDocument(scope, document),
    );
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
