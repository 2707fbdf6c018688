/**
 * A text of somebody else's, fit for a terminal and a log: control characters, which could move the cursor or forge lines,
 * are spelled out. Line breaks stay where `lines` says so.
 */
export function printable(text: string, { lines = true }: { readonly lines?: boolean } = {}): string {
  // eslint-disable-next-line no-control-regex -- control characters are what is looked for
  return text.replaceAll(/[\u0000-\u001f\u007f-\u009f\u2028\u2029\u202a-\u202e\u2066-\u2069]/g, (character) =>
    lines && character === '\n' ? character : escaped(character),
  );
}

/** The name of a file as a message shows it: on one line, and not kilobytes long. */
export function shownPath(path: string): string {
  const text = printable(path, { lines: false });
  return text.length <= LONGEST_SHOWN
    ? text
    : `${text.slice(0, LONGEST_SHOWN / 2)}...${text.slice(-LONGEST_SHOWN / 4)}`;
}

const LONGEST_SHOWN = 200;

const escaped = (character: string): string =>
  character === '\n'
    ? '\\n'
    : character === '\t'
      ? '\\t'
      : `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`;
