import { isDeepStrictEqual } from 'node:util';
import { ApiObject } from 'cdk8s';
import type { IConstruct } from 'constructs';
import type { GameZone } from '../game-zone.js';

/** What stands in a zone that no zone file can say, a line for each construct: added ones, and changed objects of ours. */
export function withoutSpelling(zone: GameZone): string[] {
  // Brings the objects in line with the zone as a whole, as every synthesis does.
  zone.node.validate();
  return below(zone, zone);
}

function below(zone: GameZone, construct: IConstruct): string[] {
  return construct.node.children.flatMap((child) => {
    if (!zone._spelled.has(child)) return [`  ${child.node.path}: ${nameOf(child)} that was added to the zone`];
    const changed = ApiObject.isApiObject(child) && isChanged(zone, child);
    return [
      ...(changed ? [`  ${child.node.path}: changed by addJsonPatch, or through its metadata`] : []),
      ...below(zone, child),
    ];
  });
}

const nameOf = (construct: IConstruct): string =>
  ApiObject.isApiObject(construct) ? `a ${construct.kind}` : `a construct (${construct.constructor.name})`;

/** Patches of an object cannot be listed; what they did to it can be seen. */
function isChanged(zone: GameZone, object: ApiObject): boolean {
  const ours = zone._manifest(object.kind, object.metadata.name!);
  return !isDeepStrictEqual(object.toJson(), JSON.parse(JSON.stringify(ours)));
}
