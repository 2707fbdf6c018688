import { crds, type Crd } from '../api/crds.js';
import type { Format } from '../synth/emit.js';
import { EXIT } from './exit-codes.js';
import type { ExitCode } from './exit-codes.js';

export interface CrdsOptions {
  readonly format: Format;
}

/** The definitions of the kinds that something in a cluster acts on. */
export const servedCrds = async (): Promise<readonly Crd[]> => (await crds()).filter(({ reconciled }) => reconciled);

/** Prints them. */
export async function printCrds({ format }: CrdsOptions): Promise<ExitCode> {
  const served = await servedCrds();
  if (format === 'yaml') {
    process.stdout.write(served.map(({ yaml }) => yaml).join('---\n'));
    return EXIT.done;
  }
  const { load } = await import('js-yaml');
  const items = served.map(({ yaml }) => load(yaml));
  process.stdout.write(`${JSON.stringify({ apiVersion: 'v1', kind: 'List', items }, undefined, 2)}\n`);
  return EXIT.done;
}
