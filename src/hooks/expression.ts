import { Environment, serialize, type ASTNode, type ParseResult } from '@marcbachmann/cel-js';
import { asFloat, asInt } from './numbers.js';
import { explainEvaluation, explainSyntax, explainType } from './explain.js';
import { suggest } from '../api/suggest.js';

// The only file that loads the expression engine: a zone without hooks must not pay for it at start-up.

/**
 * What `result` is, known from the provider before anything runs:
 * `json` anything (web with jsonPath), `number` a double or a list of doubles (prometheus),
 * `text` a string (exec), `none` there is none, so that a condition cannot look at it.
 */
export type ResultType = 'json' | 'number' | 'text' | 'none';

/** A condition that was read and type-checked. */
export interface Expression {
  readonly kind: 'expression';
  readonly text: string;
  /** The same for two conditions that differ in spacing only. */
  readonly canonical: string;
  /** What it gives whatever `result` is, or undefined where that depends on `result`. */
  readonly constant: boolean | undefined;
  /**
   * Never throws, and ends within about a second whatever the value is. No data (undefined) and NaN give a failure, never a boolean:
   * a caller for whom they are Inconclusive asks before.
   */
  evaluate(result: unknown): boolean | EvaluationFailure;
}

/** Why a condition gave neither true nor false. */
export interface EvaluationFailure {
  readonly kind: 'failure';
  readonly message: string;
}

/** Why a condition is refused; `message` names the column already. */
export interface ExpressionProblem {
  readonly kind: 'problem';
  readonly message: string;
  readonly hint: string;
  /** Where in the text, from 1. */
  readonly column: number;
}

/** Longest condition, in characters. */
export const MAX_CONDITION_LENGTH = 1000;
const LIMITS = { maxAstNodes: 200, maxDepth: 24, maxListElements: 50, maxMapEntries: 20, maxCallArguments: 4 };

// An answer may come from anywhere. These bounds keep one evaluation under a second: an element that raises an error costs about 10 us,
// and every use of `result` inside a loop may walk all of it (`result.all(a, a in result)`).
const MAX_ELEMENTS = 500_000;
const MAX_ELEMENTS_WITH_LOOP = 20_000;
const MAX_TEXT = 1 << 20;
const MAX_WORK = 8_000_000;
const MAX_LOOPS = 4;

const FUNCTIONS = new Set(['asInt', 'asFloat', 'size', 'has', 'string']);
const LOOPS = new Set(['all', 'exists', 'exists_one', 'filter']);
const TEXT_SEARCHES = new Set(['contains', 'startsWith', 'endsWith']);
const METHODS = new Set([...LOOPS, ...TEXT_SEARCHES, 'size']);
const AVAILABLE = [...FUNCTIONS, ...METHODS].filter((name, index, all) => all.indexOf(name) === index);

/** Why a function that other expression languages have is not here, or what it is called here. */
const ELSEWHERE: Readonly<Record<string, string>> = {
  matches: 'a regular expression can run for hours on some texts: use ==, contains(), startsWith() or endsWith()',
  int: 'use asInt(), which refuses what is not a whole number',
  uint: 'use asInt(), which refuses what is not a whole number',
  double: 'use asFloat(), which refuses what is not a number',
  map: 'use all(), exists() or filter()',
  bind: 'write the value where it is used',
  len: 'use size()',
  isNaN: 'a value that is not a number is Inconclusive without a condition',
  now: 'a condition sees only its result: use interval, initialDelay or deadlineSeconds for time',
  timestamp: 'a condition sees only its result: use interval, initialDelay or deadlineSeconds for time',
};

/**
 * Reads and type-checks a `successCondition` or `failureCondition`: a CEL expression over `result` that gives true or false.
 * Beyond CEL, `asInt` and `asFloat` accept strings and numbers, and int and double mix in arithmetic and comparison (JSON numbers are
 * doubles, people write `1`). Refused: functions whose cost nobody can bound (`matches`, `map`, nested loops).
 */
export function parseCondition(text: string, resultType: ResultType): Expression | ExpressionProblem {
  if (typeof text !== 'string') return problemAt(0, { message: 'a condition is a text' });
  if (text.length > MAX_CONDITION_LENGTH) {
    const length = `the condition is ${text.length} characters long, at most ${MAX_CONDITION_LENGTH} are allowed`;
    return {
      kind: 'problem',
      column: MAX_CONDITION_LENGTH + 1,
      message: length,
      hint: 'let the other side decide more',
    };
  }
  if (text.includes('{{')) {
    return problemAt(text.indexOf('{{'), {
      message: 'arguments are not filled in inside a condition',
      hint: 'a condition sees only its result: use {{ args.NAME }} in the url, the body, a header value, the query or the command',
    });
  }
  const environment = environmentFor(resultType);
  let parsed: ParseResult;
  try {
    parsed = environment.parse(text);
  } catch (error) {
    const explanation = explainSyntax(error, text);
    return problemAt(explanation.at, explanation);
  }
  const inspection = new Inspection(text, resultType);
  const refused = inspection.inspect(parsed.ast, resultType === 'none' ? [] : ['result']);
  if (refused !== undefined) return refused;
  const checked = parsed.check();
  if (!checked.valid) {
    const explanation = explainType(checked.error);
    return problemAt(operatorOffset(checked.error?.node, text) ?? explanation.at, explanation);
  }
  const type = checked.type ?? 'dyn';
  // A number is never true or false; any other JSON value may be.
  if (type !== 'bool' && (type !== 'dyn' || resultType === 'number')) {
    const gives = type === 'dyn' ? 'a number' : type;
    const simple = /^[\w.[\]()]+$/.test(text.trim());
    const hint = `compare it${simple ? `, for example ${text.trim()} ${gives === 'string' ? '== "ok"' : '< 1'}` : ''}`;
    return problemAt(0, { message: `the condition gives ${gives}, not true or false`, hint });
  }
  return compiled(text, parsed, inspection.loops > 0 ? MAX_ELEMENTS_WITH_LOOP : MAX_ELEMENTS);
}

function compiled(text: string, parsed: ParseResult, maxElements: number): Expression {
  return {
    kind: 'expression',
    text,
    canonical: canonical(text, parsed.ast),
    constant: constantOf(parsed),
    evaluate(result) {
      const size = measure(result, maxElements);
      if (typeof size !== 'number') return failure(size.message);
      let work = 0;
      const context = {
        get result() {
          work += size;
          if (work > MAX_WORK) throw TOO_MUCH_WORK;
          return result;
        },
      };
      try {
        const outcome: unknown = parsed(context);
        if (typeof outcome === 'boolean') return outcome;
        return failure(`the condition gave ${kindOf(outcome)}, not true or false`);
      } catch (error) {
        return failure(explainEvaluation(error));
      }
    },
  };
}

// One instance: a stack trace per element of a long list would cost seconds.
const TOO_MUCH_WORK = new Error('the condition needs too many steps for a value of this size');
const UNKNOWN_RESULT = new Error('result is not known yet');

/** `result > 1 && false` is false without knowing the result: CEL's && and || look past an operand that fails. */
function constantOf(parsed: ParseResult): boolean | undefined {
  const context = {
    get result(): never {
      throw UNKNOWN_RESULT;
    },
  };
  try {
    const outcome: unknown = parsed(context);
    return typeof outcome === 'boolean' ? outcome : undefined;
  } catch {
    return undefined;
  }
}

function canonical(text: string, ast: ASTNode): string {
  try {
    return serialize(ast);
  } catch {
    return text.trim();
  }
}

/** Finds what the type checker would let through but must not run, and unknown names, of which it cannot suggest the right one. */
class Inspection {
  loops = 0;

  constructor(
    private readonly text: string,
    private readonly resultType: ResultType,
  ) {}

  inspect(node: ASTNode, names: readonly string[], inLoop = false): ExpressionProblem | undefined {
    const all = (nodes: readonly ASTNode[]) => this.first(nodes, names, inLoop);
    switch (node.op) {
      case 'value':
        return undefined;
      case 'id':
        return names.includes(node.args) ? undefined : this.unknownName(node.args, node.start, names);
      case '.':
      case '.?':
        return all([node.args[0]]);
      case 'list':
        return all(node.args);
      case 'map':
        return all(node.args.flat());
      case '!_':
      case '-_':
        return all([node.args]);
      case 'call': {
        const [name, args] = node.args;
        if (!FUNCTIONS.has(name)) return this.unknownFunction(name, node.start, METHODS.has(name));
        return all(args);
      }
      case 'rcall': {
        const [name, receiver, args] = node.args;
        const start = this.text.indexOf(name, receiver.end);
        if (!METHODS.has(name)) return this.unknownFunction(name, start, FUNCTIONS.has(name));
        if (TEXT_SEARCHES.has(name) && !isText(args[0])) {
          const message = `${name}() takes a text in quotes, so that its cost is known`;
          return problemAt(args[0]?.start ?? start, { message });
        }
        if (!LOOPS.has(name)) return all([receiver, ...args]);
        if (inLoop)
          return problemAt(start, { message: `${name}() inside another loop is not available in a condition` });
        if (++this.loops > MAX_LOOPS) {
          return problemAt(start, { message: `a condition has at most ${MAX_LOOPS} loops` });
        }
        const [variable, ...body] = args;
        const inner = variable?.op === 'id' ? [...names, variable.args] : names;
        return this.inspect(receiver, names, inLoop) ?? this.first(body, inner, true);
      }
      default:
        return all(node.args);
    }
  }

  private first(nodes: readonly ASTNode[], names: readonly string[], inLoop: boolean): ExpressionProblem | undefined {
    for (const node of nodes) {
      const problem = this.inspect(node, names, inLoop);
      if (problem !== undefined) return problem;
    }
    return undefined;
  }

  private unknownName(name: string, start: number, names: readonly string[]): ExpressionProblem {
    if (name === 'result' && this.resultType === 'none') {
      return problemAt(start, { message: 'there is no result to look at' });
    }
    const meant =
      { nil: 'null', none: 'null', None: 'null' }[name] ?? suggest(name, [...names, 'true', 'false', 'null']);
    const hint = meant === undefined ? `a condition sees ${names.join(', ') || 'nothing'}` : `did you mean ${meant}?`;
    return problemAt(start, { message: `unknown name ${name}`, hint });
  }

  private unknownFunction(name: string, start: number, otherForm: boolean): ExpressionProblem {
    if (otherForm) {
      const hint = METHODS.has(name) ? `write result.${name}(...)` : `write ${name}(result)`;
      return problemAt(start, { message: `${name}() is called the wrong way round`, hint });
    }
    const elsewhere = Object.hasOwn(ELSEWHERE, name) ? ELSEWHERE[name] : undefined;
    const meant = suggest(name, AVAILABLE);
    const hint = elsewhere ?? (meant === undefined ? `there is ${AVAILABLE.join(', ')}` : `did you mean ${meant}()?`);
    const message =
      elsewhere === undefined ? `unknown function ${name}()` : `${name}() is not available in a condition`;
    return problemAt(start, { message, hint });
  }
}

const isText = (node: ASTNode | undefined) => node?.op === 'value' && typeof node.args === 'string';

/** The engine points at the left operand; a person looks for the operator. */
function operatorOffset(node: unknown, text: string): number | undefined {
  const { op, args } = (node ?? {}) as { op?: string; args?: unknown };
  if (op === undefined || !Array.isArray(args) || args.length !== 2) return undefined;
  const [left, right] = args as [Partial<ASTNode> | undefined, Partial<ASTNode> | undefined];
  if (left?.end === undefined || right?.start === undefined) return undefined;
  const found = text.slice(left.end, right.start).indexOf(op);
  return found < 0 ? undefined : left.end + found;
}

function problemAt(offset: number, problem: { readonly message: string; readonly hint?: string }): ExpressionProblem {
  const column = Math.max(0, offset) + 1;
  const { message, hint = 'a condition is one CEL expression such as asInt(result) < 30' } = problem;
  return { kind: 'problem', column, message: `${message} (column ${column})`, hint };
}

function failure(message: string): EvaluationFailure {
  return { kind: 'failure', message };
}

/** How much there is to walk in a value, or why no condition looks at it. Iterative and bounded: the value may be deep or a cycle. */
function measure(value: unknown, maxElements: number): number | { readonly message: string } {
  if (value === undefined) return { message: 'there is no result' };
  // The list or object around them is not one of the elements.
  let elements = -1;
  let characters = 0;
  const waiting: unknown[] = [value];
  while (waiting.length > 0) {
    const next = waiting.pop();
    elements++;
    if (typeof next === 'number' && Number.isNaN(next)) return { message: 'the result is not a number (NaN)' };
    if (typeof next === 'string') characters += next.length;
    if (typeof next === 'object' && next !== null) {
      const children: unknown[] = Array.isArray(next) ? next : Object.values(next);
      if (children.length + elements + waiting.length > maxElements) {
        return { message: `the result has more than ${maxElements} values: choose less with jsonPath` };
      }
      for (const child of children) waiting.push(child);
    }
  }
  if (characters > MAX_TEXT) return { message: 'the result has more than 1 MiB of text: choose less with jsonPath' };
  return elements + 1 + characters / 16;
}

function kindOf(value: unknown): string {
  if (value === null) return 'null';
  if (Array.isArray(value)) return 'a list';
  if (typeof value === 'bigint' || typeof value === 'number') return `the number ${value}`;
  return typeof value === 'string' ? 'a string' : 'an object';
}

const environments = new Map<ResultType, Environment>();

function environmentFor(type: ResultType): Environment {
  const known = environments.get(type);
  if (known !== undefined) return known;
  const environment = new Environment({ limits: LIMITS })
    .registerVariable('result', type === 'text' ? 'string' : 'dyn')
    .registerFunction('asInt(dyn): int', asInt)
    .registerFunction('asFloat(dyn): double', asFloat)
    .registerOperator('double == int', (a: number, b: bigint) => a <= b && a >= b);
  for (const [left, right] of [
    ['double', 'int'],
    ['int', 'double'],
  ] as const) {
    environment
      .registerOperator(`${left} + ${right}: double`, (a, b) => Number(a) + Number(b))
      .registerOperator(`${left} - ${right}: double`, (a, b) => Number(a) - Number(b))
      .registerOperator(`${left} * ${right}: double`, (a, b) => Number(a) * Number(b))
      .registerOperator(`${left} / ${right}: double`, (a, b) => Number(a) / Number(b))
      .registerOperator(`${left} % ${right}: double`, (a, b) => Number(a) % Number(b));
  }
  environments.set(type, environment);
  return environment;
}
