import { list, record, type Json } from '../json.js';

/** Seconds that a pod stays on a node that is gone. */
const SECONDS = 300;
const KEYS = ['node.kubernetes.io/not-ready', 'node.kubernetes.io/unreachable'];

/** Source: DefaultTolerationSeconds. */
export function withTolerations(pod: Json): Json {
  const spec = record(pod['spec']);
  const own = list(spec['tolerations']);
  const tolerates = (key: string): boolean =>
    own.map(record).some(({ key: of, effect }) => {
      const isForKey = of === key || of === undefined || of === '';
      return isForKey && (effect === undefined || effect === '' || effect === 'NoExecute');
    });
  const added = KEYS.filter((key) => !tolerates(key)).map((key) => ({
    key,
    operator: 'Exists',
    effect: 'NoExecute',
    tolerationSeconds: SECONDS,
  }));
  return added.length === 0 ? pod : { ...pod, spec: { ...spec, tolerations: [...own, ...added] } };
}
