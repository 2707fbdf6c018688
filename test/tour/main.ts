import { tour } from './tour.js';

const { before, after } = await tour((line) => process.stdout.write(`${line}\n`));
const same = after.filter(({ uid }, index) => uid === before[index]?.uid).length;
process.stdout.write(`\n${same} of ${before.length} pods are the same as before\n`);
if (same !== before.length) process.exitCode = 1;
