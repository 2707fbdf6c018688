import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { checkAgainstSchema, type Kind } from '../../src/api/check.js';
import { readYaml, root } from './repository.js';

const STRAY = 'stray-service-name-game-deployment.yaml';
const files = readdirSync(join(root, 'test/api/manifests'));

test.each(files.filter((file) => file !== STRAY))('%s is accepted', async (file) => {
  const object = readYaml<{ kind: Kind }>(`test/api/manifests/${file}`);
  const before = structuredClone(object);
  expect(await checkAgainstSchema(object.kind, object)).toEqual([]);
  expect(object).toEqual(before);
});

test('a stray serviceName on a GameDeployment is refused with a way out', async () => {
  expect(await checkAgainstSchema('GameDeployment', readYaml(`test/api/manifests/${STRAY}`))).toEqual([
    {
      path: ['spec', 'serviceName'],
      message: 'unknown field `serviceName`',
      hint: 'a GameDeployment gives its pods no host names; leave it out, or use a GameStatefulSet',
    },
  ]);
});
