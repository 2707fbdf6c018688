import { describe, expect, test } from '@jest/globals';
import { loadAll } from 'js-yaml';
import { checkObject } from '../../src/kubernetes/index.js';
import { gamezone } from './command-line.js';

interface Definition {
  readonly kind: string;
  readonly spec: { readonly names: { readonly kind: string } };
}

describe('crds', () => {
  test('are those of the kinds that manifests hold, each as an API server takes it', async () => {
    const { code, out, err } = await gamezone('crds');
    expect([code, err]).toEqual([0, '']);
    const definitions = loadAll(out) as Definition[];
    expect(definitions.map(({ kind }) => kind)).toEqual(definitions.map(() => 'CustomResourceDefinition'));
    expect(definitions.map(({ spec }) => spec.names.kind).sort()).toEqual([
      'GameDeployment',
      'GameStatefulSet',
      'HookRun',
      'HookTemplate',
    ]);
    for (const definition of definitions) expect(checkObject(definition)).toEqual([]);
  });

  test('are the same as JSON', async () => {
    const list = JSON.parse((await gamezone('crds', '--format', 'json')).out) as { kind: string; items: unknown[] };
    expect(list.kind).toBe('List');
    expect(list.items).toEqual(loadAll((await gamezone('crds')).out));
  });
});
