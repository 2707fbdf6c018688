import { labels, metadata, NAME, OWN_NAMESPACE, type InstallOptions, type Manifest } from './names.js';
import { CLUSTER_RULES, OWN_RULES, WORKLOAD_RULES, type PolicyRule } from './rules.js';

const RBAC = 'rbac.authorization.k8s.io';
/** Of what belongs to no namespace. */
const CLUSTER = `${NAME}-cluster`;

export function serviceAccount(options: InstallOptions): Manifest {
  return { apiVersion: 'v1', kind: 'ServiceAccount', metadata: metadata(options) };
}

/** An installation in another namespace has bindings of its own. */
const suffixOf = ({ namespace }: InstallOptions): string => (namespace === OWN_NAMESPACE ? '' : `-${namespace}`);

/** Rights in the namespaces of the workloads, in the cluster, and where it runs itself. */
export function access(options: InstallOptions): Manifest[] {
  const { namespace, watchNamespace } = options;
  return [
    role('ClusterRole', NAME, WORKLOAD_RULES),
    role('ClusterRole', CLUSTER, CLUSTER_RULES),
    role('Role', NAME, OWN_RULES, namespace),
    binding(options, { kind: 'ClusterRole', name: NAME }, NAME, watchNamespace),
    binding(options, { kind: 'ClusterRole', name: CLUSTER }, CLUSTER),
    // Beside the first binding, should that be in the same namespace.
    binding(options, { kind: 'Role', name: NAME }, `${NAME}-own`, namespace),
  ];
}

function role(kind: 'ClusterRole' | 'Role', name: string, rules: readonly PolicyRule[], namespace?: string): Manifest {
  return {
    apiVersion: `${RBAC}/v1`,
    kind,
    metadata: { name, ...(namespace !== undefined && { namespace }), labels },
    rules,
  };
}

function binding(
  options: InstallOptions,
  role: { readonly kind: 'ClusterRole' | 'Role'; readonly name: string },
  name: string,
  inside?: string,
): Manifest {
  const { namespace } = options;
  return {
    apiVersion: `${RBAC}/v1`,
    kind: inside === undefined ? 'ClusterRoleBinding' : 'RoleBinding',
    metadata: {
      name: `${name}${suffixOf(options)}`,
      ...(inside !== undefined && { namespace: inside }),
      labels,
    },
    roleRef: { apiGroup: RBAC, ...role },
    subjects: [{ kind: 'ServiceAccount', name: NAME, namespace }],
  };
}
