/** What Kubernetes must know about a kind besides its schema. */
export interface KindOnTheWire {
  readonly kind: string;
  readonly group: string;
  readonly version: string;
  readonly plural: string;
  readonly scale?: boolean;
  readonly columns: readonly PrinterColumn[];
  /** Whether something acts on objects of this kind in a cluster. `gamezone crds` leaves the others out. */
  readonly reconciled: boolean;
}

export interface PrinterColumn {
  readonly name: string;
  readonly jsonPath: string;
  readonly type: 'integer' | 'string' | 'date';
}

const count = (name: string, jsonPath: string): PrinterColumn => ({ name, jsonPath, type: 'integer' });
const age = (name: string): PrinterColumn => ({ name, jsonPath: '.metadata.creationTimestamp', type: 'date' });
const tkex = { group: 'tkex.tencent.com', version: 'v1alpha1', reconciled: true };

/** Plural names and columns of the tkex kinds are what existing users, dashboards and scripts read: never rename one. */
export const KINDS: readonly KindOnTheWire[] = [
  {
    ...tkex,
    kind: 'GameDeployment',
    plural: 'gamedeployments',
    scale: true,
    columns: [
      count('DESIRED', '.spec.replicas'),
      count('UPDATED', '.status.updatedReplicas'),
      count('UPDATED_READY', '.status.updatedReadyReplicas'),
      count('READY', '.status.readyReplicas'),
      count('TOTAL', '.status.replicas'),
      age('Age'),
    ],
  },
  {
    ...tkex,
    kind: 'GameStatefulSet',
    plural: 'gamestatefulsets',
    scale: true,
    columns: [
      count('Replicas', '.spec.replicas'),
      count('Ready_Replicas', '.status.readyReplicas'),
      count('Current_Replicas', '.status.currentReplicas'),
      count('Updated_Replicas', '.status.updatedReplicas'),
      count('Updated_Ready_Replicas', '.status.updatedReadyReplicas'),
      age('Age'),
    ],
  },
  { ...tkex, kind: 'HookTemplate', plural: 'hooktemplates', columns: [] },
  {
    ...tkex,
    kind: 'HookRun',
    plural: 'hookruns',
    columns: [{ name: 'PHASE', jsonPath: '.status.phase', type: 'string' }, age('AGE')],
  },
  {
    kind: 'GameZone',
    group: 'gamezone.dev',
    version: 'v1alpha1',
    plural: 'gamezones',
    reconciled: false,
    columns: [age('Age')],
  },
];

/** `GameStatefulSet` -> `game-stateful-set`. */
export function kebab(kind: string): string {
  return kind.replace(/(?<=[a-z0-9])(?=[A-Z])/g, '-').toLowerCase();
}
