import type { ObjectShape, Shape } from '../../../kubernetes/facts.js';
import { isRecord, type Json } from '../json.js';
import { containerDefaults } from './pod-defaults.js';
import { clusterDefaults } from './cluster-defaults.js';
import { workloadDefaults } from './workload-defaults.js';

/** What the server fills in, by the name of the type; the object is changed. Source: pkg/apis/.../v1/defaults.go of Kubernetes. */
export type Defaults = Readonly<Record<string, (object: Json) => void>>;

const all: Defaults = { ...containerDefaults, ...workloadDefaults, ...clusterDefaults };

/** Fills in the defaults of an object of this type and of all that is in it. */
export function applyDefaults(shape: ObjectShape, object: Json): void {
  all[shape.typeName]?.(object);
  for (const name in object) {
    const of = shape.fields.get(name);
    if (of) inside(of, object[name]);
  }
}

function inside(shape: Shape, value: unknown): void {
  if (shape.kind === 'object') {
    if (isRecord(value)) applyDefaults(shape, value);
  } else if (shape.kind === 'list') {
    if (Array.isArray(value) && isCompound(shape.of)) for (const element of value) inside(shape.of, element);
  } else if (shape.kind === 'map' && isRecord(value) && isCompound(shape.of)) {
    for (const key in value) inside(shape.of, value[key]);
  }
}

function isCompound({ kind }: Shape): boolean {
  return kind === 'object' || kind === 'list' || kind === 'map';
}
