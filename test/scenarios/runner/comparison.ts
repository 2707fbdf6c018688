import { asText } from './kind.js';
import type { Session } from './session.js';
import { valueOf } from './value.js';

/** `image=app:2`, `ready!=True`, `replicas>=3`, `message~"some text"`. */
export interface Comparison {
  readonly field: string;
  readonly text: string;
  holds(actual: unknown, session: Session): boolean;
}

const FORM = /^((?:\[[^\]]*\]|[^=!<>~[\s])+)(!=|>=|<=|=|~)("[^"]*"|[^"\s]+)$/;

const OPERATORS: Readonly<Record<string, (actual: unknown, expected: unknown) => boolean>> = {
  '=': (actual, expected) => asText(actual) === asText(expected),
  '!=': (actual, expected) => asText(actual) !== asText(expected),
  '>=': (actual, expected) => Number(actual ?? 0) >= Number(expected),
  '<=': (actual, expected) => Number(actual ?? 0) <= Number(expected),
  '~': (actual, expected) => asText(actual).includes(asText(expected)),
};

export function isComparison(text: string): boolean {
  return FORM.test(text);
}

export function parseComparison(text: string): Comparison {
  const [, field = '', operator = '', expected = ''] = FORM.exec(text) ?? [];
  return {
    field,
    text,
    holds: (actual, session) => OPERATORS[operator]!(actual, valueOf(expected, session)),
  };
}
