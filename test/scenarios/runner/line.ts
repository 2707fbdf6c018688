import { load } from 'js-yaml';
import type { Kind } from './kind.js';
import { findKind } from './kinds.js';
import { ScenarioError, type SourceLine } from './text.js';

/** What comes after a verb, read from left to right. */
export class Line {
  private readonly words: string[];
  private at = 0;

  constructor(
    readonly source: SourceLine,
    readonly verb: string,
    text: string,
  ) {
    this.words = wordsOf(text);
  }

  fail(problem: string): never {
    throw new ScenarioError(this.source, problem);
  }

  /** The next word, left where it is. */
  peek(): string | undefined {
    return this.words[this.at];
  }

  /** @param what what is missing when there is none */
  next(what: string): string {
    return this.words[this.at++] ?? this.fail(`${this.verb}: ${what} is missing`);
  }

  /** Takes the next word where it is this one. */
  takes(word: string): boolean {
    if (this.peek() !== word) return false;
    this.at++;
    return true;
  }

  /** Words up to the one that is a `key=value`, or the end. */
  plainWords(): string[] {
    const words: string[] = [];
    while (this.peek() !== undefined && !this.peek()!.includes('=')) words.push(this.next('a word'));
    return words;
  }

  /** All that is left. */
  rest(): string[] {
    const words = this.words.slice(this.at);
    this.at = this.words.length;
    return words;
  }

  end(): void {
    const word = this.peek();
    if (word !== undefined) this.fail(`${this.verb}: "${word}" is not understood here`);
  }

  /** `pod` or `pods`, and after a slash the subresource. */
  kind(): { readonly kind: Kind; readonly subresource?: string } {
    const [name = '', subresource] = this.next('a kind').split('/');
    const kind = findKind(name) ?? this.fail(`there is no kind "${name}"`);
    return { kind, ...(subresource !== undefined && { subresource }) };
  }

  /** `game-{0..2}` is three names. */
  names(): string[] {
    const names = this.plainWords().flatMap(expand);
    return names.length > 0 ? names : this.fail(`${this.verb}: a name is missing`);
  }

  /** `key=value`, to the end of the line. */
  pairs(): (readonly [key: string, value: string])[] {
    return this.rest().map((word) => {
      // A path may have a `=` in brackets.
      const [, key, value] = /^((?:\[[^\]]*\]|[^=[])+)=(.*)$/s.exec(word) ?? [];
      return key === undefined ? this.fail(`${this.verb}: "${word}" is no key=value`) : [key, value!];
    });
  }

  /** What stands before the colon, still to be read, and the text after it. */
  atColon(): readonly [Line, string] {
    const text = this.rest().join(' ');
    const colon = /:(\s|$)/.exec(text);
    if (colon === null) return this.fail(`${this.verb}: a colon is missing`);
    return [new Line(this.source, this.verb, text.slice(0, colon.index)), text.slice(colon.index + 1).trim()];
  }

  /** The indented lines. */
  body(): unknown {
    const { body, file, number } = this.source;
    if (body === '') return undefined;
    try {
      return load(body);
    } catch (error) {
      const [problem] = String(error instanceof Error ? error.message : error).split('\n');
      throw new ScenarioError({ file, number: number + 1 }, `no YAML: ${problem ?? ''}`);
    }
  }

  noBody(): void {
    if (this.source.body !== '') this.fail(`${this.verb} takes no indented lines`);
  }
}

/** At spaces, but not inside quotes. */
function wordsOf(text: string): string[] {
  return text.match(/(?:"[^"]*"|[^\s"])+/g) ?? [];
}

export function expand(word: string): string[] {
  const [, before = '', from, to, after = ''] = /^(.*)\{(\d+)\.\.(\d+)\}(.*)$/.exec(word) ?? [];
  if (from === undefined) return [word];
  const [first, last] = [Number(from), Number(to)];
  return Array.from({ length: Math.max(0, last - first + 1) }, (_, index) => `${before}${first + index}${after}`);
}
