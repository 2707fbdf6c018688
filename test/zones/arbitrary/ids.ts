import fc from 'fast-check';
import { definedOnly, image, perhaps } from './texts.js';

/** An entry's ids and images. */
export interface IdEntry {
  readonly id: number;
  readonly endId?: number;
  readonly image?: string;
  readonly overrides?: { readonly [id: string]: { readonly image: string } };
}

/** The ids of a type: how its entries say them, and how many there are in each run of neighbours. */
export interface Ids {
  readonly entries: readonly IdEntry[];
  readonly counts: readonly number[];
}

/**
 * Ids without overlap, cut into entries anywhere, the entries in any order.
 *
 * @param wantsImage whether every entry has to name its image
 * @param oneImage whether all of them run one image, and which is up to the zone where it has a default
 */
export const ids = (wantsImage: boolean, oneImage: boolean): fc.Arbitrary<Ids> =>
  fc
    .uniqueArray(
      fc.oneof({ weight: 9, arbitrary: fc.nat(12) }, fc.integer({ min: 2_147_000_000, max: 2_147_000_003 })),
      {
        minLength: 1,
        maxLength: 7,
      },
    )
    .map((all) => all.sort((a, b) => a - b))
    .chain((all) =>
      fc
        .record({
          cuts: fc.array(fc.nat(2), { minLength: all.length, maxLength: all.length }),
          images: oneImage
            ? image().map((one) => all.map(() => (wantsImage ? one : undefined)))
            : fc.array(wantsImage ? image() : perhaps(image()), { minLength: all.length, maxLength: all.length }),
          overrides: fc.array(oneImage ? fc.constant(undefined) : perhaps(image()), {
            minLength: all.length,
            maxLength: all.length,
          }),
          spelling: fc.array(fc.boolean(), { minLength: all.length, maxLength: all.length }),
        })
        .chain(({ cuts, images, overrides, spelling }) => {
          const parts: number[][] = [];
          all.forEach((id, index) => {
            const part = parts.at(-1);
            if (part?.at(-1) === id - 1 && cuts[index] !== 0) part.push(index === 0 ? id : id);
            else parts.push([id]);
          });
          const entries = parts.map((part, index): IdEntry => {
            const own = part.flatMap((id) => {
              const given = overrides[all.indexOf(id)];
              return given === undefined ? [] : [[String(id), { image: given }] as const];
            });
            return {
              id: part[0]!,
              ...definedOnly({
                endId: part.length > 1 || spelling[index] ? part.at(-1)! : undefined,
                image: images[index],
                overrides: own.length > 0 ? Object.fromEntries(own) : undefined,
              }),
            };
          });
          const counts = runLengths(all);
          return fc
            .shuffledSubarray(entries, { minLength: entries.length })
            .map((shuffled) => ({ entries: shuffled, counts }));
        }),
    );

function runLengths(sorted: readonly number[]): number[] {
  const lengths: number[] = [];
  sorted.forEach((id, index) => {
    if (index > 0 && sorted[index - 1] === id - 1) lengths[lengths.length - 1]!++;
    else lengths.push(1);
  });
  return lengths;
}
