/** Any Kubernetes object, as it is written. */
export interface Manifest {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata: { readonly name: string; readonly namespace?: string; readonly [field: string]: unknown };
  readonly [field: string]: unknown;
}

export interface InstallOptions {
  /** Where the controller runs. */
  readonly namespace: string;
  /** Whose command is `gamezone`. */
  readonly image: string;
  /** The one namespace whose workloads it acts on, and may. @default all */
  readonly watchNamespace?: string;
}

/** Of everything that is installed. */
export const NAME = 'gamezone-controller';

export const labels = { 'app.kubernetes.io/name': NAME, 'app.kubernetes.io/part-of': 'gamezone' };

export const metadata = ({ namespace }: InstallOptions): Manifest['metadata'] => ({ name: NAME, namespace, labels });

/** The namespace that nobody else uses. */
export const OWN_NAMESPACE = 'gamezone-system';
