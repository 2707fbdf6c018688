import { SizeRoundingBehavior } from 'cdk8s';
import type { Size } from 'cdk8s';

/** A size as the API server writes it back: with the largest unit that leaves a whole number, else an apply would always differ. */
export function sizeText(size: Size): string {
  const mebibytes = size.toMebibytes();
  const gibibytes = size.toGibibytes({ rounding: SizeRoundingBehavior.FLOOR });
  return gibibytes > 0 && gibibytes * 1024 === mebibytes ? `${gibibytes}Gi` : `${mebibytes}Mi`;
}
