import { consequence, UNSUPPORTED, type Unsupported } from '../../src/api/unsupported.js';

const BEGIN = '<!-- unsupported: begin -->';
const END = '<!-- unsupported: end -->';

/**
 * A page with the table of what has no effect between its two comments.
 *
 * @throws Error when the comments are not there, each on a line of its own and in their order
 */
export function withUnsupportedTable(page: string, rows: readonly Unsupported[] = UNSUPPORTED): string {
  const lines = page.split('\n');
  const [begin, end] = [lines.indexOf(BEGIN), lines.indexOf(END)];
  if (begin < 0 || end < begin) throw new Error(`the page needs the lines ${BEGIN} and ${END}`);
  return [...lines.slice(0, begin + 1), ...unsupportedTable(rows), ...lines.slice(end)].join('\n');
}

function unsupportedTable(rows: readonly Unsupported[]): string[] {
  const header = ['| kind | field | at synth | why | meanwhile |', '|---|---|---|---|---|'];
  return [
    ...header,
    ...rows.map(({ kind, field, effect, why, meanwhile, stops }) => {
      const reason = stops === undefined ? why : `${consequence(stops)}: ${why}`;
      const cells = [`\`${kind}\``, field === '*' ? 'all of it' : `\`${field}\``, effect, reason, meanwhile];
      return `| ${cells.map((text) => text.replaceAll('|', '\\|')).join(' | ')} |`;
    }),
  ];
}
