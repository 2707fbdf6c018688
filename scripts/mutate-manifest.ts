import { builtInKind, type ObjectShape, type Shape } from '../src/kubernetes/facts.js';
import { isRecord } from '../src/kubernetes/structure.js';

export type Random = () => number;

/** mulberry32: small, and the same numbers for the same seed everywhere. */
export function randomFrom(seed: number): Random {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

export interface Change {
  readonly object: unknown;
  readonly what: string;
}

type Container = Record<string | number, unknown>;
interface Place {
  readonly holder: Container;
  readonly key: string | number;
  readonly path: string;
  readonly shape: Shape | undefined;
}

const texts = [
  '',
  'Bad Name!',
  ' padded ',
  'a_b',
  'UPPER',
  '../up',
  '/absolute',
  '1',
  'x'.repeat(64),
  'x'.repeat(254),
  'a.b',
  '-a',
  '5%',
  '200%',
  '-1',
  '10GB',
  '1.5Gi',
  'example.com/x',
  'Always',
  'None',
  '*',
  '10.0.0.1',
];
const numbers = [-1, 0, 1, 2, 100, 70000, 2 ** 31, -(2 ** 31) - 1, 1.5, 2 ** 40];

/** Makes one random change at a time to a copy of a manifest: what people get wrong, and fields that it does not have yet. */
export class Mutator {
  constructor(private readonly random: Random) {}

  change(good: Readonly<Record<string, unknown>>): Change {
    for (;;) {
      const object = structuredClone(good) as Container;
      const what = this.random() < 0.35 ? this.addField(object) : this.alter(object);
      if (what !== undefined) return { object, what };
    }
  }

  private pick<T>(from: readonly T[]): T {
    return from[Math.floor(this.random() * from.length)]!;
  }

  private alter(object: Container): string | undefined {
    const places = placesOf(object, rootShape(object), '').filter(
      ({ path }) => path !== 'apiVersion' && path !== 'kind',
    );
    const { holder, key, path } = this.pick(places);
    const value = holder[key];
    const kind = this.random();
    if (kind < 0.2) {
      if (Array.isArray(holder)) holder.splice(Number(key), 1);
      else delete holder[key];
      return `${path} dropped`;
    }
    if (kind < 0.3 && typeof key === 'string') {
      const name = this.pick([
        `${key}x`,
        key.toUpperCase(),
        key.slice(1),
        `${key[1] ?? ''}${key[0] ?? ''}${key.slice(2)}`,
      ]);
      if (name in holder) return undefined;
      holder[name] = value;
      delete holder[key];
      return `${path} renamed to ${JSON.stringify(name)}`;
    }
    if (kind < 0.35) {
      holder[key] = null;
      return `${path} = null`;
    }
    if (kind < 0.5) {
      holder[key] = this.pick<unknown>([{}, [], [{}], 'text', 7, true, { a: 1 }, ['a']]);
      return `${path} = ${JSON.stringify(holder[key])}`;
    }
    if (Array.isArray(value)) {
      if (value.length > 0 && this.random() < 0.7) value.push(structuredClone(this.pick(value)));
      else value.length = 0;
      return `${path} = ${value.length === 0 ? '[]' : 'with one element twice'}`;
    }
    if (typeof value === 'number') holder[key] = this.pick(numbers);
    else if (typeof value === 'boolean') holder[key] = this.random() < 0.8 ? !value : String(value);
    else if (typeof value === 'string') holder[key] = this.pick(texts);
    else return undefined;
    return `${path} = ${JSON.stringify(holder[key])}`;
  }

  /** Gives an object a field of its type that it does not have. */
  private addField(object: Container): string | undefined {
    const root = rootShape(object);
    const places = [
      { holder: { '': object } as Container, key: '', path: '', shape: root as Shape | undefined },
      ...placesOf(object, root, ''),
    ];
    const owners = places.filter(({ shape, holder, key }) => shape?.kind === 'object' && isRecord(holder[key]));
    if (owners.length === 0) return undefined;
    const { holder, key, path, shape } = this.pick(owners);
    const target = holder[key] as Container;
    const missing = [...(shape as ObjectShape).fields].filter(
      ([name]) => !(name in target) && name !== 'status' && name !== 'managedFields',
    );
    if (missing.length === 0) return undefined;
    const [name, of] = this.pick(missing);
    target[name] = this.invent(of, 0);
    return `${path === '' ? '' : `${path}.`}${name} = ${JSON.stringify(target[name])}`;
  }

  private invent(shape: Shape, depth: number): unknown {
    switch (shape.kind) {
      case 'string':
        if (shape.values && this.random() < 0.8) return this.pick(shape.values);
        return this.random() < 0.5 ? this.pick(['a', 'example', 'web', 'v1', 'data', 'cpu']) : this.pick(texts);
      case 'int32':
      case 'int64':
        return this.random() < 0.6 ? this.pick([1, 2, 30, 80]) : this.pick(numbers);
      case 'number':
        return this.pick([0, 0.5, -1]);
      case 'boolean':
        return this.random() < 0.5;
      case 'int-or-string':
        return this.pick<unknown>([1, 0, -1, '25%', 'http', 'Http!', 80, '']);
      case 'quantity':
        return this.pick<unknown>(['1', 1, '500m', '2Gi', '-1', 'x', 0]);
      case 'byte':
        return this.pick(['YQ==', 'a', '']);
      case 'time':
      case 'micro-time':
        return this.pick(['2026-01-31T12:00:00Z', '2026-01-31T12:00:00.000000Z', 'yesterday']);
      case 'any':
        return this.pick<unknown>([{}, 'a', 1]);
      case 'list':
        return Array.from({ length: Math.floor(this.random() * 3) }, () => this.invent(shape.of, depth + 1));
      case 'map':
        return Object.fromEntries([
          [this.pick(['a', 'cpu', 'storage', 'Bad Key', 'example.com/a']), this.invent(shape.of, depth + 1)],
        ]);
      case 'object': {
        const fields = [...shape.fields].filter(
          ([name]) => shape.required.includes(name) || this.random() < 1.5 / (shape.fields.size + 1),
        );
        if (depth > 3) return {};
        return Object.fromEntries(fields.map(([name, of]) => [name, this.invent(of, depth + 1)]));
      }
    }
  }
}

function rootShape(object: Container): ObjectShape | undefined {
  return builtInKind(String(object['apiVersion']), String(object['kind']))?.shape;
}

function placesOf(value: unknown, shape: Shape | undefined, path: string): Place[] {
  if (Array.isArray(value)) {
    const of = shape?.kind === 'list' ? shape.of : undefined;
    return value.flatMap((element, index) => {
      const place = { holder: value as unknown as Container, key: index, path: `${path}[${index}]`, shape: of };
      return [place, ...placesOf(element, of, place.path)];
    });
  }
  if (!isRecord(value)) return [];
  return Object.entries(value).flatMap(([key, element]) => {
    const of = shape?.kind === 'object' ? shape.fields.get(key) : shape?.kind === 'map' ? shape.of : undefined;
    const place = { holder: value, key, path: path === '' ? key : `${path}.${key}`, shape: of };
    return [place, ...placesOf(element, of, place.path)];
  });
}
