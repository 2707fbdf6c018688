import { list, record, withAt } from '../json.js';
import { keepingStatus, RESETS_SPEC, RESETS_STATUS, statusOnly, type Strategy } from './strategy.js';

/** Source: pkg/registry/core/namespace/strategy.go of Kubernetes. */
export const namespaceStrategy: Strategy = {
  create(namespace) {
    const finalizers = list(record(namespace['spec'])['finalizers']);
    return {
      ...namespace,
      spec: { finalizers: finalizers.includes('kubernetes') ? finalizers : [...finalizers, 'kubernetes'] },
      status: { phase: 'Active' },
    };
  },
  update(next, live, subresource) {
    if (subresource === 'status') return statusOnly(next, live);
    if (subresource === 'finalize') return keepingStatus(next, live);
    return withAt(keepingStatus(next, live), ['spec', 'finalizers'], record(live['spec'])['finalizers']);
  },
  reset: (subresource) => (subresource === 'status' ? RESETS_SPEC : RESETS_STATUS),
};
