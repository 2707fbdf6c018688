import type { KubeObject } from '../../../src/kube/objects.js';
import { asText, type Kind } from './kind.js';
import { kindOf } from './kinds.js';
import type { Line } from './line.js';
import type { Session } from './session.js';
import { comparisonOf, namesOf, select, type Subject } from './subject.js';

/** One thing that is expected of a subject. */
export interface Expectation {
  /** The fields that a failure should show. */
  readonly fields: readonly string[];
  /** What is not so, or nothing. */
  judge(objects: readonly KubeObject[], subject: Subject, session: Session): string | undefined;
}

/** The expectations of a line, divided by `;` or one to an indented line. */
export function parseExpectations(line: Line, subject: Subject, text: string): Expectation[] {
  const texts = [...text.split(';'), ...line.source.body.split('\n')].map((one) => one.trim()).filter(Boolean);
  if (texts.length === 0) line.fail(`${line.verb}: nothing is expected`);
  const expectations = texts.map((one) => parseExpectation(line, subject, one));
  // Of none of them everything holds.
  const mayBeEmpty = texts.some((one) => /^(gone|count=|names=)/.test(one));
  return mayBeEmpty || subject.type === 'answer' ? expectations : [present, ...expectations];
}

const present: Expectation = {
  fields: [],
  judge: (objects, subject, session) => {
    if (subject.type !== 'named') return objects.length > 0 ? undefined : 'there is none';
    const absent = namesOf(subject.names, session).filter((name) =>
      objects.every(({ metadata }) => metadata.name !== name),
    );
    return absent.length === 0 ? undefined : `${absent.join(', ')}: not there`;
  },
};

function parseExpectation(line: Line, subject: Subject, text: string): Expectation {
  const [word = ''] = text.split(' ');
  if (text === 'gone') return gone;
  if (text === 'exists') return present;
  if (word === 'same' || word === 'changed') {
    if (subject.type !== 'named') line.fail(`"${word}" is of objects that are named`);
    return comparedWithMark(line, subject.kind, word, text.slice(word.length));
  }
  if (/^(count|names)(=|>=|<=)/.test(text)) return ofAll(line, text);
  const comparison = comparisonOf(line, subject.type === 'answer' ? undefined : subject.kind, text);
  return {
    fields: [comparison.field],
    judge: (objects, of, session) =>
      first(objects, (object) => {
        const value = valueIn(of, object, comparison.field);
        return comparison.holds(value, session) ? undefined : `${comparison.field} is ${asText(value)}`;
      }),
  };
}

const gone: Expectation = {
  fields: [],
  judge: (objects) => (objects.length === 0 ? undefined : `${objects.map(nameOf).join(', ')}: still there`),
};

/** `count=3`, `names=game-0,game-1`. */
function ofAll(line: Line, text: string): Expectation {
  const comparison = comparisonOf(line, undefined, text);
  return {
    fields: [],
    judge: (objects, _, session) => {
      const actual = comparison.field === 'count' ? objects.length : objects.map(nameOf).join(',') || undefined;
      return comparison.holds(actual, session) ? undefined : `${comparison.field} is ${asText(actual)}`;
    },
  };
}

function comparedWithMark(line: Line, kind: Kind, word: 'same' | 'changed', list: string): Expectation {
  const fields = list.split(',').map((field) => field.trim());
  for (const field of fields)
    if (kind.field(field) === undefined) line.fail(`${kind.names[0]} has no field "${field}"`);
  return {
    fields,
    judge: (objects, _, session) =>
      first(objects, (object) => {
        const mark = session.marked(kind, nameOf(object));
        if (mark === undefined) throw new RangeError(`${nameOf(object)} was not there at a mark before this`);
        for (const field of fields) {
          const [was, is] = [asText(kind.value(mark.object, field)), asText(kind.value(object, field))];
          if ((was === is) === (word === 'same')) continue;
          return word === 'same'
            ? `${field} is ${is}, and was ${was} at the mark of line ${mark.line}`
            : `${field} is still ${is}`;
        }
        return undefined;
      }),
  };
}

function first(
  objects: readonly KubeObject[],
  problemOf: (object: KubeObject) => string | undefined,
): string | undefined {
  for (const object of objects) {
    const problem = problemOf(object);
    if (problem !== undefined) return `${nameOf(object)}: ${problem}`;
  }
  return undefined;
}

function nameOf({ metadata }: KubeObject): string {
  return metadata.name ?? '';
}

/** An answer says itself of which kind it is. */
function valueIn(subject: Subject, object: KubeObject, field: string): unknown {
  const kind = subject.type === 'answer' ? kindOf(object) : subject.kind;
  return kind.value(object, field);
}

/** The first thing that is not so, or nothing. */
export function judge(
  expectations: readonly Expectation[],
  objects: readonly KubeObject[],
  subject: Subject,
  session: Session,
): string | undefined {
  const chosen = subject.type === 'answer' ? objects : select(subject, objects, session);
  for (const expectation of expectations) {
    const problem = expectation.judge(chosen, subject, session);
    if (problem !== undefined) return problem;
  }
  return undefined;
}
