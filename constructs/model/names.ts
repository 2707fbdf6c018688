/** A ControllerRevision's name is a label value and ends in a hash of up to ten characters and a hyphen. */
export const WORKLOAD_NAME_LIMIT = 52;
/** A DNS label, which Services, pods' hostnames and label values must be. */
export const NAME_LIMIT = 63;

export const workloadName = (zone: string, type: string): string => `${zone}-${type}`;
export const furtherWorkloadName = (zone: string, type: string, firstId: number): string =>
  `${zone}-${type}-from${firstId}`;
export const podName = (workload: string, id: number): string => `${workload}-${id}`;
export const headlessServiceName = workloadName;
export const publicServiceName = (zone: string, type: string, id?: number): string =>
  id === undefined ? `${zone}-${type}-public` : `${zone}-${type}-${id}-public`;
export const configName = (zone: string, type: string): string => `${zone}-${type}-config`;
export const hookTemplateName = (zone: string, name: string): string => `${zone}-${name}`;
export const credentialsName = (zone: string): string => `${zone}-credentials`;
export const peersName = (zone: string): string => `${zone}-peers`;
export const claimName = (zone: string, volume: string): string => `${zone}-${volume}`;
export const sourcesName = (zone: string, volume: string, digest: string): string => `${zone}-${volume}-src-${digest}`;
export const syncJobName = (zone: string, volume: string, digest: string): string => `${zone}-${volume}-${digest}`;
export const migrationJobName = (zone: string, digest: string): string => `${zone}-migrate-${digest}`;

/** How many characters of a digest go into a name. */
export const DIGEST_LENGTH = 10;

/** `gateway` to `GAMEZONE_SERVICE_HOST_GATEWAY`: where a process finds the peers of that type. */
export const peerVariable = (type: string): string =>
  `GAMEZONE_SERVICE_HOST_${type.toUpperCase().replaceAll('-', '_')}`;
