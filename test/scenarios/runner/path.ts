/**
 * Where a field is in an object: `spec.replicas`, `metadata.labels[app.kubernetes.io/name]`, `spec.containers[name=app].image`,
 * `spec.tolerations[0]`.
 */
export type Path = readonly PathStep[];

type PathStep =
  | { readonly kind: 'key'; readonly key: string }
  | { readonly kind: 'index'; readonly index: number }
  | { readonly kind: 'element'; readonly key: string; readonly value: string };

/** Undefined where the text is no path. */
export function parsePath(text: string): Path | undefined {
  if (!/^[^.[\]]+(\.[^.[\]]+|\[[^\]]+\])*$/.test(text)) return undefined;
  return [...text.matchAll(/([^.[\]]+)|\[([^\]]+)\]/g)].map(([, key, bracket = '']): PathStep => {
    if (key !== undefined) return { kind: 'key', key };
    if (/^\d+$/.test(bracket)) return { kind: 'index', index: Number(bracket) };
    const [, name, value] = /^(\w+)=(.*)$/.exec(bracket) ?? [];
    return name === undefined ? { kind: 'key', key: bracket } : { kind: 'element', key: name, value: value! };
  });
}

export function read(from: unknown, path: Path): unknown {
  let at = from;
  for (const step of path) {
    if (typeof at !== 'object' || at === null) return undefined;
    const holder: unknown = at;
    if (step.kind === 'key') at = (holder as Record<string, unknown>)[step.key];
    else if (!Array.isArray(holder)) return undefined;
    else at = step.kind === 'index' ? holder[step.index] : elementOf(holder, step.key, step.value);
  }
  return at;
}

/** Makes what is missing on the way; an element of a list that is not there is added with its key. */
export function write(into: object, path: Path, value: unknown): void {
  let at: Record<string, unknown> | unknown[] = into as Record<string, unknown>;
  path.forEach((step, index) => {
    const next = path[index + 1];
    const fresh = (): unknown => (next === undefined ? value : next.kind === 'key' ? {} : []);
    if (step.kind === 'element') {
      if (!Array.isArray(at)) throw new TypeError(`[${step.key}=${step.value}] is of no list`);
      let element = elementOf(at, step.key, step.value);
      if (element === undefined) at.push((element = { [step.key]: step.value }));
      if (next === undefined) Object.assign(element, value);
      at = element;
      return;
    }
    const holder = at as Record<string | number, unknown>;
    const key = step.kind === 'key' ? step.key : step.index;
    if (next === undefined || holder[key] === undefined || holder[key] === null) holder[key] = fresh();
    at = holder[key] as Record<string, unknown>;
  });
}

function elementOf(list: readonly unknown[], key: string, value: string): Record<string, unknown> | undefined {
  return (list as readonly Record<string, unknown>[]).find((one) => String(one[key]) === value);
}
