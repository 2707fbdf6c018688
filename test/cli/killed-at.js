// Ends the process at its n-th change of the file system, before it or in the midst of it: KILLED_AT=n, KILLED_HALFWAY=1.
import fs from 'node:fs';

let left = Number(process.env.KILLED_AT);
const { writeFileSync } = fs;
for (const name of ['mkdirSync', 'writeFileSync', 'copyFileSync', 'renameSync', 'rmSync', 'chmodSync']) {
  const original = fs[name];
  fs[name] = (...args) => {
    if (left-- === 0) {
      if (name === 'writeFileSync' && process.env.KILLED_HALFWAY)
        writeFileSync(args[0], args[1].subarray(0, args[1].length / 2));
      process.kill(process.pid, 'SIGKILL');
    }
    return original(...args);
  };
}
