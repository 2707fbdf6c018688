/** A line of a scenario with the indented lines below it. */
export interface SourceLine {
  readonly file: string;
  readonly number: number;
  /** Without `on 1.30:`. */
  readonly text: string;
  /** The indented lines, with their common indentation removed. */
  readonly body: string;
  /** `1.30` where the line holds on that version only. */
  readonly version?: string;
}

export interface ScenarioText {
  readonly file: string;
  readonly number: number;
  readonly title: string;
  /** Why the rollout design leans on it. */
  readonly why: string;
  readonly lines: readonly SourceLine[];
}

/** A mistake in the text of a scenario. */
export class ScenarioError extends Error {
  constructor(at: { readonly file: string; readonly number: number }, problem: string) {
    super(`${at.file}:${at.number}: ${problem}`);
    this.name = 'ScenarioError';
  }
}

interface Draft {
  readonly file: string;
  readonly number: number;
  readonly title: string;
  readonly why: string[];
  readonly lines: { file: string; number: number; text: string; version?: string; body: string[] }[];
}

/**
 * The scenarios of a file: `# ` begins one, `> ` is prose, an indented line belongs to the command above it.
 *
 * @throws ScenarioError
 */
export function readScenarios(file: string, content: string): ScenarioText[] {
  const drafts: Draft[] = [];
  content.split('\n').forEach((raw, index) => {
    const at = { file, number: index + 1 };
    const text = raw.trimEnd();
    if (text.includes('\t')) throw new ScenarioError(at, 'a tab; indent with spaces');
    const draft = drafts.at(-1);
    if (text.startsWith('# ')) drafts.push({ ...at, title: text.slice(2).trim(), why: [], lines: [] });
    else if (text === '') draft?.lines.at(-1)?.body.push('');
    else if (draft === undefined) throw new ScenarioError(at, 'before the first title: `# What is shown`');
    else if (text.startsWith('> ')) {
      if (draft.lines.length === 0) draft.why.push(text.slice(2).trim());
    } else if (text.startsWith(' ')) {
      const above = draft.lines.at(-1);
      if (above === undefined) throw new ScenarioError(at, 'an indented line, and no command above it');
      above.body.push(text);
    } else {
      const [, version, rest] = /^on (\d+\.\d+): (.*)$/.exec(text) ?? [];
      draft.lines.push({ ...at, text: (rest ?? text).trim(), ...(version !== undefined && { version }), body: [] });
    }
  });
  return drafts.map(finished);
}

function finished({ file, number, title, why, lines }: Draft): ScenarioText {
  const at = { file, number };
  if (why.length === 0) throw new ScenarioError(at, 'no reason below the title: `> rollout.md 1: ...`');
  if (lines.length === 0) throw new ScenarioError(at, 'a scenario without steps');
  return { ...at, title, why: why.join(' '), lines: lines.map((line) => ({ ...line, body: dedent(line.body) })) };
}

function dedent(lines: readonly string[]): string {
  const indents = lines.filter((line) => line !== '').map((line) => line.length - line.trimStart().length);
  return lines
    .map((line) => line.slice(Math.min(...indents)))
    .join('\n')
    .trim();
}
