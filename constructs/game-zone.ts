import { ApiObject, Chart } from 'cdk8s';
import type { Construct } from 'constructs';
import { zoneManifests } from './manifests/zone.js';
import { resolveZone } from './model/resolve.js';
import type { ZoneDocument } from './model/resolve.js';

/**
 * A game zone in a cdk8s app: one Chart, whose objects are those that `gamezone synth` writes for the same zone, under
 * the same names and in the same order.
 */
export class GameZone extends Chart {
  /**
   * Adds the zone that a document describes.
   *
   * @param document a zone without mistakes: what reads zone files reports them
   */
  static fromDocument(scope: Construct, document: ZoneDocument): GameZone {
    return new GameZone(scope, document);
  }

  private constructor(scope: Construct, document: ZoneDocument) {
    super(scope, document.metadata.name, { disableResourceNameHashes: true });
    const zone = resolveZone(document);
    for (const manifest of zoneManifests(zone)) {
      const { kind, metadata } = manifest;
      new ApiObject(this, `${kind.toLowerCase()}-${metadata.name}`, manifest);
    }
  }
}
