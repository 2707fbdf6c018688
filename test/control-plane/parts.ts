/** The programs of a control plane, in the order in which they need one another. */
export const PARTS = ['etcd', 'kube-apiserver', 'kube-controller-manager', 'kube-scheduler'] as const;
export type PartName = (typeof PARTS)[number];

/** What an API server can do without. */
export const OPTIONAL_PARTS = ['kube-controller-manager', 'kube-scheduler'] as const;
export type OptionalPartName = (typeof OPTIONAL_PARTS)[number];

/** What the folder of programs holds: the parts, and the command for a person. */
export const PROGRAMS = [...PARTS, 'kubectl'] as const;
export type ProgramName = (typeof PROGRAMS)[number];
