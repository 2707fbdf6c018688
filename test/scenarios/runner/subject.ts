import type { KubeObject } from '../../../src/kube/objects.js';
import type { Kind } from './kind.js';
import type { Line } from './line.js';
import { isComparison, parseComparison, type Comparison } from './comparison.js';
import type { Session } from './session.js';
import { substitute } from './value.js';

/** Of whom something is expected. */
export type Subject =
  | { readonly type: 'answer' }
  /** Objects by their names, each of which is to be there. */
  | { readonly type: 'named'; readonly kind: Kind; readonly names: readonly string[] }
  /** All objects, or all of an `app`, however many there are. */
  | { readonly type: 'all'; readonly kind: Kind; readonly app?: string; readonly where: readonly Comparison[] };

/** `answer`, `pods game-{0..2}`, `pods of game`, `pods of game where image=app:2`, `pods`. */
export function parseSubject(line: Line): Subject {
  if (line.takes('answer')) return { type: 'answer' };
  const { kind, subresource } = line.kind();
  if (subresource !== undefined) line.fail(`of ${kind.names[0]}/${subresource}: get it, then expect of the answer`);
  const isAll = line.peek() === undefined || line.peek() === 'of' || line.peek() === 'where';
  if (!isAll) {
    const names = line.names();
    line.end();
    return { type: 'named', kind, names };
  }
  const app = line.takes('of') ? line.next('an app') : undefined;
  if (app !== undefined && kind.field('app') === undefined) line.fail(`${kind.names[1]} are not of an app`);
  const where = line.takes('where') ? line.rest().map((word) => comparisonOf(line, kind, word)) : [];
  line.end();
  return { type: 'all', kind, where, ...(app !== undefined && { app }) };
}

export function comparisonOf(line: Line, kind: Kind | undefined, word: string): Comparison {
  if (!isComparison(word)) line.fail(`"${word}" is no expectation`);
  const comparison = parseComparison(word);
  if (kind && kind.field(comparison.field) === undefined)
    line.fail(`${kind.names[0]} has no field "${comparison.field}"`);
  return comparison;
}

export function namesOf(names: readonly string[], session: Session): string[] {
  return names.map((name) => substitute(name, session));
}

/** Those of the objects of a namespace that are meant. */
export function select(
  subject: Exclude<Subject, { type: 'answer' }>,
  objects: readonly KubeObject[],
  session: Session,
): KubeObject[] {
  const { kind } = subject;
  const names = subject.type === 'named' ? namesOf(subject.names, session) : [];
  const chosen =
    subject.type === 'named'
      ? objects.filter(({ metadata: { name = '' } }) => names.includes(name))
      : objects
          .filter((one) => subject.app === undefined || kind.value(one, 'app') === subject.app)
          .filter((one) =>
            subject.where.every((comparison) => comparison.holds(kind.value(one, comparison.field), session)),
          );
  return [...chosen].sort((one, other) => (one.metadata.name! < other.metadata.name! ? -1 : 1));
}
