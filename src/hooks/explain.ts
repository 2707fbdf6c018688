// The expression engine's errors in the words of somebody who writes a condition. Structural, so that this file does not load the engine.

/** What is wrong, what would be right, and where: an offset into the text, from 0. */
export interface Explanation {
  readonly message: string;
  readonly hint?: string;
  readonly at: number;
}

const TOKENS: Readonly<Record<string, string>> = {
  RPAREN: ')',
  RBRACKET: ']',
  RBRACE: '}',
  COLON: ':',
  COMMA: ',',
  IDENTIFIER: 'a name',
  EOF: 'the end',
};

/** What people write who come from other languages. */
const OTHER_SPELLINGS: readonly (readonly [RegExp, string])[] = [
  [/^and\b/, 'write && for and'],
  [/^or\b/, 'write || for or'],
  [/^not\b/, 'write ! for not, as in !(result in [1, 2])'],
  [/^=/, 'write == to compare'],
  [/^&/, 'write && for and'],
  [/^\|/, 'write || for or'],
];

/** An error of the parser. */
export function explainSyntax(error: unknown, text: string): Explanation {
  const { code, summary, at } = parts(error);
  const rest = text.slice(at);
  const other = OTHER_SPELLINGS.find(([pattern]) => pattern.test(rest))?.[1];
  switch (code) {
    case 'limit_exceeded':
      return {
        at,
        message: summary.includes('maxDepth') ? 'the condition is nested too deeply' : 'the condition is too big',
      };
    case 'unterminated_string':
    case 'unterminated_triple_quoted_string':
      return { at, message: 'the text that starts here is not closed by a quote' };
    case 'expected_token': {
      const [, wanted = '', found = ''] = /^Expected (\w+), got (\w+)/.exec(summary) ?? [];
      const instead = found === 'EOF' ? '' : ` before ${firstToken(rest)}`;
      return { at, message: `${TOKENS[wanted] ?? wanted} is missing${instead}`, ...(other && { hint: other }) };
    }
    case 'unexpected_token':
      if (text.trim() === '') return { at: 0, message: 'the condition is empty' };
      if (rest.trim() === '') return { at, message: 'the condition ends where a value is expected' };
      return { at, message: `${firstToken(rest)} stands where a value is expected`, ...(other && { hint: other }) };
    case 'unexpected_character':
      return { at, message: `${firstToken(rest)} is not expected here`, ...(other && { hint: other }) };
    case 'reserved_identifier':
      return { at, message: `${firstToken(rest)} is a reserved word` };
    default:
      return { at, message: lowerFirst(summary) };
  }
}

/** An error of the type checker. */
export function explainType(error: unknown): Explanation {
  const { code, summary, at } = parts(error);
  const binary = /^no such overload: (.+) (\S+) (.+)$/.exec(summary);
  if (code === 'no_such_overload' && binary) {
    const [, left = '', operator = '', right = ''] = binary;
    const numbers = ['int', 'double'];
    const mixed = [left, right].includes('string') && [left, right].some((type) => numbers.includes(type));
    const hint = 'compare numbers with numbers: no quotes around a number, asInt() or asFloat() around a string';
    return { at, message: `${left} ${operator} ${right} is not possible`, ...(mixed && { hint }) };
  }
  if (code === 'no_such_overload')
    return { at, message: `${summary.replace(/^no such overload: /, '')} is not possible` };
  if (code === 'no_matching_overload') {
    const call = /'(.+)'/.exec(summary)?.[1] ?? 'the call';
    const hint = /^as(Int|Float)\(/.test(call) ? `it takes one value, as in ${call.split('(')[0]}(result)` : undefined;
    return { at, message: `${call} does not exist`, ...(hint && { hint }) };
  }
  const hint = summary.startsWith('has()') ? 'it asks for a field, as in has(result.online)' : undefined;
  return { at, message: lowerFirst(summary), ...(hint && { hint }) };
}

/** An error of one evaluation. Never shows the value that was looked at beyond its type. */
export function explainEvaluation(error: unknown): string {
  const { code, summary } = parts(error);
  if (error instanceof RangeError) return 'the result is nested too deeply';
  const binary = /^no such overload: (.+) (\S+) (.+)$/.exec(summary);
  if (code === 'no_such_overload' && binary) {
    const left = plainType(binary[1]);
    const right = plainType(binary[3]);
    const advice =
      /^list\b/.test(left) || /^list\b/.test(right) ? ': write result[0] for the first element of a list' : '';
    return `${left} ${binary[2]} ${right} is not possible${advice}`;
  }
  if (code === 'index_out_of_bounds') return `the list has no element ${/index (-?\d+)/.exec(summary)?.[1] ?? 'there'}`;
  return lowerFirst(summary).slice(0, 200);
}

function parts(error: unknown): { code: string; summary: string; at: number } {
  const { code, summary, message, range } = (error ?? {}) as {
    code?: unknown;
    summary?: unknown;
    message?: unknown;
    range?: { start?: unknown };
  };
  return {
    code: typeof code === 'string' ? code : '',
    summary:
      typeof summary === 'string' ? summary : typeof message === 'string' ? message : 'the condition is not valid',
    at: typeof range?.start === 'number' ? range.start : 0,
  };
}

/** `dyn<list<double>>` is the engine's note on how it found out, of no use to a reader. */
function plainType(type: string | undefined): string {
  return (type ?? '').replace(/^dyn<(.+)>$/, '$1');
}

function firstToken(text: string): string {
  return /^\s*(\w+|.)/s.exec(text)?.[1] ?? 'the end';
}

function lowerFirst(text: string): string {
  return /^[A-Z][a-z]/.test(text) ? text.charAt(0).toLowerCase() + text.slice(1) : text;
}
