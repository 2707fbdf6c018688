import { afterEach, describe, expect, test } from '@jest/globals';
import { chmodSync, mkdirSync, readFileSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { renderConfig } from '../../src/cli/config-render.js';
import { captured, folderWith, gamezone, modeOf, namesIn, removeFolders, spawned } from './command-line.js';

afterEach(removeFolders);

/** A folder as a mounted ConfigMap looks: the data behind a link that begins with two dots. */
function mounted(files: Readonly<Record<string, string>>): string {
  const folder = folderWith(Object.fromEntries(Object.entries(files).map(([name, text]) => [`..2024/${name}`, text])));
  symlinkSync('..2024', join(folder, '..data'));
  for (const name of Object.keys(files)) symlinkSync(join('..data', name), join(folder, name));
  return folder;
}

describe('config render', () => {
  test('fills templates in with the environment, and says nothing of it', async () => {
    const templates = mounted({
      '0-a.ini': 'host=${DB_HOST}\npassword=${DB_PASSWORD}\n$${DB_HOST}\n',
      '1-b.ini': 'plain',
    });
    const to = join(folderWith(), 'config');
    const env = { DB_HOST: 'mysql', DB_PASSWORD: 'a$1$&b${DB_HOST}' };
    const { code, out, err } = await spawned(['config', 'render', templates, to], { env });
    expect(readFileSync(join(to, '0-a.ini'), 'utf8')).toBe('host=mysql\npassword=a$1$&b${DB_HOST}\n${DB_HOST}\n');
    expect(readFileSync(join(to, '1-b.ini'), 'utf8')).toBe('plain');
    expect(namesIn(to)).toEqual(['0-a.ini', '1-b.ini']);
    expect([code, out, err]).toEqual([0, '', 'filled in 2 files\n']);
  });

  test('names what is not set, and writes nothing', async () => {
    const templates = mounted({ 'a.ini': '${GAMEZONE_TEST_ONE} ${PATH} ${GAMEZONE_TEST_TWO}', 'b.ini': 'x' });
    const to = join(folderWith(), 'config');
    const { code, err } = await gamezone('config', 'render', templates, to);
    expect(err).toContain('a.ini: not set in the environment: GAMEZONE_TEST_ONE, GAMEZONE_TEST_TWO\n');
    expect(code).toBe(2);
    expect(() => namesIn(to)).toThrow();
  });

  test('takes nothing from what every object has', async () => {
    const templates = mounted({ 'a.ini': '${constructor} ${toString} ${__proto__}' });
    await expect(renderConfig(templates, folderWith(), {})).rejects.toThrow(
      'not set in the environment: constructor, toString, __proto__',
    );
  });

  test('an empty value is a value', async () => {
    const to = folderWith();
    await rendered({ EMPTY: '' }, mounted({ 'a.ini': '[${EMPTY}]' }), to);
    expect(readFileSync(join(to, 'a.ini'), 'utf8')).toBe('[]');
  });

  test.each([0o644, 0o640, 0o600, 0o440, 0o777])('keeps the mode %i', async (mode) => {
    const templates = mounted({ 'a.ini': 'x' });
    chmodSync(join(templates, '..2024/a.ini'), mode);
    const to = folderWith();
    // Twice: a container that restarts finds what it wrote in its last life.
    await rendered({}, templates, to);
    await rendered({}, templates, to);
    expect(modeOf(join(to, 'a.ini'))).toBe(mode);
  });

  test('a folder that is not there', async () => {
    const { code, err } = await gamezone('config', 'render', join(folderWith(), 'none'), folderWith());
    expect(err).toMatch(/none: no such folder\n {2}right: /);
    expect(code).toBe(2);
  });

  test('an empty folder', async () => {
    const templates = folderWith();
    mkdirSync(join(templates, '..data'));
    const { code, err } = await gamezone('config', 'render', templates, folderWith());
    expect([code, err]).toEqual([0, 'filled in 0 files\n']);
  });
});

async function rendered(env: Readonly<Record<string, string>>, templates: string, to: string) {
  expect((await captured(() => renderConfig(templates, to, env))).code).toBe(0);
}
