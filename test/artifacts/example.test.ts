import { execFileSync } from 'node:child_process';
import { resolve } from 'node:path';
import { afterAll, expect, test } from '@jest/globals';
import { BUILT, folderWith, removeFolders } from '../cli/command-line.js';

afterAll(removeFolders);

test('examples/artifacts/laptop.sh does what it says', () => {
  const out = execFileSync(resolve('examples/artifacts/laptop.sh'), [folderWith()], {
    encoding: 'utf8',
    env: { ...process.env, GAMEZONE: `${process.execPath} ${BUILT}` },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  expect(out).toContain('sword,99\nslime,6\n');
  expect(out.match(/^[0-9a-f]{10} {2}/gm)).toHaveLength(2);
});
