import type { Path, Problem } from '../../src/api/problem.js';
import { isReplicated, settingsOf } from './context.js';
import type { ZoneCheck, ZoneContext } from './context.js';

const HINT = 'remove it, or `runtime: native`';

/** `runtime: native`: what StatefulSet and Deployment cannot do is refused, not dropped. */
export const checkNative: ZoneCheck = (zone) => {
  const { spec } = zone.document;
  if (spec.runtime !== 'native') return [];
  const refuse = (path: Path, message: string): Problem => ({
    path,
    message: `${message} with runtime: native`,
    hint: HINT,
  });
  return [
    ...(spec.hookTemplates ?? []).map((_, index) => refuse(['spec', 'hookTemplates', index], 'nothing runs hooks')),
    ...settingsOf(zone, 'hooks').map(({ path }) => refuse(path, 'nothing runs hooks')),
    ...(spec.defaults?.hooks ? [refuse(['spec', 'defaults', 'hooks'], 'nothing runs hooks')] : []),
    ...mixedImages(zone).map((path) => refuse(path, 'all ids of a type run one image')),
    ...settingsOf(zone, 'update').flatMap(({ value, path, service }) => {
      const fields = isReplicated(service) ? ['type', 'maxUnavailable', 'maxSurge'] : ['type', 'rollingUpdate'];
      return strategyProblems(value, path, fields);
    }),
    ...(spec.defaults?.update
      ? strategyProblems(spec.defaults.update, ['spec', 'defaults', 'update'], ['type', 'rollingUpdate'])
      : []),
    ...withoutWait(zone),
  ];
};

function strategyProblems(update: object, path: Path, fields: readonly string[]): Problem[] {
  return Object.entries(update).flatMap(([field, value]): Problem[] => {
    if (!fields.includes(field))
      return [{ path: [...path, field], message: `\`${field}\` does not exist with runtime: native`, hint: HINT }];
    const types = fields.includes('rollingUpdate') ? ['RollingUpdate', 'OnDelete'] : ['RollingUpdate'];
    if (field === 'type' && !types.includes(String(value))) {
      const hint = `use ${types.join(' or ')}, or remove runtime: native`;
      return [{ path: [...path, field], message: `${String(value)} does not exist with runtime: native`, hint, value }];
    }
    if (field !== 'rollingUpdate') return [];
    return Object.entries(value as object)
      .filter(([name, part]) => name !== 'partition' || typeof part !== 'number')
      .map(([name, part]) => ({
        path: [...path, field, name],
        message: `a StatefulSet has only \`partition\`, as a number, here`,
        hint: HINT,
        value: part as unknown,
      }));
  });
}

/** Places at which an id gets another image than the ids beside it. */
function mixedImages({ document, services }: ZoneContext): Path[] {
  const { defaultImage } = document.spec.gameZone;
  return services.flatMap(({ entries }) => {
    const first = entries[0]!.entry.image ?? defaultImage;
    return entries.flatMap(({ entry, path }) => [
      ...((entry.image ?? defaultImage) === first ? [] : [[...path, 'image']]),
      ...Object.entries(entry.overrides ?? {})
        .filter(([, { image }]) => image !== first)
        .map(([id]) => [...path, 'overrides', id]),
    ]);
  });
}

function withoutWait({ document: { spec } }: ZoneContext): Problem[] {
  if (spec.gameZone.dbMigraterImage === undefined && (spec.artifacts ?? []).length === 0) return [];
  return [
    {
      severity: 'warning',
      path: ['spec', 'runtime'],
      message:
        'with runtime: native only Argo CD makes the services wait for the migration and the artifacts (sync waves)',
      hint: 'without Argo CD apply the Jobs first, then `kubectl wait --for=condition=complete job --all`, then the rest',
    },
  ];
}
