import { sleep } from '../../../src/kube/clock.js';
import { isKubeError, type KubeError } from '../../../src/kube/error.js';
import type { Action, Command, Commands } from './command.js';
import { NotSo, ScenarioFailure } from './failure.js';
import { Line } from './line.js';
import type { Session } from './session.js';
import { readScenarios, ScenarioError, type ScenarioText, type SourceLine } from './text.js';

export interface Scenario {
  readonly title: string;
  readonly file: string;
  readonly number: number;
  readonly steps: readonly Step[];
}

/** Milliseconds between the repetitions of a request that is to be refused some day: nothing tells of that day. */
const BETWEEN_REQUESTS = 250;

interface Step {
  readonly line: SourceLine;
  readonly action: Action;
  /** What the server says to the request, instead of doing it. */
  readonly refusals: readonly Refusal[];
}

interface Refusal {
  readonly line: SourceLine;
  readonly status: number;
  readonly reason: string;
  /** Milliseconds that it may take until it is refused; meanwhile the request is repeated. */
  readonly within: number;
  /** In the message or its causes. */
  readonly text: string;
}

/**
 * The scenarios of a file, with every line understood.
 *
 * @throws ScenarioError with file and line
 */
export function parseScenarios(file: string, content: string, commands: Commands): Scenario[] {
  return readScenarios(file, content).map((text) => parseScenario(text, commands));
}

function parseScenario({ title, file, number, why, lines }: ScenarioText, commands: Commands): Scenario {
  if (!/\brollout\.md [1-9]/.test(why)) throw new ScenarioError({ file, number }, 'the reason names no `rollout.md N`');
  const steps: (Step & { readonly command: Command; readonly refusals: Refusal[] })[] = [];
  for (const line of lines) {
    const refusal = refusalOf(line);
    const last = steps.at(-1);
    if (refusal === undefined) steps.push({ line, ...understand(line, commands), refusals: [] });
    else if (last?.command.request) last.refusals.push(refusal);
    else throw new ScenarioError(line, '`refused` follows a request');
  }
  return { title, file, number, steps };
}

function understand(line: SourceLine, commands: Commands): { readonly command: Command; readonly action: Action } {
  const [, dry = '', verb = '', rest = ''] = /^(dry-run )?(\S+)\s*(.*)$/.exec(line.text) ?? [];
  const command = Object.hasOwn(commands, verb) ? commands[verb] : undefined;
  if (command === undefined)
    throw new ScenarioError(line, `"${verb}" is no command; there are ${Object.keys(commands).sort().join(', ')}`);
  if (dry !== '' && !command.usage.startsWith('[dry-run]')) throw new ScenarioError(line, `${verb} has no dry run`);
  return { command, action: command.parse(new Line(line, dry + verb, rest)) };
}

function refusalOf(line: SourceLine): Refusal | undefined {
  if (!/^refused\b/.test(line.text)) return undefined;
  const form = /^refused (?:within (\d+)s )?(\d{3})(?: (\w+))?(?:: (.+))?$/;
  const [, within = '0', status, reason, text] = form.exec(line.text) ?? [];
  if (status === undefined) throw new ScenarioError(line, '`refused 409 Conflict: a part of the message`');
  return { line, within: Number(within) * 1000, status: Number(status), reason: reason ?? '', text: text ?? '' };
}

/** @throws ScenarioFailure with the line that is not so */
export async function runScenario({ title, steps }: Scenario, session: Session): Promise<void> {
  const holds = ({ version }: SourceLine): boolean => version === undefined || version === session.cluster.version;
  for (const { line, action, refusals } of steps) {
    if (!holds(line)) continue;
    session.note(`line ${line.number}: ${line.text}`);
    const refusal = refusals.find((one) => holds(one.line));
    try {
      if (refusal) await refused(action, session, refusal);
      else await action(session);
    } catch (error) {
      if (error instanceof NotSo) throw new ScenarioFailure(title, line, error.message, error.actual);
      if (isKubeError(error)) throw new ScenarioFailure(title, line, `the server refused: ${said(error)}`);
      throw new ScenarioFailure(title, line, String(error instanceof Error ? error.message : error));
    }
  }
}

async function refused(action: Action, session: Session, refusal: Refusal): Promise<void> {
  const { line, within, status, reason, text } = refusal;
  const { clock, pace } = session.cluster;
  const deadline = clock.monotonic() + within * pace;
  try {
    await action(session);
    while (clock.monotonic() < deadline) {
      await sleep(clock, BETWEEN_REQUESTS);
      await action(session);
    }
  } catch (error) {
    if (!isKubeError(error)) throw error;
    session.note(`refused: ${said(error)}`);
    if (error.status === status && error.reason === reason && said(error).includes(text)) return;
    throw new NotSo(`line ${line.number} says: ${line.text}\n  the server said: ${said(error)}`);
  }
  throw new NotSo(`line ${line.number} says: ${line.text}\n  the server did it`);
}

function said({ status, reason, message, causes }: KubeError): string {
  const because = causes.map((cause) => `[${[cause.reason, cause.field, cause.message].filter(Boolean).join(' ')}]`);
  return [status, reason, message, ...because].join(' ');
}
