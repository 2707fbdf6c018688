import type { Path } from '../../src/api/problem.js';

/**
 * Fields of the zone file and the props that say the same. `*` stands for any key or index and is carried over in its order;
 * the first row that a path begins with is taken. No prop at all is an empty name.
 */
type Names = readonly (readonly [field: string, prop: string])[];

export const ZONE_PROPS: Names = [
  ['metadata.name', 'zoneName'],
  ['metadata', ''],
  ['spec.gameZone.defaultImage', 'image'],
  ['spec.gameZone.dbMigraterImage', 'dbMigrater.image'],
  ['spec.gameZone.redisConfig.ip', 'redis.host'],
  ['spec.gameZone.redisConfig.pwd', 'redis.password'],
  ['spec.gameZone.redisConfig.pwdSecretRef', 'redis.password'],
  ['spec.gameZone.redisConfig', 'redis'],
  ['spec.gameZone.mysqlConfig.ip', 'mysql.host'],
  ['spec.gameZone.mysqlConfig.pwd', 'mysql.password'],
  ['spec.gameZone.mysqlConfig.pwdSecretRef', 'mysql.password'],
  ['spec.gameZone.mysqlConfig', 'mysql'],
  ['spec.gameZone.serviceConfig', 'services'],
  ['spec.gameZone', ''],
  ['spec.defaults.artifacts.image', 'artifactsImage'],
  ['spec.defaults', ''],
  ['spec', ''],
];

export const SERVICE_PROPS: Names = [
  ['id', 'ids'],
  ['endId', 'ids'],
  ['overrides.*.image', 'imageOfId.*'],
  ['overrides', 'imageOfId'],
  ['env.*.secretKeyRef', 'secretEnv.*'],
  ['disruptionBudget.maxUnavailable', 'maxDisrupted'],
  ['disruptionBudget', 'maxDisrupted'],
  ['terminationGracePeriodSeconds', 'terminationGracePeriod'],
  ['minReadySeconds', 'minReady'],
  ['progressDeadlineSeconds', 'progressDeadline'],
  ['podManagementPolicy', 'ordered'],
  ['expose.provider.metalLb', 'expose.provider'],
  ['expose.provider.tencentClb', 'expose.provider'],
  ['metrics.scrape', 'metrics.podMonitor'],
  ['hooks.*.templateName', 'hooks.*'],
  ['update.type', 'update'],
  ['update.rollingUpdate', 'update'],
  ['update.inPlaceUpdateStrategy.gracePeriodSeconds', 'update.gracePeriod'],
  ['update.inPlaceUpdateStrategy.fallback', 'update.fallbackToRecreate'],
  ['update.inPlaceUpdateStrategy', 'update'],
  ['update.prepull.timeoutSeconds', 'update.prepullTimeout'],
  ['update.prepull', 'update.prepullTimeout'],
  ['update.canary.onFailure', 'update.abortOnFailure'],
  ['update.canary.steps.*.hook.templateName', 'update.canary.*'],
  ['update.canary.steps.*.hook', 'update.canary.*'],
  ['update.canary.steps', 'update.canary'],
];

export const VOLUME_PROPS: Names = [
  ['path', 'mountPath'],
  ['claim', 'claimName'],
];

/** Of an entry of `artifacts`, which is one of the sources of a volume. */
export const SOURCE_PROPS: Names = [
  ['s3.url', 'endpoint'],
  ['s3.path', 'bucket'],
  ['s3.accessKeySecretRef', 'accessKey'],
  ['s3.secretKeySecretRef', 'secretKey'],
  ['s3', ''],
  ['git.branch', 'ref'],
  ['git.tokenSecretRef', 'token'],
  ['git.sshKeySecretRef', 'sshKey'],
  ['git.knownHostsSecretRef', 'knownHosts'],
  ['git', ''],
  ['p4.pwdSecretRef', 'password'],
  ['p4.pwd', 'password'],
  ['p4', ''],
];

export const TEMPLATE_PROPS: Names = [
  ['name', ''],
  ['spec.args.*.name', 'args'],
  ['spec.args.*.value', 'args'],
  ['spec.deadlineSeconds', 'deadline'],
  ['spec.ttlSecondsAfterFinished', 'keepRunsFor'],
  ['spec.policy', 'ordered'],
  ['spec.metrics.*.interval', 'metrics.*.every'],
  ['spec.metrics.*.successfulLimit', 'metrics.*'],
  ['spec.metrics.*.consecutiveSuccessfulLimit', 'metrics.*.consecutiveSuccesses'],
  ['spec.metrics.*.provider.*.timeoutSeconds', 'metrics.*.provider.timeout'],
  ['spec.metrics.*.provider.web.method', 'metrics.*.provider'],
  ['spec.metrics.*.provider.kubernetes', 'metrics.*.provider'],
  ['spec.metrics.*.provider.prometheus', 'metrics.*.provider'],
  ['spec.metrics.*.provider.exec', 'metrics.*.provider'],
  ['spec.metrics.*.provider.web', 'metrics.*.provider'],
  ['spec', ''],
];

/** A path of fields as the path of props. */
export function renamed(path: Path, names: Names): Path {
  for (const [field, prop] of names) {
    const segments = field.split('.');
    if (segments.length > path.length) continue;
    if (!segments.every((segment, index) => segment === '*' || segment === path[index])) continue;
    const carried = path.filter((_, index) => segments[index] === '*');
    const props = prop === '' ? [] : prop.split('.');
    return [...props.map((name) => (name === '*' ? carried.shift()! : name)), ...path.slice(segments.length)];
  }
  return path;
}
