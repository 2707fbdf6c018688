import type { Path, Problem } from '../../../api/problem.js';
import { checkType } from '../../../kubernetes/index.js';
import { dnsSubdomain } from '../../../kubernetes/rules/names.js';
import { settingsOf } from '../../../../constructs/checks/context.js';
import type { ZoneCheck } from '../../../../constructs/checks/context.js';
import { objectPath, spoken } from './spoken.js';

/** Labels and annotations, which every object of the zone would carry. */
export const checkMetadata: ZoneCheck = (zone) => {
  const { labels, annotations } = zone.document.metadata;
  return [
    ...metadataProblems({ labels, annotations }, ['metadata']),
    ...settingsOf(zone, 'expose').flatMap(({ value, path }) =>
      metadataProblems({ annotations: value.annotations }, path),
    ),
  ];
};

function metadataProblems(metadata: Readonly<Record<string, object | undefined>>, path: Path): Problem[] {
  const given = Object.fromEntries(Object.entries(metadata).filter(([, value]) => value !== undefined));
  return checkType('io.k8s.apimachinery.pkg.apis.meta.v1.ObjectMeta', given, '').map((problem) =>
    spoken(problem, [...path, ...objectPath(problem.path)]),
  );
}

/** Names of objects that somebody else keeps: a wrong one is accepted by every API server, and no pod ever starts. */
export const checkReferences: ZoneCheck = ({ document: { spec } }) => {
  const { serviceAccountName, imagePullSecrets = [], artifacts } = spec.defaults ?? {};
  const references: [Path, string | undefined][] = [
    [['spec', 'defaults', 'serviceAccountName'], serviceAccountName],
    ...imagePullSecrets.map((name, index): [Path, string] => [['spec', 'defaults', 'imagePullSecrets', index], name]),
    [['spec', 'defaults', 'artifacts', 'storageClassName'], artifacts?.storageClassName],
    ...(spec.volumes ?? []).flatMap(({ claim, storageClassName }, index): [Path, string | undefined][] => [
      [['spec', 'volumes', index, 'claim'], claim],
      [['spec', 'volumes', index, 'storageClassName'], storageClassName],
    ]),
  ];
  return references.flatMap(([path, name]) => {
    const message = name === undefined ? undefined : dnsSubdomain(name);
    return message === undefined ? [] : [spoken({ message, value: name }, path)];
  });
};

/** Sizes of claims. */
export const checkSizes: ZoneCheck = ({ document: { spec } }) => {
  const sizes: [Path, string | undefined][] = [
    [['spec', 'defaults', 'artifacts', 'size'], spec.defaults?.artifacts?.size],
    ...(spec.volumes ?? []).map(({ size }, index): [Path, string | undefined] => [
      ['spec', 'volumes', index, 'size'],
      size,
    ]),
  ];
  return sizes.flatMap(([path, storage]) => {
    if (storage === undefined) return [];
    const claim = { accessModes: ['ReadWriteMany'], resources: { requests: { storage } } };
    return checkType('io.k8s.api.core.v1.PersistentVolumeClaimSpec', claim, '').map((problem) => spoken(problem, path));
  });
};
