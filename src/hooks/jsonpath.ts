// The part of client-go's JSONPath that a hook may use: one path to one value, with or without the braces.

/** One step from a value to a value inside it. */
export type JsonPathStep =
  | { readonly kind: 'field'; readonly name: string }
  | { readonly kind: 'index'; readonly index: number }
  | { readonly kind: 'all' };

export interface JsonPathProblem {
  readonly message: string;
  readonly hint: string;
}

const EXAMPLE = 'for example {$.online}, {$.players[0].name} or {$.items[*].id}';
const FIELD = /\.([A-Za-z_][\w-]*)/y;
const QUOTED = /\[(?:'([^'\\]+)'|"([^"\\]+)")\]/y;
const INDEX = /\[(-?\d{1,6})\]/y;
const ALL = /\[\*\]|\.\*/y;

/** Reads `{$.a.b[0]}`, `$.a`, `{.a}`. Refused with a reason: filters, slices, `..`, several paths and text around them. */
export function parseJsonPath(text: string): readonly JsonPathStep[] | JsonPathProblem {
  const trimmed = text.trim();
  if (trimmed === '') return { message: 'the jsonPath is empty', hint: EXAMPLE };
  const braced = trimmed.startsWith('{');
  if (braced !== trimmed.endsWith('}'))
    return { message: `${quoted(text)} has a brace too many or too few`, hint: EXAMPLE };
  const body = (braced ? trimmed.slice(1, -1) : trimmed).trim();
  if (/[{}]/.test(body))
    return { message: `${quoted(text)} is more than one path`, hint: `write one path, ${EXAMPLE}` };
  const start = body.startsWith('$') ? 1 : 0;
  if (start === 0 && !body.startsWith('.') && !body.startsWith('[')) {
    return {
      message: `${quoted(text)} does not start at the root`,
      hint: /^\w/.test(body) ? `write {$.${body}}` : EXAMPLE,
    };
  }
  const steps: JsonPathStep[] = [];
  for (let at = start; at < body.length;) {
    const step = stepAt(body, at);
    if (step === undefined) return unsupported(text, body.slice(at));
    steps.push(step.step);
    at = step.end;
  }
  return steps;
}

function stepAt(body: string, at: number): { readonly step: JsonPathStep; readonly end: number } | undefined {
  const match = (pattern: RegExp) => {
    pattern.lastIndex = at;
    return pattern.exec(body);
  };
  const field = match(FIELD) ?? match(QUOTED);
  if (field) return { step: { kind: 'field', name: field[1] ?? field[2] ?? '' }, end: at + field[0].length };
  const index = match(INDEX);
  if (index) return { step: { kind: 'index', index: Number(index[1]) }, end: at + index[0].length };
  const all = match(ALL);
  return all ? { step: { kind: 'all' }, end: at + all[0].length } : undefined;
}

function unsupported(text: string, rest: string): JsonPathProblem {
  const message = `${quoted(text)} is not readable from ${quoted(rest)} on`;
  if (rest.startsWith('..')) return { message, hint: 'name every level instead of ..' };
  if (rest.startsWith('[?'))
    return { message, hint: 'filters are not supported: choose in the condition, as in result.exists(x, x.age < 3)' };
  if (/^\[[^\]]*:/.test(rest)) return { message, hint: 'slices are not supported: use [*], or an index' };
  return { message, hint: EXAMPLE };
}

const quoted = (text: string) => JSON.stringify(text.length > 60 ? `${text.slice(0, 60)}...` : text);
