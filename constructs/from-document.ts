import type { Construct } from 'constructs';
import { ArtifactVolume } from './artifact-volume.js';
import { constructId } from './construct-id.js';
import { GameService } from './game-service.js';
import { GameZone } from './game-zone.js';
import { HookTemplate } from './hook-template.js';
import { volumeGroups } from './model/artifacts.js';
import type { ServiceEntry, ZoneDocument } from './model/resolve.js';
import { spelled } from './spelled.js';
import type { AddedArtifacts, AddedService } from './spelled.js';

/**
 * The zone that a document without mistakes describes, as the constructs that a program would have made, each holding its
 * part of the document word for word. A service's id is its type; a volume or a hook template whose name is also a type has
 * `-volume` or `-hook` behind it, since siblings cannot share an id.
 */
export function zoneFromDocument(scope: Construct, document: ZoneDocument): GameZone {
  const { metadata, spec } = document;
  const { hookTemplates = [], volumes: _, artifacts: __, ...others } = spec;
  const base = { ...document, spec: { ...others, gameZone: { ...spec.gameZone, serviceConfig: [] } } };
  const zone = new GameZone(scope, constructId(metadata.name, 'zone'), spelled(base));
  const entriesByType = new Map<string, ServiceEntry[]>();
  for (const entry of spec.gameZone.serviceConfig)
    entriesByType.set(entry.type, [...(entriesByType.get(entry.type) ?? []), entry]);
  const taken = new Set(entriesByType.keys());
  const idFor = (name: string, suffix: string): string => {
    let id = name;
    while (taken.has(id)) id += suffix;
    taken.add(id);
    return constructId(id, suffix.slice(1));
  };
  for (const { name, settings, entries } of volumeGroups(spec)) {
    const added: AddedArtifacts = { name, ...(settings && { volume: settings }), entries };
    new ArtifactVolume(zone, idFor(name, '-volume'), spelled(added));
  }
  for (const template of hookTemplates) {
    const id = idFor(template.name, '-hook');
    if (template.spec) new HookTemplate(zone, id, spelled(template));
    else HookTemplate.fromName(zone, id, template.name);
  }
  for (const [type, entries] of entriesByType) {
    const added: AddedService = { entries };
    new GameService(zone, type, spelled(added));
  }
  return zone;
}
