/**
 * Builds what the tests start, before they run: it takes minutes the first time, and no test waits that long.
 *
 *     npx tsx test/control-plane/prepare.ts [newest] [floor]
 */
import { partsAreRequired } from '../parts/suite.js';
import { controlPlaneBinary } from './build.js';
import { PROGRAMS } from './parts.js';
import { chosenVersion, VERSIONS } from './pins.js';
import { canRunOurs, findSource, HOW_TO_GET_ONE, programsOf } from './source.js';

const named = VERSIONS.filter((version) => process.argv.includes(version));

for (const version of named.length > 0 ? named : [chosenVersion()]) {
  const source = findSource(version);
  switch (source.kind) {
    case 'built':
      process.stdout.write(`Control plane: ${await controlPlaneBinary(version)}\n`);
      break;
    case 'cluster':
      process.stdout.write(`Control plane: the cluster of ${source.kubeconfig}\n`);
      break;
    case 'assets':
      if (canRunOurs(version)) await programsOf(source, version, PROGRAMS);
      process.stdout.write(`Control plane: the programs in ${source.folder}\n`);
      break;
    case 'none':
      process.stderr.write(`SKIPPED the suites on a real control plane: ${HOW_TO_GET_ONE}\n`);
      if (partsAreRequired()) process.exitCode = 1;
  }
}
