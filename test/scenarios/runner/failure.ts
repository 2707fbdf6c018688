import type { SourceLine } from './text.js';

/** An expectation that did not come true. */
export class ScenarioFailure extends Error {
  constructor(title: string, line: SourceLine, problem: string, actual: readonly string[] = []) {
    const expected = [line.text, ...line.body.split('\n').filter(Boolean)].map((text) => `    ${text}`).join('\n');
    const found = actual.length === 0 ? '' : `\n  there is:\n${actual.map((text) => `    ${text}`).join('\n')}`;
    super(`${title}\n  ${line.file}:${line.number}\n${expected}\n  ${problem}${found}`);
    this.name = 'ScenarioFailure';
    this.stack = `${this.name}: ${this.message}`;
  }
}

/** What an action throws; the runner adds where. */
export class NotSo extends Error {
  constructor(
    problem: string,
    readonly actual: readonly string[] = [],
  ) {
    super(problem);
    this.name = 'NotSo';
  }
}
