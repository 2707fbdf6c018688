import type { ServiceEntry, ZoneDocument } from '../model/resolve.js';
import type { Path, Problem } from '../../src/api/problem.js';

/** What a check of a zone sees. */
export interface ZoneContext {
  /** The zone, every part of it of the right shape. */
  readonly document: ZoneDocument;
  /** The document as written, shape errors and all: what a name may refer to although its declaration is wrong. */
  readonly written: unknown;
  /** The entries of each type of service, with their places. */
  readonly services: readonly ServiceOfType[];
}

/** All entries of one type. */
export interface ServiceOfType {
  readonly type: string;
  readonly entries: readonly PlacedEntry[];
}

export interface PlacedEntry {
  readonly path: Path;
  readonly entry: ServiceEntry;
}

/** One rule about a zone: values in, problems out. */
export type ZoneCheck = (zone: ZoneContext) => readonly Problem[];

export const SERVICE_CONFIG: Path = ['spec', 'gameZone', 'serviceConfig'];

export function contextOf(document: ZoneDocument, written: unknown): ZoneContext {
  const byType = new Map<string, PlacedEntry[]>();
  document.spec.gameZone.serviceConfig.forEach((entry, index) => {
    const placed = { entry, path: [...SERVICE_CONFIG, index] };
    const entries = byType.get(entry.type);
    if (entries) entries.push(placed);
    else byType.set(entry.type, [placed]);
  });
  return { document, written, services: [...byType].map(([type, entries]) => ({ type, entries })) };
}

/** The first entry of a type that gives `field`, which then holds for the whole type. */
export const entryWith = (service: ServiceOfType, field: keyof ServiceEntry): PlacedEntry | undefined =>
  service.entries.find(({ entry }) => entry[field] !== undefined);

/** `field` of every entry that gives it, with its place. */
export function settingsOf<F extends keyof ServiceEntry>(
  zone: ZoneContext,
  field: F,
): { readonly value: NonNullable<ServiceEntry[F]>; readonly path: Path; readonly service: ServiceOfType }[] {
  return zone.services.flatMap((service) =>
    service.entries.flatMap(({ entry, path }) => {
      const value = entry[field];
      return value === undefined ? [] : [{ value: value, path: [...path, field], service }];
    }),
  );
}

/** Whether a type is a number of interchangeable pods, and not a set of ids. */
export const isReplicated = (service: ServiceOfType): boolean => entryWith(service, 'replicas') !== undefined;

/** The places of the given fields in every entry of a type. */
export const placesOf = ({ entries }: ServiceOfType, ...fields: readonly (keyof ServiceEntry)[]): Path[] =>
  entries.flatMap(({ path }) => fields.map((field) => [...path, field]));
