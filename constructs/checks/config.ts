import { peerVariable } from '../model/names.js';
import { resolveZone } from '../model/resolve.js';
import type { ServiceEntry } from '../model/resolve.js';
import { availableNames, configParts, placeholdersOf } from '../manifests/config-files.js';
import { serviceVariables } from '../manifests/environment.js';
import type { Path, Problem } from '../../src/api/problem.js';
import { suggest } from '../../src/api/suggest.js';
import { placesOf, settingsOf } from './context.js';
import type { ZoneCheck } from './context.js';
import { absolutePathProblem } from './paths.js';

/** Where the variables of every service come from. */
const SOURCES: readonly Path[] = [
  ['spec', 'gameZone', 'serviceConfig'],
  ['spec', 'gameZone', 'redisConfig'],
  ['spec', 'gameZone', 'mysqlConfig'],
  ['spec', 'defaults', 'env'],
  ['spec', 'defaults', 'envNames'],
];

/** Config files: places in the container, each once, and templates whose every name has a value. */
export const checkConfigFiles: ZoneCheck = (zone) => {
  const settings = settingsOf(zone, 'configFiles');
  if (settings.length === 0) return [];
  const resolved = resolveZone(zone.document);
  const ownImage = zone.document.spec.defaults?.artifacts?.image !== undefined;
  return settings.flatMap(({ value: files, path, service }) => {
    const resolvedService = resolved.services.find(({ type }) => type === service.type)!;
    const names = availableNames(resolved, resolvedService);
    const problems = files.flatMap((file, index) => [
      ...placeProblems(files, index, [...path, index, 'path']),
      ...nameProblems(file.content, names, [...path, index, 'content']).map((problem) => ({
        ...problem,
        missing: [...SOURCES, ...placesOf(service, 'env')],
      })),
    ]);
    const inPod = configParts(resolved, resolvedService).renderMounts !== undefined;
    return problems.length === 0 && inPod && !ownImage ? [{ path, ...NEEDS_IMAGE }] : problems;
  });
};

const NEEDS_IMAGE = {
  missing: [['spec', 'defaults', 'artifacts', 'image']],
  message: 'a file uses a value that only the pod knows, and the image that fills it in there is not published yet',
  hint: 'build an image with gamezone in it and set spec.defaults.artifacts.image, or let the process read the variable itself',
};

type File = NonNullable<ServiceEntry['configFiles']>[number];

function placeProblems(files: readonly File[], index: number, at: Path): Problem[] {
  const value = files[index]!.path;
  const notAbsolute = absolutePathProblem(value, at);
  if (notAbsolute.length > 0) return notAbsolute;
  const problem = (message: string, hint: string): Problem[] => [{ path: at, message, hint, value }];
  if (value.endsWith('/')) return problem('the path names a folder', 'add the name of the file');
  if (!/^[-._a-zA-Z0-9]+$/.test(value.split('/').at(-1)!)) {
    const hint = 'use letters, digits, `-`, `_` and `.` in the name of the file';
    return problem('the name of the file has other characters than a key may have', hint);
  }
  const earlier = files.slice(0, index).some((file) => file.path === value);
  return earlier ? problem('the file stands here twice', 'remove one') : [];
}

const nameProblems = (content: string, names: readonly string[], path: Path): Problem[] =>
  placeholdersOf(content)
    .filter((name) => !names.includes(name))
    .map((name) => {
      const near = suggest(name, names);
      const all = `names with a value: ${names.slice(0, 8).join(', ')}; write $\${ for a literal \${`;
      const hint = near === undefined ? all : `did you mean \${${near}}?`;
      return { path, message: `the template uses \${${name}}, which has no value`, hint };
    });

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
      const message = `the zone has no variable ${name}`;
      return [{ path: [...at, name], message, hint, value: wanted, missing: SOURCES.slice(0, 3) }];
    }
    const other = taken.get(wanted);
    taken.set(wanted, name);
    if (other === undefined) return [];
    const message = `${name} and ${other} would both be named ${wanted}`;
    return [{ path: [...at, name], message, hint: 'choose different names', value: wanted }];
  });
};
