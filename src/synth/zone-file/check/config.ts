import { peerVariable } from '../../../../constructs/model/names.js';
import { resolveZone } from '../../../../constructs/model/resolve.js';
import { availableNames, placeholdersOf } from '../../../../constructs/manifests/config-files.js';
import { serviceVariables } from '../../../../constructs/manifests/environment.js';
import type { Problem } from '../../../api/problem.js';
import { suggest } from '../../../api/suggest.js';
import { settingsOf } from './context.js';
import type { ZoneCheck } from './context.js';
import { absolutePathProblem } from './paths.js';

/** Config files: places in the container, each once, and templates whose every name has a value. */
export const checkConfigFiles: ZoneCheck = (zone) => {
  const settings = settingsOf(zone, 'configFiles');
  if (settings.length === 0) return [];
  const resolved = resolveZone(zone.document);
  return settings.flatMap(({ value: files, path, service }) => {
    const names = availableNames(
      resolved,
      resolved.services.find(({ type }) => type === service.type)!,
    );
    const seen = new Set<string>();
    return files.flatMap((file, index): Problem[] => {
      const at = [...path, index];
      const problems = absolutePathProblem(file.path, [...at, 'path']);
      if (problems.length === 0 && file.path.endsWith('/'))
        problems.push({
          path: [...at, 'path'],
          message: 'the path names a folder',
          hint: 'add the name of the file',
          value: file.path,
        });
      if (problems.length === 0 && !/^[-._a-zA-Z0-9]+$/.test(file.path.split('/').at(-1)!)) {
        const hint = 'use letters, digits, `-`, `_` and `.` in the name of the file';
        problems.push({
          path: [...at, 'path'],
          message: 'the name of the file has other characters than a key may have',
          hint,
          value: file.path,
        });
      }
      if (seen.has(file.path))
        problems.push({
          path: [...at, 'path'],
          message: 'the file stands here twice',
          hint: 'remove one',
          value: file.path,
        });
      seen.add(file.path);
      for (const name of placeholdersOf(file.content).filter((used) => !names.includes(used))) {
        const near = suggest(name, names);
        const hint =
          near === undefined
            ? `names with a value: ${names.slice(0, 8).join(', ')}; write $\${ for a literal \${`
            : `did you mean \${${near}}?`;
        problems.push({ path: [...at, 'content'], message: `the template uses \${${name}}, which has no value`, hint });
      }
      return problems;
    });
  });
};

/** Renamed variables exist, and no two end up with one name. */
export const checkEnvNames: ZoneCheck = ({ document }) => {
  const envNames = document.spec.defaults?.envNames;
  if (!envNames) return [];
  const zone = resolveZone({
    ...document,
    spec: { ...document.spec, defaults: { ...document.spec.defaults, envNames: {} } },
  });
  const ours = new Set([
    ...zone.services.flatMap((service) =>
      serviceVariables(zone, { ...service, env: {} }, service.workloads[0]?.kind ?? 'ids').map(({ name }) => name),
    ),
    ...zone.services.map(({ type }) => peerVariable(type)),
  ]);
  const at = ['spec', 'defaults', 'envNames'];
  const taken = new Map([...ours].filter((name) => !(name in envNames)).map((name) => [name, name]));
  return Object.entries(envNames).flatMap(([name, wanted]): Problem[] => {
    if (!ours.has(name)) {
      const near = suggest(name, ours);
      const hint =
        near === undefined ? `variables of this zone: ${[...ours].slice(0, 12).join(', ')}` : `did you mean ${near}?`;
      return [{ path: [...at, name], message: `the zone has no variable ${name}`, hint, value: wanted }];
    }
    const other = taken.get(wanted);
    taken.set(wanted, name);
    if (other === undefined) return [];
    const message = `${name} and ${other} would both be named ${wanted}`;
    return [{ path: [...at, name], message, hint: 'choose different names', value: wanted }];
  });
};
