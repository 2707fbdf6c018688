import type { Shape } from './facts.js';
import type { FieldPath, Problems } from './problem.js';
import { isRecord } from './structure.js';

/** Keys that the server fills in before it compares. */
const defaults: Readonly<Record<string, string>> = { protocol: 'TCP' };

/**
 * Two elements of one key, such as two variables of one name. A create is accepted (the last one wins), a server-side apply is not:
 * it could not say which of the two it owns.
 */
export function checkListKeys(shape: Shape, value: unknown, path: FieldPath, problems: Problems): void {
  if (shape.kind === 'list' && Array.isArray(value)) {
    for (const [index, element] of value.entries()) checkListKeys(shape.of, element, path.at(index), problems);
  } else if (shape.kind === 'object' && isRecord(value)) {
    for (const name in value) {
      const of = shape.fields.get(name);
      if (of?.kind !== 'object' && of?.kind !== 'list') continue;
      const keys = shape.listKeys(name);
      if (keys !== undefined) checkDistinct(keys, value[name], path.at(name), problems);
      checkListKeys(of, value[name], path.at(name), problems);
    }
  }
}

function checkDistinct(keys: readonly string[], list: unknown, path: FieldPath, problems: Problems): void {
  if (!Array.isArray(list)) return;
  const seen = new Set<string>();
  for (const [index, element] of list.entries()) {
    if (!isRecord(element)) continue;
    const values = keys.map((key) => element[key] ?? defaults[key]);
    const identity = JSON.stringify(values);
    if (seen.has(identity)) {
      const named = keys.map((key, position) => `${key} ${JSON.stringify(values[position])}`).join(' and ');
      problems.add(path.at(index), `repeats ${named}: server-side apply tells elements apart by that, so remove one`);
    }
    seen.add(identity);
  }
}
